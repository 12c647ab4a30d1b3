"""The photos of the grid as a Qt model: ids at once, rows of the library only when looked at."""

from __future__ import annotations

import logging
import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QUrl,
    Slot,
)
from PySide6.QtGui import QColor, QImage

from app.core.asking import Box
from app.core.changes import Marks
from app.core.errors import AppError
from app.core.library.rows import Photo
from app.core.messages import Hit
from app.ui.percent import percent_text
from app.ui.plain_tip import plain_tip
from app.ui.thumbnail_loader import ThumbnailLoader, ThumbnailShape

logger = logging.getLogger(__name__)

PhotoIdRole = Qt.ItemDataRole.UserRole + 1
NameRole = Qt.ItemDataRole.UserRole + 2
ThumbnailRole = Qt.ItemDataRole.UserRole + 3
HitRole = Qt.ItemDataRole.UserRole + 4
AverageColorRole = Qt.ItemDataRole.UserRole + 5

BLOCK_ROWS = 64
N_BLOCKS_KEPT = 64
N_DRAGGED_MAX = 1000

Ids = npt.NDArray[np.int64]
AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class PhotoCell:
    """All that is drawn of one photo; ``photo`` is None if it left the library meanwhile."""

    photo_id: int
    photo: Photo | None
    hit: Hit | None
    thumbnail: QImage | None
    marks: Marks | None = None
    offline: bool = False
    focus: Box | None = None

    @property
    def name(self) -> str:
        return "" if self.photo is None else photo_name(self.photo)


def photo_name(photo: Photo) -> str:
    """The file's name, for people."""
    return photo.display.rsplit("/", 1)[-1].rsplit(os.sep, 1)[-1]


