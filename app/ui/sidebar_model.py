"""The rows of the sidebar: the library's parts and the folders with their state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from PySide6.QtCore import (
    QAbstractListModel,
    QLocale,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.core.library.rows import Album, Concept, Root, SavedSearch
from app.core.library.searches import name_key
from app.core.messages import IndexProgress
from app.ui.percent import percent_text
from app.ui.photo_drag import PHOTO_IDS_TYPE, photo_ids_in
from app.ui.plain_tip import plain_tip
from app.ui.scope import ALL_PHOTOS, FAVOURITES, Scope

AnyIndex = QModelIndex | QPersistentModelIndex

SidebarGroup = Literal["library", "folders", "albums", "searches", "concepts"]

ScopeRole = Qt.ItemDataRole.UserRole + 1
RowRole = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class SidebarRow:
    """One line. ``progress`` is 0..1 while a folder is indexed.

    ``scope`` is None for a heading, and for the hint below one that has nothing to list.
    ``group`` names the part of the sidebar that a heading or a line belongs to.
    """

    text: str
    scope: Scope | None = None
    icon_name: str = ""
    count: int | None = None
    progress: float | None = None
    is_offline: bool = False
    path_text: str = ""
    group: SidebarGroup = "library"
    is_hint: bool = False


@dataclass(frozen=True, slots=True)
class SidebarContent:
    """All that the sidebar lists."""

    roots: tuple[Root, ...] = ()
    n_photos: int = 0
    n_favourites: int = 0
    albums: tuple[Album, ...] = ()
    searches: tuple[SavedSearch, ...] = ()
    concepts: tuple[Concept, ...] = ()


def root_name(root: Root) -> str:
    """The last part of a folder's path, for people."""
    return root.display.replace("\\", "/").rstrip("/").rpartition("/")[2] or root.display


class SidebarModel(QAbstractListModel):
    """Headings, parts and folders, rebuilt when folders come or go, updated in place otherwise.

    Photos may be dropped on an album, and on the heading of the albums for a new one.
    """

    photos_dropped = Signal(object, object)  # album id or None for a new album, photo ids

    def __init__(self, parent: QObject | None = None, *, demo_album: bytes = b"") -> None:
        super().__init__(parent)
        self._demo_album = demo_album
        self._rows: list[SidebarRow] = []
        self._content = SidebarContent()
        self._progress: dict[int, float] = {}
        self._rows = self._build()

    # ------------------------------------------------------------ content

    @property
    def content(self) -> SidebarContent:
        """What is listed."""
        return self._content

    def set_content(self, content: SidebarContent) -> None:
        """Show these folders, albums, searches and counts."""
        self._content = content
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

    def first_row_of(self, group: SidebarGroup) -> int:
        """Return the first row below a heading, or the heading's own if nothing is below it."""
        rows = [row for row, line in enumerate(self._rows) if line.group == group]
        return rows[min(1, len(rows) - 1)]

    def root(self, root_id: int) -> Root | None:
        """Return the folder with this number."""
        return next((root for root in self._content.roots if root.id == root_id), None)

    def root_name(self, root_id: int) -> str:
        """Return the name of a folder for people; empty if it is not there."""
        root = self.root(root_id)
        return "" if root is None else self._name_of(root)

    def _build(self) -> list[SidebarRow]:
        content = self._content
        rows = [
            SidebarRow(self.tr("Library")),
            SidebarRow(self.tr("All photos"), ALL_PHOTOS, "photos", content.n_photos),
            SidebarRow(self.tr("Favourites"), FAVOURITES, "heart", content.n_favourites),
            SidebarRow(self.tr("Folders"), group="folders"),
        ]
        rows += [self._root_row(root) for root in content.roots]
        rows += self._group(
            "albums",
            self.tr("Albums"),
            self.tr("Drag photos here"),
            [(Scope(album_id=each.id), each.name, each.n_photos) for each in content.albums],
        )
        rows += self._group(
            "searches",
            self.tr("Searches"),
            self.tr("Keep a search with Ctrl+S"),
            [(Scope(saved_id=each.id), each.name, None) for each in content.searches],
        )
        rows += self._group(
            "concepts",
            self.tr("Concepts"),
            self.tr("Draw a box, then name it"),
            [(Scope(concept_id=each.id), each.name, None) for each in content.concepts],
        )
        return rows

    @staticmethod
    def _group(
        group: SidebarGroup,
        heading: str,
        hint: str,
        items: list[tuple[Scope, str, int | None]],
    ) -> list[SidebarRow]:
        rows = [SidebarRow(heading, group=group)]
        if not items:
            rows.append(SidebarRow(hint, group=group, is_hint=True))
        icon_name = {"albums": "album", "searches": "saved_search", "concepts": "concept"}[group]
        rows += [
            SidebarRow(name, scope, icon_name, count, group=group)
            for scope, name, count in sorted(items, key=lambda item: name_key(item[1]))
        ]
        return rows

    def _name_of(self, root: Root) -> str:
        return self.tr("Demo album") if root.path == self._demo_album else root_name(root)

    def _root_row(self, root: Root) -> SidebarRow:
        return SidebarRow(
            self._name_of(root),
            Scope(root_id=root.id),
            "folder",
            root.n_photos,
            self._progress.get(root.id),
            root.state == "offline",
            root.display,
            "folders",
        )

    def _refresh(self) -> None:
        new = self._build()
        same_shape = [(row.scope, row.group) for row in new] == [
            (row.scope, row.group) for row in self._rows
        ]
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
            # Names that people gave may be too long for the sidebar.
            is_named = row.group in ("albums", "searches", "concepts") and row.scope is not None
            return plain_tip(row.path_text or (row.text if is_named else "")) or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(row)
        if role == ScopeRole:
            return row.scope
        if role == RowRole:
            return row
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Headings are neither chosen nor reached by arrows; those of albums take photos."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        row = self._rows[index.row()]
        flags = Qt.ItemFlag.ItemNeverHasChildren
        if row.group == "albums":
            flags |= Qt.ItemFlag.ItemIsDropEnabled
        if row.scope is not None:
            flags |= Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags

    def mimeTypes(self) -> list[str]:
        """Photos of this window; files from elsewhere go to the window."""
        return [PHOTO_IDS_TYPE]

    def supportedDropActions(self) -> Qt.DropAction:
        """Photos stay where they are."""
        return Qt.DropAction.CopyAction

    def dropMimeData(
        self, data: QMimeData, _action: Qt.DropAction, _row: int, _column: int, parent: AnyIndex
    ) -> bool:
        """Say which photos were dropped on which line."""
        photo_ids = photo_ids_in(data)
        if not photo_ids or not self.flags(parent) & Qt.ItemFlag.ItemIsDropEnabled:
            return False
        scope = self._rows[parent.row()].scope
        self.photos_dropped.emit(None if scope is None else scope.album_id, photo_ids)
        return True

    def state_text(self, row: SidebarRow) -> str:
        """What stands at the right edge: a percentage, "offline", or the count."""
        if row.is_offline:
            return self.tr("offline")
        if row.progress is not None:
            return percent_text(int(row.progress * 100) / 100)
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
