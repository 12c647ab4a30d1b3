"""The rows of the sidebar: the library's parts and the folders with their state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from app.core.library.rows import Root
from app.core.messages import IndexProgress
from app.ui.scope import ALL_PHOTOS, FAVOURITES, Scope

AnyIndex = QModelIndex | QPersistentModelIndex

ScopeRole = Qt.ItemDataRole.UserRole + 1
RowRole = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class SidebarRow:
    """One line. ``scope`` is None for a heading; ``progress`` is 0..1 while a folder is indexed."""

    text: str
    scope: Scope | None = None
    icon_name: str = ""
    count: int | None = None
    progress: float | None = None
    is_offline: bool = False
    path_text: str = ""


class SidebarModel(QAbstractListModel):
    """Headings, parts and folders, rebuilt when folders come or go, updated in place otherwise."""

    def __init__(self, parent: QObject | None = None, *, demo_album: bytes = b"") -> None:
        super().__init__(parent)
        self._demo_album = demo_album
        self._rows: list[SidebarRow] = []
        self._roots: tuple[Root, ...] = ()
        self._n_photos = 0
        self._n_favourites = 0
        self._progress: dict[int, float] = {}
        self._rows = self._build()

    # ------------------------------------------------------------ content

    def set_library(self, roots: tuple[Root, ...], n_photos: int, n_favourites: int) -> None:
        """Show these folders and counts."""
        self._roots, self._n_photos, self._n_favourites = roots, n_photos, n_favourites
        self._refresh()

    def set_progress(self, progress: IndexProgress) -> None:
        """Show how far a folder is."""
        if progress.root_id is None or progress.total <= 0:
            return
        self._progress = {progress.root_id: progress.done / progress.total}
        self._refresh()

    def clear_progress(self) -> None:
        """No folder is being indexed."""
        self._progress = {}
        self._refresh()

    def retranslate(self) -> None:
        """Show every text in the language of the moment."""
        self._refresh()

    def row_of(self, scope: Scope) -> int:
        """Return the row of a scope, -1 if it is not there."""
        for row, line in enumerate(self._rows):
            if line.scope == scope:
                return row
        return -1

    def root(self, root_id: int) -> Root | None:
        """Return the folder with this number."""
        return next((root for root in self._roots if root.id == root_id), None)

    def _build(self) -> list[SidebarRow]:
        rows = [
            SidebarRow(self.tr("Library")),
            SidebarRow(self.tr("All photos"), ALL_PHOTOS, "photos", self._n_photos),
            SidebarRow(self.tr("Favourites"), FAVOURITES, "star", self._n_favourites),
            SidebarRow(self.tr("Folders")),
        ]
        return rows + [self._root_row(root) for root in self._roots]

    def _root_row(self, root: Root) -> SidebarRow:
        name = root.display.replace("\\", "/").rstrip("/").rpartition("/")[2] or root.display
        if root.path == self._demo_album:
            name = self.tr("Demo album")
        return SidebarRow(
            name,
            Scope(root_id=root.id),
            "folder",
            root.n_photos,
            self._progress.get(root.id),
            root.state == "offline",
            root.display,
        )

    def _refresh(self) -> None:
        new = self._build()
        same_shape = [row.scope for row in new] == [row.scope for row in self._rows]
        if not same_shape:
            self.beginResetModel()
            self._rows = new
            self.endResetModel()
            return
        old, self._rows = self._rows, new
        for row, (before, after) in enumerate(zip(old, new, strict=True)):
            if before != after:
                index = self.index(row)
                self.dataChanged.emit(index, index)

    # ------------------------------------------------------------ Qt

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """Number of lines."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, tool tip, accessible text, the scope and the row itself."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.path_text or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(row)
        if role == ScopeRole:
            return row.scope
        if role == RowRole:
            return row
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Headings are neither chosen nor reached by arrows."""
        if not index.isValid() or self._rows[index.row()].scope is None:
            return Qt.ItemFlag.NoItemFlags
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def state_text(self, row: SidebarRow) -> str:
        """What stands at the right edge: a percentage, "offline", or the count."""
        if row.is_offline:
            return self.tr("offline")
        if row.progress is not None:
            return self.tr("{0} %").format(QLocale().toString(int(row.progress * 100)))
        return QLocale().toString(row.count) if row.count is not None else ""

    def spoken(self, row: SidebarRow) -> str:
        """The whole line for a screen reader."""
        parts = [row.text]
        if row.count is not None:
            parts.append(self.tr("%Ln photo(s)", "", row.count))
        if row.is_offline:
            parts.append(self.tr("offline"))
        if row.progress is not None:
            parts.append(self.tr("indexing"))
            parts.append(self.state_text(replace(row, is_offline=False)))
        return ", ".join(parts)