class PhotoGridModel(QAbstractListModel):
    """A list of photo ids with what the library and the search know of them.

    Args:
        photos_for: reads the rows of some ids, in any order; ids that are gone may be left out.
        thumbnails: where thumbnails come from; None draws placeholders only.
    """

    def __init__(
        self,
        photos_for: Callable[[Sequence[int]], Iterable[Photo]],
        thumbnails: ThumbnailLoader | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._photos_for = photos_for
        self._thumbnails = thumbnails
        self._ids: Ids = np.empty(0, np.int64)
        self._hits: Mapping[int, Hit] = {}
        self._weak_from: int | None = None
        self._marks: Mapping[int, Marks] = {}
        self._offline_roots: frozenset[int] = frozenset()
        self._zoom_to_match = False
        self._keep_place = True
        self._blocks: OrderedDict[int, dict[int, Photo]] = OrderedDict()
        self._visible_rows: dict[int, int] = {}
        if thumbnails is not None:
            thumbnails.thumbnail_loaded.connect(self._on_thumbnails_thumbnail_loaded)

    @property
    def ids(self) -> Ids:
        """All photo ids, in the order shown; not to be changed."""
        return self._ids

    @property
    def weak_from(self) -> int | None:
        """The first row that is only a weak match; None without such rows."""
        return self._weak_from

    @property
    def keep_place(self) -> bool:
        """Whether the photos now set continue the ones before, so that a view stays where it is."""
        return self._keep_place

    def set_photos(
        self,
        ids: npt.ArrayLike,
        hits: Mapping[int, Hit] | None = None,
        weak_from: int | None = None,
        *,
        keep_place: bool | None = None,
    ) -> None:
        """Show these photos.

        Args:
            ids: photo ids in the order to show.
            hits: what a search says of them, by photo id.
            weak_from: the first row of the weak matches; ``len(ids)`` or None for none.
            keep_place: whether views stay at the photo they show and keep their selection;
                by default they do unless these are results of a search, which begin at the top.
        """
        fresh: Ids = np.ascontiguousarray(ids, dtype=np.int64)
        # Read before the reset is announced: views ask for it while they say good-bye.
        self._keep_place = not hits if keep_place is None else keep_place
        self.beginResetModel()
        self._ids = fresh
        self._hits = hits or {}
        self._weak_from = weak_from if weak_from is not None and weak_from < len(fresh) else None
        self._blocks.clear()
        self._visible_rows.clear()
        if self._thumbnails is not None:
            self._thumbnails.forget_missing()
        self.endResetModel()

    def refresh(self, photo_ids: Iterable[int]) -> None:
        """Read these photos and their thumbnails again: their files changed."""
        changed = list(photo_ids)
        self._blocks.clear()
        if self._thumbnails is not None:
            self._thumbnails.forget(changed)
        for row in np.flatnonzero(np.isin(self._ids, changed)):
            index = self.index(int(row))
            self.dataChanged.emit(index, index)

    def set_marks(self, marks: Mapping[int, Marks]) -> None:
        """Show these marks, on photos that are shown now or later."""
        self._marks = marks
        self._redraw_all([Qt.ItemDataRole.AccessibleDescriptionRole])

    def set_offline_roots(self, root_ids: frozenset[int]) -> None:
        """Say which folders are out of reach; their photos wear a badge."""
        if root_ids != self._offline_roots:
            self._offline_roots = root_ids
            self._redraw_all([Qt.ItemDataRole.AccessibleDescriptionRole])

    def _redraw_all(self, roles: list[int]) -> None:
        if len(self._ids):
            self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1), roles)

    def photo_id(self, row: int) -> int:
        return int(self._ids[row])

    def row_of(self, photo_id: int) -> int | None:
        """Where a photo is; None if it is not among these."""
        found = np.flatnonzero(self._ids == photo_id)
        return int(found[0]) if len(found) else None

    def hit(self, photo_id: int) -> Hit | None:
        return self._hits.get(photo_id)

    def focus(self, photo_id: int) -> Box | None:
        """The region that fills a photo's thumbnail; None for the whole photo."""
        hit = self._hits.get(photo_id) if self._zoom_to_match else None
        return None if hit is None else hit.region

    def set_zoom_to_match(self, zoom: bool) -> None:
        """Let matched places fill the thumbnails, or show whole photos."""
        self._zoom_to_match = zoom
        self._redraw_all([ThumbnailRole])

    def photo(self, row: int) -> Photo | None:
        """The library's row, read in blocks and remembered; None if the photo is gone."""
        block = row // BLOCK_ROWS
        photos = self._blocks.get(block)
        if photos is None:
            photos = self._read(self._ids[block * BLOCK_ROWS : (block + 1) * BLOCK_ROWS])
            self._blocks[block] = photos
            if len(self._blocks) > N_BLOCKS_KEPT:
                self._blocks.popitem(last=False)
        else:
            self._blocks.move_to_end(block)
        return photos.get(self.photo_id(row))

    def cell(self, row: int) -> PhotoCell:
        """All that is drawn of one photo."""
        photo_id = self.photo_id(row)
        thumbnail = None if self._thumbnails is None else self._thumbnails.image(photo_id)
        photo = self.photo(row)
        return PhotoCell(
            photo_id,
            photo,
            self._hits.get(photo_id),
            thumbnail,
            self._marks.get(photo_id),
            photo is not None and photo.root_id in self._offline_roots,
            self.focus(photo_id),
        )

    def set_visible(self, visible: range, ahead: range, shape: ThumbnailShape) -> None:
        """Say which rows are on the screen: only they and the ones ahead get thumbnails."""
        if self._thumbnails is None:
            return
        visible_ids = self._ids[visible.start : visible.stop].tolist()
        ahead_ids = self._ids[ahead.start : ahead.stop].tolist()
        self._visible_rows = dict(zip(visible_ids, visible, strict=True))
        self._thumbnails.set_shape(shape)
        focus = {
            photo_id: box
            for photo_id in (*visible_ids, *ahead_ids)
            if (box := self.focus(photo_id)) is not None
        }
        self._thumbnails.want(visible_ids, ahead_ids, focus)

    # ---------------------------------------------------------------- Qt's side

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._ids):
            return None
        if role == PhotoIdRole:
            return self.photo_id(index.row())
        if role == HitRole:
            return self._hits.get(self.photo_id(index.row()))
        if role == ThumbnailRole:
            return self.cell(index.row()).thumbnail
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return self._description(index.row())
        photo = self.photo(index.row())
        if photo is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, NameRole):
            return photo_name(photo)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(photo.display)
        if role == AverageColorRole:
            return QColor.fromRgb(photo.average_rgb)
        return None

    def _description(self, row: int) -> str:
        """Marks and match of a photo for screen readers."""
        photo_id = self.photo_id(row)
        marks, hit = self._marks.get(photo_id), self._hits.get(photo_id)
        parts = []
        if hit is not None:
            parts.append(self.tr("fits {0}").format(percent_text(hit.score)))
        if marks is not None:
            if marks.rating:
                parts.append(self.tr("%Ln star(s)", "", marks.rating))
            if marks.favourite:
                parts.append(self.tr("favourite"))
            if marks.flag:
                parts.append(self.tr("picked") if marks.flag > 0 else self.tr("rejected"))
        photo = self.photo(row)
        if photo is not None and photo.root_id in self._offline_roots:
            parts.append(self.tr("offline"))
        return ", ".join(parts)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsDragEnabled
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def roleNames(self) -> dict[int, QByteArray]:
        names = super().roleNames()
        names[PhotoIdRole] = QByteArray(b"photo_id")
        names[NameRole] = QByteArray(b"name")
        return names

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The real files, so that dragging out gives them; at most a thousand."""
        data = QMimeData()
        photos = [self.photo(index.row()) for index in indexes[:N_DRAGGED_MAX]]
        data.setUrls([_file_url(photo.absolute_path) for photo in photos if photo is not None])
        return data

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction

    def _read(self, ids: Ids) -> dict[int, Photo]:
        try:
            return {photo.id: photo for photo in self._photos_for(ids.tolist())}
        except AppError as error:
            logger.warning("Photos cannot be read from the library: %s", error)
            return {}

    @Slot(object, QImage)
    def _on_thumbnails_thumbnail_loaded(self, photo_id: int, _image: QImage) -> None:
        row = self._visible_rows.get(photo_id)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index, [ThumbnailRole])


def _file_url(path: bytes) -> QUrl:
    """A file URL with the path's own bytes, whatever their encoding."""
    if os.sep != "/":
        return QUrl.fromLocalFile(os.fsdecode(path))
    return QUrl.fromEncoded(QByteArray(b"file://" + quote_from_bytes(path).encode()))
