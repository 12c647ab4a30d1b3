"""Thumbnails: visible ones first, cancelled when scrolled away, bounded, one library a thread."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator

import pytest
from PIL import Image
from PySide6.QtGui import QColor, QImage

from app.ui.thumbnail_loader import ThumbnailLoader, ThumbnailShape, cut

SHAPE = ThumbnailShape(100, square=True, radius_px=6)


def jpeg(width: int = 320, height: int = 240, color: str = "#c04020") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width, height), color).save(data, "JPEG")
    return data.getvalue()


class Library:
    """A library of thumbnails that can hold its readers up, and remembers who read what."""

    def __init__(self) -> None:
        self.data = {i: jpeg() for i in range(400)}
        self.gate = threading.Event()
        self.gate.set()
        self.first_read = threading.Event()
        self.read: list[int] = []
        self.opened_in: list[int] = []
        self.closed_in: list[int] = []

    def open(self) -> Library:
        self.opened_in.append(threading.get_ident())
        return self

    def thumbnail(self, photo_id: int) -> bytes | None:
        self.read.append(photo_id)
        self.first_read.set()
        assert self.gate.wait(10)
        return self.data.get(photo_id)

    def close(self) -> None:
        self.closed_in.append(threading.get_ident())


@pytest.fixture
def library() -> Library:
    return Library()


@pytest.fixture
def make_loader(library: Library, qapp) -> Iterator[Callable[..., ThumbnailLoader]]:
    loaders: list[ThumbnailLoader] = []

    def make(**options: int) -> ThumbnailLoader:
        loader = ThumbnailLoader(library.open, **options)
        loader.set_shape(SHAPE)
        loaders.append(loader)
        return loader

    yield make
    library.gate.set()
    for loader in loaders:
        loader.close()
        loader.deleteLater()


def wait_for(qtbot, loader: ThumbnailLoader, photo_ids: list[int]) -> None:
    qtbot.waitUntil(lambda: all(loader.image(i) is not None for i in photo_ids), timeout=10_000)


def test_loads_what_is_wanted_in_the_shape_asked_for(qtbot, make_loader) -> None:
    loader = make_loader()
    with qtbot.waitSignal(loader.thumbnail_loaded, timeout=10_000) as signal:
        loader.want([3])
    photo_id, image = signal.args
    assert photo_id == 3
    assert (image.width(), image.height()) == (100, 100)
    assert loader.image(3) == image
    assert loader.n_bytes == image.sizeInBytes()


def test_ids_beyond_32_bits_survive(qtbot, make_loader, library: Library) -> None:
    library.data[2**40] = jpeg()
    loader = make_loader()
    with qtbot.waitSignal(loader.thumbnail_loaded, timeout=10_000) as signal:
        loader.want([2**40])
    assert signal.args[0] == 2**40


def test_visible_come_first_and_the_scrolled_away_are_never_read(
    qtbot, make_loader, library: Library
) -> None:
    loader = make_loader(n_threads=1)
    library.gate.clear()
    loader.want(list(range(50)))
    assert library.first_read.wait(10)
    loader.want([200, 201], [202])
    library.gate.set()
    wait_for(qtbot, loader, [200, 201, 202])
    assert library.read == [0, 200, 201, 202]


def test_what_is_at_hand_or_on_its_way_is_not_read_again(
    qtbot, make_loader, library: Library
) -> None:
    loader = make_loader(n_threads=1)
    library.gate.clear()
    loader.want([1, 2])
    assert library.first_read.wait(10)
    loader.want([1, 2])
    library.gate.set()
    wait_for(qtbot, loader, [1, 2])
    loader.want([1, 2])
    with qtbot.waitSignal(loader.whole_loaded, timeout=10_000):
        loader.load_whole(9)
    assert library.read == [1, 2, 9]


def test_an_older_cut_serves_until_the_new_one_is_there(qtbot, make_loader) -> None:
    loader = make_loader()
    loader.want([1])
    wait_for(qtbot, loader, [1])
    loader.set_shape(ThumbnailShape(200, square=False, radius_px=6))
    assert loader.image(1).width() == 100
    with qtbot.waitSignal(loader.thumbnail_loaded, timeout=10_000):
        loader.want([1])
    assert (loader.image(1).width(), loader.image(1).height()) == (200, 150)
    assert loader.n_bytes == loader.image(1).sizeInBytes()


def test_keeps_within_its_bytes_and_drops_the_least_recently_used(qtbot, make_loader) -> None:
    one = 100 * 100 * 4
    loader = make_loader(budget_bytes=10 * one, n_threads=1)
    loader.want(list(range(10)))
    wait_for(qtbot, loader, list(range(10)))
    assert loader.image(0) is not None, "used just now"
    loader.want([20, 21])
    wait_for(qtbot, loader, [20, 21])
    assert loader.n_bytes == 10 * one
    kept = [i for i in range(10) if loader.image(i) is not None]
    assert 0 in kept
    assert len(kept) == 8


def test_missing_and_damaged_ones_are_asked_for_once_until_told_otherwise(
    qtbot, make_loader, library: Library
) -> None:
    library.data[1] = b"not a picture"
    del library.data[2]
    loader = make_loader(n_threads=1)
    loader.want([1, 2, 3])
    wait_for(qtbot, loader, [3])
    loader.want([1, 2, 3])
    library.data[2] = jpeg()
    loader.forget_missing()
    loader.want([2])
    wait_for(qtbot, loader, [2])
    assert library.read == [1, 2, 3, 2]
    assert loader.image(1) is None


def test_forgotten_thumbnails_are_read_anew(qtbot, make_loader, library: Library) -> None:
    loader = make_loader()
    loader.want([1])
    wait_for(qtbot, loader, [1])
    library.data[1] = jpeg(color="#00ff00")
    loader.forget([1])
    assert loader.image(1) is None
    assert loader.n_bytes == 0
    loader.want([1])
    wait_for(qtbot, loader, [1])
    assert loader.image(1).pixelColor(50, 50).green() > 200


def test_whole_thumbnail_comes_uncut_and_before_the_others(
    qtbot, make_loader, library: Library
) -> None:
    loader = make_loader(n_threads=1)
    library.gate.clear()
    loader.want([1, 2, 3])
    assert library.first_read.wait(10)
    loader.load_whole(9)
    with qtbot.waitSignal(loader.whole_loaded, timeout=10_000) as signal:
        library.gate.set()
    assert signal.args[0] == 9
    assert (signal.args[1].width(), signal.args[1].height()) == (320, 240)
    assert library.read[:2] == [1, 9]


def test_one_library_for_each_thread_closed_where_it_was_opened(
    qtbot, make_loader, library: Library
) -> None:
    loader = make_loader(n_threads=2)
    loader.want(list(range(30)))
    wait_for(qtbot, loader, list(range(30)))
    loader.close()
    assert 1 <= len(library.opened_in) <= 2
    assert sorted(library.opened_in) == sorted(library.closed_in)
    assert threading.get_ident() not in library.opened_in


def test_a_library_that_cannot_be_opened_leaves_placeholders(qtbot, qapp, caplog) -> None:
    def fail() -> Library:
        raise OSError("no such library")

    loader = ThumbnailLoader(fail)
    loader.set_shape(SHAPE)
    with qtbot.waitSignal(loader.whole_loaded, timeout=10_000) as signal:
        loader.load_whole(1)
    assert signal.args[1].isNull()
    assert "no such library" in caplog.text
    loader.close()


def test_closing_cancels_and_ends_the_threads(qtbot, make_loader, library: Library) -> None:
    loader = make_loader(n_threads=1)
    library.gate.clear()
    loader.want(list(range(100)))
    assert library.first_read.wait(10)
    library.gate.set()
    loader.close()
    n_read = len(library.read)
    assert n_read < 100
    loader.want([300])
    loader.load_whole(301)
    loader.close()
    assert len(library.read) == n_read
    assert len(library.closed_in) == len(library.opened_in)


def test_cut_crops_the_middle_rounds_the_corners_and_never_enlarges() -> None:
    image = QImage(300, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("blue"))
    for x in range(100, 200):
        for y in range(100):
            image.setPixelColor(x, y, QColor("red"))
    square = cut(image, ThumbnailShape(50, square=True, radius_px=8))
    assert (square.width(), square.height()) == (50, 50)
    assert square.pixelColor(25, 25) == QColor("red")
    assert square.pixelColor(1, 25) == QColor("red"), "the sides were cropped away"
    assert square.pixelColor(0, 0).alpha() == 0
    fitted = cut(image, ThumbnailShape(150, square=False, radius_px=8))
    assert (fitted.width(), fitted.height()) == (150, 50)
    assert fitted.pixelColor(10, 25) == QColor("blue")
    small = cut(image, ThumbnailShape(900, square=True, radius_px=8))
    assert (small.width(), small.height()) == (100, 100)
    assert small.format() == QImage.Format.Format_ARGB32_Premultiplied
