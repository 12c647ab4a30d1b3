"""Boxes in an open photo: what they mean, live results while they change, several together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from PySide6.QtCore import QObject, QRect, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage

from app.core.asking import Box, ImageQuery
from app.core.messages import BoxesSuggested
from app.engine.link import EngineLink
from app.ui.photo_page import PhotoPage
from app.ui.question import Picture, Question, Results
from app.ui.search_controller import SearchController

Meaning = Literal["similar", "also", "without"]


class RegionSearch(QObject):
    """Turns the boxes of the photo page into questions, without leaving the page.

    Args:
        image_of: the picture of a number that the photo page shows.
        name_of: its name for people.
    """

    concept_requested = Signal(object)  # ImageQuery
    said = Signal(str)

    def __init__(
        self,
        link: EngineLink,
        search: SearchController,
        page: PhotoPage,
        image_of: Callable[[int], ImageQuery],
        name_of: Callable[[int], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link = link
        self._search = search
        self._page = page
        self._image_of = image_of
        self._name_of = name_of
        self._base: Question | None = None
        self._fixed: tuple[Picture, ...] = ()
        self._meaning: Meaning = "similar"
        self._suggest_job = 0
        self._is_asking = False
        view, bar = page.view, page.view.box_bar
        view.region_search_requested.connect(self.ask)
        view.box_changed.connect(self._on_view_box_changed)
        view.another_box_started.connect(self._on_view_another_box_started)
        view.box_mode_changed.connect(self._on_view_box_mode_changed)
        bar.meaning_chosen.connect(self._on_bar_meaning_chosen)
        bar.concept_requested.connect(self._on_bar_concept_requested)
        bar.copy_requested.connect(self.copy_crop)
        link.boxes_suggested.connect(self._on_link_boxes_suggested)
        search.search_started.connect(self._on_search_started)
        search.results_changed.connect(self._on_search_results_changed)

    @property
    def is_asking(self) -> bool:
        """Whether a question comes from a box right now: the photo stays open."""
        return self._is_asking

    @Slot(object, object)
    def ask(self, photo_id: int, box: Box) -> None:
        """Look for what is in a box, in the sense that is chosen."""
        if self._base is None:
            self._base = self._search.question
        self._show_meaning()
        picture = self._picture(photo_id, box)
        self._ask(self._question(self._base, picture))
        self._page.strip.show()

    def end(self) -> None:
        """The photo is left: its boxes are done, what was asked stays."""
        self._base = None
        self._fixed = ()
        self._meaning = "similar"
        self._page.view.set_fixed_boxes(())
        self._page.view.set_suggestions(())

    @Slot()
    def copy_crop(self) -> None:
        """Put the pixels in the box on the clipboard."""
        crop = self._crop()
        if crop is not None:
            QGuiApplication.clipboard().setImage(crop)
            self.said.emit(self.tr("What is in the box was copied"))

    # ------------------------------------------------------------ questions

    def _picture(self, photo_id: int, box: Box) -> Picture:
        label = self.tr("Region of {0}").format(self._name_of(photo_id))
        return Picture(replace(self._image_of(photo_id), box=box), label)

    def _question(self, base: Question, picture: Picture) -> Question:
        """What is asked with this box: it alone, or together with what was asked before."""
        if self._meaning == "similar":
            return Question(pictures=(*self._fixed, picture), scope=base.scope)
        if self._meaning == "without":
            picture = replace(picture, image=replace(picture.image, need="excluded"))
        question = base
        for each in (*self._fixed, picture):
            question = question.with_picture(each)
        return question

    def _ask(self, question: Question) -> None:
        self._is_asking = True
        try:
            self._search.ask(question)
        finally:
            self._is_asking = False

    def _show_meaning(self) -> None:
        can_combine = self._base is not None and (not self._base.is_empty or bool(self._fixed))
        if not can_combine:
            self._meaning = "similar"
        self._page.view.box_bar.show_meaning(self._meaning, can_combine=can_combine)

    @Slot(str)
    def _on_bar_meaning_chosen(self, meaning: Meaning) -> None:
        self._meaning = meaning
        self._page.view.search_box()

    @Slot(object)
    def _on_view_box_changed(self, box: Box | None) -> None:
        """A box that is cleared takes its question with it."""
        if box is None and self._base is not None and not self._fixed:
            base, self._base = self._base, None
            self._ask(base)

    @Slot()
    def _on_view_another_box_started(self) -> None:
        view = self._page.view
        if view.photo is None or view.box is None:
            return
        picture = self._picture(view.photo.id, view.box)
        if self._meaning == "without":
            picture = replace(picture, image=replace(picture.image, need="excluded"))
        self._fixed = (*self._fixed, picture)
        boxes = tuple(each.image.box for each in self._fixed if each.image.box is not None)
        view.set_fixed_boxes(boxes)

    # ------------------------------------------------------------ suggestions

    @Slot(bool)
    def _on_view_box_mode_changed(self, on: bool) -> None:
        view = self._page.view
        if on and view.photo is not None and not view.picture.suggestions:
            self._suggest_job = self._link.suggest_boxes(self._image_of(view.photo.id))

    @Slot(object)
    def _on_link_boxes_suggested(self, event: BoxesSuggested) -> None:
        if event.job_id == self._suggest_job:
            self._page.view.set_suggestions(event.boxes)

    # ------------------------------------------------------------ what is in the box

    @Slot()
    def _on_bar_concept_requested(self) -> None:
        view = self._page.view
        if view.photo is not None and view.box is not None:
            self.concept_requested.emit(self._picture(view.photo.id, view.box).image)

    def _crop(self) -> QImage | None:
        view = self._page.view
        pixels, box = view.picture.pixels, view.box
        if pixels is None or box is None:
            return None
        image = pixels.levels[0]
        left, top = round(box[0] * image.width()), round(box[1] * image.height())
        right, bottom = round(box[2] * image.width()), round(box[3] * image.height())
        return image.copy(QRect(left, top, max(1, right - left), max(1, bottom - top)))

    # ------------------------------------------------------------ results

    @Slot()
    def _on_search_started(self) -> None:
        self._page.strip.set_searching(True)

    @Slot(object)
    def _on_search_results_changed(self, _results: Results) -> None:
        self._page.strip.set_searching(False)
