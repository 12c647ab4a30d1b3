"""Whatever happens to the database file: our errors, no crash, nobody else's exception."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.errors import LibraryDamagedError, LibraryError
from app.core.library import Library
from app.core.library.folder import LIBRARY_NAME
from app.core.library.rows import NewPhoto, NewProblem
from tests.unit.core.library.known import known_files

Damage = Callable[[bytearray, random.Random], bytes]


def flip_header(data: bytearray, chance: random.Random) -> bytes:
    data[chance.randrange(100)] ^= 1 << chance.randrange(8)
    return bytes(data)


def flip_body(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(40):
        data[chance.randrange(100, len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def cut(data: bytearray, chance: random.Random) -> bytes:
    return bytes(data[: chance.randrange(1, len(data))])


def blank(data: bytearray, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    data[start : start + 20_000] = bytes(len(data[start : start + 20_000]))
    return bytes(data)


@pytest.fixture
def sound_file(
    library: Library,
    directory: Path,
    model_id: int,
    make_photo: Callable[..., NewPhoto],
    make_problem: Callable[..., NewProblem],
) -> Path:
    library.save_batch(model_id, [make_photo(n) for n in range(300)], [make_problem(b"bad.jpg")])
    library.close()
    return directory / LIBRARY_NAME


def read_everything(library: Library) -> None:
    library.status()
    ids = library.photo_ids()
    library.photos(ids)
    for root in library.roots():
        for model in library.models():
            known_files(library, root.id, model.id)
            library.load_vectors(model.id)
    library.problems()
    library.thumbnails(ids.tolist())


@pytest.mark.parametrize("damage", [flip_header, flip_body, cut, blank])
def test_damage_gives_our_errors_only(sound_file: Path, damage: Damage) -> None:
    sound = sound_file.read_bytes()
    refused = 0
    for seed in range(25):
        sound_file.write_bytes(damage(bytearray(sound), random.Random(seed)))
        for write in (False, True):
            try:
                with Library.open(sound_file.parent, write=write) as library:
                    read_everything(library)
                    library.check()
            except LibraryError:
                refused += 1
        for name in (f"{LIBRARY_NAME}-wal", f"{LIBRARY_NAME}-shm"):
            sound_file.with_name(name).unlink(missing_ok=True)
    assert refused > 10


def test_a_cut_file_is_called_damaged(sound_file: Path) -> None:
    sound_file.write_bytes(sound_file.read_bytes()[: 5 * 8192])
    for write in (False, True):
        with pytest.raises(LibraryDamagedError, match=r"library\.sqlite is damaged"):
            Library.open(sound_file.parent, write=write)


def test_damage_that_opening_does_not_see_is_seen_by_the_check(sound_file: Path) -> None:
    data = sound_file.read_bytes()
    sound_file.write_bytes(data[:-8192] + bytes(8192))
    library = Library.open(sound_file.parent, write=False)
    with library, pytest.raises(LibraryDamagedError, match="damaged"):
        library.check()


def test_a_vector_of_the_wrong_size_is_called_damaged(
    library: Library, model_id: int, make_photo: Callable[..., NewPhoto]
) -> None:
    library.save_batch(model_id, [make_photo(1)], [])
    library._store.run("UPDATE vectors SET vector = x'0000'")
    with pytest.raises(LibraryDamagedError, match="has not 32 bytes"):
        library.load_vectors(model_id)
