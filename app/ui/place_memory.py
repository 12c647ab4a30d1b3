"""Remembers where people were in the library, so that the window reopens there."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Slot

from app.ui.folders_controller import FoldersController
from app.ui.question import Question
from app.ui.scope import ALL_PHOTOS, FAVOURITES, Scope
from app.ui.search_controller import SearchController

PLACE_KEY = "place"


class PlaceMemory(QObject):
    """Keeps the chosen folder, album or favourites in the window's own settings.

    Kept searches and concepts are not reopened: they ask the engine, which is starting then.
    """

    def __init__(
        self,
        geometry: QSettings,
        search: SearchController,
        folders: FoldersController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._geometry = geometry
        self._search = search
        self._folders = folders
        self._is_restored = False
        search.question_changed.connect(self._on_search_question_changed)
        folders.overview_changed.connect(self._on_folders_overview_changed)

    @Slot(object)
    def _on_search_question_changed(self, question: Question) -> None:
        if self._is_restored and not question.scope.is_question:
            self._geometry.setValue(PLACE_KEY, _text_of(question.scope))

    @Slot()
    def _on_folders_overview_changed(self) -> None:
        """Go there once it is known what there is."""
        overview = self._folders.overview
        if self._is_restored or not overview.exists:
            return
        self._is_restored = True
        scope = _scope_of(str(self._geometry.value(PLACE_KEY, "")))
        there = {FAVOURITES, *(Scope(root_id=root.id) for root in overview.roots)}
        there |= {Scope(album_id=album.id) for album in overview.albums}
        if scope in there and self._search.question == Question():
            self._search.set_scope(scope)


def _text_of(scope: Scope) -> str:
    if scope.favourites:
        return "favourites"
    if scope.album_id is not None:
        return f"album {scope.album_id}"
    return "" if scope.root_id is None else f"folder {scope.root_id}"


def _scope_of(text: str) -> Scope:
    if text == "favourites":
        return FAVOURITES
    kind, _, number = text.partition(" ")
    if kind == "album" and number.isdecimal():
        return Scope(album_id=int(number))
    return Scope(root_id=int(number)) if kind == "folder" and number.isdecimal() else ALL_PHOTOS
