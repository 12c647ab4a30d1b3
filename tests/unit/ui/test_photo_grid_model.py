"""The grid's model: ids at once, rows only where someone looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QAbstractItemModelTester

from app.core.asking import Box
from app.core.errors import LibraryDamagedError
from app.core.library.rows import Photo
from app.core.messages import Hit
from app.ui.photo_grid_model import (
    BLOCK_ROWS,
    N_BLOCKS_KEPT,
    AverageColorRole,
    HitRole,
    NameRole,
    PhotoGridModel,
    PhotoIdRole,
    ThumbnailRole,
)
from app.ui.thumbnail_loader import ThumbnailShape

SHAPE = ThumbnailShape(100, square=True, radius_px=6)


def photo(photo_id: int, path: bytes | None = None) -> Photo:
    path = f"2023/照片 {photo_id}.jpg".encode() if path is None else path
    return Photo(
        id=photo_id, root_id=1, root_path=b"/photos", path=path,
        display=path.decode(errors="replace"), size_bytes=1, mtime_ns=1, inode=1,
        content_hash=b"", width_px=400, height_px=300, taken_at=None, camera=None,
        format="jpeg", average_rgb=0x336699,
    )  # fmt: skip


class Rows:
    """The library's answers, counted."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    def __call__(self, ids: Sequence[int]) -> Iterable[Photo]:
        self.asked.append(list(ids))
        return [photo(i) for i in reversed(ids) if i % 10 != 9]  # every tenth is gone


class Thumbnails(QObject):
    """A loader whose images are at hand at once and whose wishes are remembered."""

    thumbnail_loaded = Signal(object, QImage)

    def __init__(self) -> None:
        super().__init__()
        self.images: dict[int, QImage] = {}
        self.wanted: list[tuple[list[int], list[int], Mapping[int, Box]]] = []
        self.forgotten: list[int] = []
        self.n_forgot_missing = 0

    def image(self, photo_id: int) -> QImage | None:
        return self.images.get(photo_id)

    def set_shape(self, shape: ThumbnailShape) -> None:
        self.shape = shape

    def want(self, visible: Sequence[int], ahead: Sequence[int], focus: Mapping[int, Box]) -> None:
        self.wanted.append((list(visible), list(ahead), focus))

    def forget(self, photo_ids: Iterable[int]) -> None:
        self.forgotten += list(photo_ids)

    def forget_missing(self) -> None:
        self.n_forgot_missing += 1


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def thumbnails() -> Thumbnails:
    return Thumbnails()


@pytest.fixture
def model(qapp, rows: Rows, thumbnails: Thumbnails) -> Iterator[PhotoGridModel]:
    model = PhotoGridModel(rows, thumbnails)  # type: ignore[arg-type]
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    yield model
    model.deleteLater()


def test_a_hundred_thousand_photos_read_nothing_until_looked_at(
    model: PhotoGridModel, rows: Rows
) -> None:
    rows.asked.clear()
    model.blockSignals(True)  # the tester looks at the first rows
    model.set_photos(np.arange(100_000))
    model.blockSignals(False)
    assert model.rowCount() == 100_000
    assert rows.asked == []
    assert model.cell(70_003).name == "照片 70003.jpg"
    start = 70_003 // BLOCK_ROWS * BLOCK_ROWS
    assert rows.asked == [list(range(start, start + BLOCK_ROWS))]
    model.cell(70_004)
    assert len(rows.asked) == 1


def test_roles_say_what_the_library_and_the_search_know(
    model: PhotoGridModel, thumbnails: Thumbnails
) -> None:
    hit = Hit(7, 0.9, "good")
    model.set_photos([2**40, 7, 9], {7: hit})
    index = model.index(1)
    assert index.data(PhotoIdRole) == 7
    assert index.data(NameRole) == "照片 7.jpg"
    assert index.data(Qt.ItemDataRole.DisplayRole) == "照片 7.jpg"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "照片 7.jpg"
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "2023/照片 7.jpg"
    assert index.data(HitRole) == hit
    assert index.data(AverageColorRole) == QColor(0x33, 0x66, 0x99)
    assert index.data(ThumbnailRole) is None
    thumbnails.images[7] = QImage(8, 8, QImage.Format.Format_RGB32)
    assert index.data(ThumbnailRole).width() == 8
    assert model.index(0).data(PhotoIdRole) == 2**40
    gone = model.index(2)
    assert gone.data(NameRole) is None
    assert model.cell(2).name == ""
    assert gone.data(HitRole) is None


