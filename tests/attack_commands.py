"""Commands that attacks start as processes: an index run with the fake encoder, and its check.

``python -m tests.attack_commands index DIR --library LIB`` appends the path of every photo, after
its commit returned, to the file named by KILL9_ACK. ``... check LIB`` ends with 0 when the library
is sound and holds every acknowledged photo with its vector; ``... rate LIB`` rates photos one by
one and acknowledges each; ``... window LIB N`` starts as a window does: the first start waits for N
others. Decoding is inline unless ATTACK_DECODERS is set. A check runs a thousand times, so what it
does not need is imported where it is used.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from app.core.errors import LibraryMissingError
from app.core.library import Library
from app.core.library.rows import NewPhoto, NewProblem
from app.core.library.vector_index import VectorIndex

ACK = "KILL9_ACK"


def main(argv: list[str]) -> int:
    if argv[0] == "check":
        check(Path(os.environ.get("CRASH_DIR", argv[1])))
        return 0
    if argv[0] == "window":
        return _start_window(Path(argv[1]), int(argv[2]))
    if argv[0] == "rate":
        return _rate(Path(argv[1]))
    return _index(argv)


def _index(argv: list[str]) -> int:
    from app import cli
    from tests.fakes import InlinePool, load_fake_encoder

    pool = None if os.environ.get("ATTACK_DECODERS") else InlinePool()
    _acknowledge_batches()
    return cli.main(argv, loader=load_fake_encoder, pool=pool)


def check(directory: Path) -> None:
    """Fail unless the library is whole and nothing acknowledged is lost."""
    acknowledged = _acknowledged()
    try:
        library = Library.open(directory, write=False)
    except LibraryMissingError:
        assert not acknowledged, "no library, but photos were acknowledged"
        return
    with library:
        store = library._store
        assert store.value("PRAGMA integrity_check") == "ok"
        assert store.rows("PRAGMA foreign_key_check") == []
        models = library.models()
        ids = library.vector_ids(models[0].id) if models else []
        paths = {photo.path.hex() for photo in library.photos(ids)}
        paths |= {f"rated {photo_id}" for photo_id in library.user_data.marks(library.photo_ids())}
        lost = acknowledged - paths
        assert not lost, f"{len(lost)} of {len(acknowledged)} are lost"
        if models and len(ids):
            index = VectorIndex.open(library, models[0].id, exact_limit=10)
            index.build()
            assert len(index.search(index.sample(1, 0)[0], 5)[0]) == min(5, len(ids))


def _start_window(directory: Path, n_others: int) -> int:
    from app.core.single_start import claim, summon

    first = claim(directory)
    if first is None:
        print("asked" if summon(directory, 120.0) else "nobody answers")
        return 0
    heard = threading.Semaphore(0)
    first.listen(lambda _folders: heard.release())
    met = all(heard.acquire(timeout=120.0) for _ in range(n_others))
    first.close()
    print("first" if met else "not all came")
    return 0


def _rate(directory: Path) -> int:
    from app.core.changes import SetMarks

    with Library.open(directory, write=True) as library:
        for photo_id in library.photo_ids():
            library.user_data.change(SetMarks((int(photo_id),), 3, True))
            _append([f"rated {photo_id}"])
    return 0


def _acknowledge_batches() -> None:
    save = Library.save_batch

    def saved(
        self: Library, model_id: int, photos: Sequence[NewPhoto], problems: Sequence[NewProblem]
    ) -> list[int]:
        ids = save(self, model_id, photos, problems)
        _append([photo.path.hex() for photo in photos if photo.vector is not None])
        return ids

    Library.save_batch = saved  # type: ignore[method-assign]


def _append(lines: list[str]) -> None:
    if ACK in os.environ:
        file = os.open(os.environ[ACK], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(file, "".join(f"{line}\n" for line in lines).encode())
        os.close(file)


def _acknowledged() -> set[str]:
    try:
        lines = Path(os.environ.get(ACK, "")).read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    return {line for line in lines if line}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
