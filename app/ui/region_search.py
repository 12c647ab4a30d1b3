"""Boxes in an open photo: what they mean, live results while they change, several together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from PySide6.QtCore import QObject, QRect, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage

from app.core.asking import Box, ImageQuery, Need
from app.core.library.rows import Photo
from app.core.messages import BoxesSuggested
from app.engine.link import EngineLink
from app.ui.photo_page import PhotoPage
from app.ui.question import Picture, Question
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
        self._photo_id: int | None = None
        self._suggest_job = 0
        self._is_asking = False
        view, bar = page.view, page.view.box_bar
        view.region_search_requested.connect(self.ask)
        view.box_changed.connect(self._on_view_box_changed)
        view.another_box_started.connect(self._on_view_another_box_started)
        view.boxes_cleared.connect(self._on_view_boxes_cleared)
        view.box_mode_changed.connect(self._on_view_box_mode_changed)
        bar.meaning_chosen.connect(self._on_bar_meaning_chosen)
        bar.concept_requested.connect(self._on_bar_concept_requested)
        bar.copy_requested.connect(self.copy_crop)
        link.boxes_suggested.connect(self._on_link_boxes_suggested)
        search.search_started.connect(self._on_search_started)
        search.results_changed.connect(self._on_search_ended)
        search.search_failed.connect(self._on_search_failed)

    @property
    def is_asking(self) -> bool:
        """Whether a question comes from a box right now: the photo stays open."""
        return self._is_asking

    @Slot(object)
    def begin(self, photo: Photo) -> None:
        """A photo is open: the boxes of the one before are done, others are suggested."""
        if photo.id != self._photo_id:
            self.end()
            self._photo_id = photo.id
        self._suggest()

    @Slot(object, object)
    def ask(self, photo_id: int, box: Box) -> None:
        """Look for what is in a box, in the sense that is chosen."""
        if self._base is None:
            self._base = self._search.question
        self._show_meaning()
        self._ask(self._question(self._base, (*self._fixed, self._picture(photo_id, box))))
        self._page.strip.show()

    def end(self) -> None:
        """The photo is left: its boxes are done, what was asked stays."""
        self._base = self._photo_id = None
        self._fixed = ()
        self._meaning = "similar"
        self._suggest_job = 0
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
        """A box as a part of a question, in the sense that is chosen."""
        label = self.tr("Region of {0}").format(self._name_of(photo_id))
        need: Need = "excluded" if self._meaning == "without" else "required"
        return Picture(replace(self._image_of(photo_id), box=box, need=need), label)

    def _question(self, base: Question, pictures: tuple[Picture, ...]) -> Question:
        """What is asked with these boxes: them alone, or together with what was asked before."""
        if pictures and self._meaning == "similar":
            return Question(pictures=pictures, scope=base.scope)
        for each in pictures:
            base = base.with_picture(each)
        return base

    def _ask(self, question: Question) -> None:
        if question == self._search.question:
            self._page.strip.set_results_shown(bool(question.pictures))
            return
        self._is_asking = True
        try:
            self._search.ask(question)
        finally:
            self._is_asking = False

    def _ask_without_box(self) -> None:
        """The box is gone: ask by those that stay, or what was asked before any."""
        base = self._base
        if base is not None:
            if not self._fixed:
                self._base = None
            self._ask(self._question(base, self._fixed))

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
        if box is None:
            self._ask_without_box()

    @Slot()
    def _on_view_boxes_cleared(self) -> None:
        self._fixed = ()
        self._page.view.set_fixed_boxes(())
        self._ask_without_box()

    @Slot()
    def _on_view_another_box_started(self) -> None:
        view = self._page.view
        if view.photo is None or view.box is None:
            return
        self._fixed = (*self._fixed, self._picture(view.photo.id, view.box))
        boxes = tuple(each.image.box for each in self._fixed if each.image.box is not None)
        view.set_fixed_boxes(boxes)

    # ------------------------------------------------------------ suggestions

    @Slot(bool)
    def _on_view_box_mode_changed(self, _on: bool) -> None:
        self._suggest()

    def _suggest(self) -> None:
        """Ask for boxes to offer, once for a photo in which one draws."""
        view = self._page.view
        if view.box_mode and view.photo is not None and not self._suggest_job:
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
            self.concept_requested.emit(replace(self._image_of(view.photo.id), box=view.box))

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
    def _on_search_ended(self, _answer: object) -> None:
        self._page.strip.set_searching(False)
        if self._base is not None:
            self._page.strip.set_results_shown(True)

    @Slot(object)
    def _on_search_failed(self, _failure: object) -> None:
        self._page.strip.set_searching(False)