def test_rows_read_are_bounded(model: PhotoGridModel, rows: Rows) -> None:
    model.set_photos(np.arange(BLOCK_ROWS * (N_BLOCKS_KEPT + 10)))
    for block in range(N_BLOCKS_KEPT + 10):
        model.cell(block * BLOCK_ROWS)
    n_asked = len(rows.asked)
    model.cell((N_BLOCKS_KEPT + 9) * BLOCK_ROWS)
    assert len(rows.asked) == n_asked
    model.cell(0)
    assert len(rows.asked) == n_asked + 1


def test_setting_photos_again_reads_changed_rows_and_retries_thumbnails(
    model: PhotoGridModel, rows: Rows, thumbnails: Thumbnails
) -> None:
    model.set_photos([1, 2])
    model.cell(0)
    n_asked, n_forgot = len(rows.asked), thumbnails.n_forgot_missing
    model.set_photos([1, 2])
    model.cell(0)
    assert len(rows.asked) > n_asked
    assert thumbnails.n_forgot_missing == n_forgot + 1


def test_weak_rows_begin_where_said_and_only_if_there_are_any(model: PhotoGridModel) -> None:
    model.set_photos([1, 2, 3], {}, 2)
    assert model.weak_from == 2
    model.set_photos([1, 2, 3], {}, 3)
    assert model.weak_from is None
    model.set_photos([1, 2, 3])
    assert model.weak_from is None


def test_a_thumbnail_that_came_changes_its_row_only_while_visible(
    qtbot, model: PhotoGridModel, thumbnails: Thumbnails
) -> None:
    model.set_photos([10, 11, 12, 13])
    model.set_visible(range(1, 3), range(3, 4), SHAPE)
    assert thumbnails.wanted == [([11, 12], [13], {})]
    with qtbot.waitSignal(model.dataChanged) as signal:
        thumbnails.thumbnail_loaded.emit(12, QImage())
    assert signal.args[0].row() == 2
    assert list(signal.args[2]) == [ThumbnailRole]
    with qtbot.assertNotEmitted(model.dataChanged):
        thumbnails.thumbnail_loaded.emit(13, QImage())


def test_refresh_reads_changed_photos_again(
    qtbot, model: PhotoGridModel, thumbnails: Thumbnails
) -> None:
    model.set_photos([10, 11, 12])
    with qtbot.waitSignal(model.dataChanged) as signal:
        model.refresh([12, 99])
    assert signal.args[0].row() == 2
    assert thumbnails.forgotten == [12, 99]


def test_row_of_finds_a_photo(model: PhotoGridModel) -> None:
    model.set_photos([5, 3, 8])
    assert [model.row_of(i) for i in (5, 3, 8, 4)] == [0, 1, 2, None]


def test_a_library_that_cannot_be_read_shows_placeholders(qapp, caplog) -> None:
    def fail(ids: Sequence[int]) -> Iterable[Photo]:
        raise LibraryDamagedError("the database file is not sound")

    model = PhotoGridModel(fail)
    model.set_photos([1])
    assert model.cell(0).photo is None
    assert "not sound" in caplog.text


def test_dragging_out_gives_the_real_files(qapp) -> None:
    paths = {1: "新年/a b.jpg".encode(), 2: b"latin-\xe9#1.jpg"}
    model = PhotoGridModel(lambda ids: [photo(i, paths[i]) for i in ids])
    model.set_photos([1, 2])
    urls = model.mimeData([model.index(0), model.index(1)]).urls()
    assert urls[0].toLocalFile() == "/photos/新年/a b.jpg"
    assert urls[1].toEncoded().data() == b"file:///photos/latin-%E9%231.jpg"
    assert model.supportedDragActions() == Qt.DropAction.CopyAction
