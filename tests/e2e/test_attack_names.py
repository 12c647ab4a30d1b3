"""Files that take each other's names, are edited, copied, broken and deleted between index runs."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.changes import SetMarks
from app.core.library.rows import Photo
from tests.engine_bench import EngineBench
from tests.fakes import make_album, save_photo

_MOST_CHANGES = 5
_FEWEST_FILES, _MOST_FILES = 4, 40


class Disk:
    """Two folders of photos that are changed at random; each new content is one of its own."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.roots = (folder / "a", folder / "b")
        self._n_made = 1000
        for at, root in enumerate(self.roots):
            make_album(root, 5)
            save_photo(root / "stays.jpg", seed=at)  # a folder without photos is offline

    def files(self) -> list[Path]:
        """All that may be changed, in order."""
        return sorted(path for root in self.roots for path in root.glob("*.png"))

    def contents(self) -> dict[bytes, bytes]:
        """Hashes of the photos that can be read, by path."""
        paths = [*self.files(), *(root / "stays.jpg" for root in self.roots)]
        data = {bytes(path): path.read_bytes() for path in paths}
        return {
            path: hashlib.blake2b(content, digest_size=32).digest()
            for path, content in data.items()
            if not content.startswith(b"broken")
        }

    def change(self) -> None:
        """Do one thing to one file or two."""
        files = self.files()
        if len(files) < _FEWEST_FILES:
            self._new()
            return
        if len(files) > _MOST_FILES:
            self.rng.choice(files).unlink()
            return
        one, other = self.rng.sample(files, 2)
        changes: list[Callable[[], object]] = [
            lambda: self._swap(one, other),
            lambda: one.rename(self._fresh_path()),
            lambda: one.rename(other),
            lambda: shutil.copyfile(one, other),
            lambda: shutil.copyfile(one, self._fresh_path()),
            lambda: self._edit(one),
            lambda: (one.rename(self._fresh_path()), self._edit(one)),
            one.unlink,
            self._new,
            lambda: one.write_bytes(b"broken %d" % self._next()),
            lambda: os.utime(one, (self._next(), self._next())),
        ]
        self.rng.choice(changes)()

    def _next(self) -> int:
        self._n_made += 1
        return self._n_made

    def _fresh_path(self) -> Path:
        return self.rng.choice(self.roots) / f"{self._next()}.png"

    def _new(self) -> None:
        self._edit(self._fresh_path())

    def _edit(self, path: Path) -> None:
        save_photo(path, "green", seed=self._next())

    def _swap(self, one: Path, other: Path) -> None:
        between = one.with_suffix(".between")
        one.rename(between)
        other.rename(one)
        between.rename(other)


@pytest.mark.parametrize(
    "n", [pytest.param(8, id="short"), pytest.param(1000, marks=pytest.mark.attack)]
)
def test_names_that_change_hands(tmp_path: Path, n: int) -> None:
    disk = Disk(tmp_path, seed=n)
    with EngineBench(tmp_path / "library") as bench:
        bench.index(*disk.roots)
        for _ in range(n):
            for photo in _photos(bench):
                if disk.rng.random() < 0.3:
                    stars = SetMarks((photo.id,), disk.rng.randint(1, 5))
                    bench.engine.library.user_data.change(stars)
            before = _stars(bench)
            for _ in range(disk.rng.randint(1, _MOST_CHANGES)):
                disk.change()
            if disk.rng.random() < 0.2:
                bench.restart()
            bench.index(*disk.roots)
            _check(bench, disk.contents(), before)


def _photos(bench: EngineBench) -> list[Photo]:
    return bench.engine.library.photos(bench.engine.library.photo_ids())


def _stars(bench: EngineBench) -> dict[bytes, int]:
    """The stars of every content that one photo alone has, by hash."""
    photos, marks = _photos(bench), bench.engine.library.user_data.marks()
    counts = Counter(photo.content_hash for photo in photos)
    return {
        photo.content_hash: marks[photo.id].rating
        for photo in photos
        if photo.id in marks and counts[photo.content_hash] == 1
    }


def _check(bench: EngineBench, contents: dict[bytes, bytes], before: dict[bytes, int]) -> None:
    """The library is what is on disk, all of it can be found, and stars went with the pictures."""
    library, photos = bench.engine.library, _photos(bench)
    assert {photo.absolute_path: photo.content_hash for photo in photos} == contents
    ids = {photo.id for photo in photos}
    (model,) = library.models()
    assert set(library.vector_ids(model.id).tolist()) == ids
    assert {hit.photo_id for hit in bench.search("green").hits} == ids
    marks = library.user_data.marks()
    for content_hash, stars in before.items():
        alike = [photo.id for photo in photos if photo.content_hash == content_hash]
        now = {marks[photo_id].rating for photo_id in alike if photo_id in marks}
        assert not alike or stars in now, (content_hash, stars, now)
