"""Readers beside the writer, in threads and processes, and a writer that is killed."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.core.errors import AppError
from app.core.library import Library
from app.core.library.folder import LIBRARY_NAME
from app.core.library.rows import NewPhoto

ROOT = Path(__file__).resolve().parents[4]
BATCH = 20

WRITER = """
import os, sys
from pathlib import Path
import numpy as np
from app.core.library import Library
from app.core.library.rows import NewPhoto

library = Library.open(Path(sys.argv[1]), write=True)
root = library.add_root(os.fsencode(sys.argv[2]))
model = library.use_model("f", "m", 16)
vector = np.eye(16, dtype=np.float32)[0]
number = library.n_photos()
while True:
    batch = []
    for _ in range(20):
        name = b"%d" % number
        batch.append(NewPhoto(root.id, name, 1, 1, 1, name, 1, 1, None, None, "png", 0,
                              b"t" * 2000, vector, 128))
        number += 1
    library.save_batch(model, batch, [])
    print(number, flush=True)
"""


def test_readers_in_threads_see_whole_batches_while_the_writer_writes(
    library: Library, directory: Path, model_id: int, make_photo: Callable[..., NewPhoto]
) -> None:
    done = threading.Event()
    wrong: list[object] = []
    seen: list[int] = []

    def read() -> None:
        try:
            with Library.open(directory, write=False) as reader:
                before = 0
                while not done.is_set():
                    status = reader.status()
                    n_photos, n_vectors = status["photos"], status["models"][0]["vectors"]
                    if n_photos % BATCH or n_photos != n_vectors or n_photos < before:
                        wrong.append((before, n_photos, n_vectors))
                    ids = reader.photo_ids()
                    if len(reader.photos(ids)) != len(ids):
                        wrong.append("a photo is missing")
                    before = n_photos
                    seen.append(n_photos)
        except (AppError, sqlite3.Error) as error:
            wrong.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for start in range(0, 30 * BATCH, BATCH):
        library.save_batch(model_id, [make_photo(start + n) for n in range(BATCH)], [])
    done.set()
    for thread in threads:
        thread.join(30)
    assert wrong == []
    assert len(set(seen)) > 1


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX")
def test_a_killed_writer_loses_nothing_it_acknowledged(directory: Path, folder: Path) -> None:
    acknowledged = 0
    for _ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(directory), str(folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert writer.stdout is not None
        for _ in range(7):
            acknowledged = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        later, _ = writer.communicate(timeout=30)
        acknowledged = int((later.split() or [acknowledged])[-1])
        with Library.open(directory, write=True) as library:
            library.check()
            n_photos = library.n_photos()
            assert n_photos >= acknowledged
            assert n_photos % BATCH == 0
            assert len(library.vector_ids(1)) == n_photos
            assert len(library.thumbnails(library.photo_ids().tolist())) == n_photos
    with closing(sqlite3.connect(directory / LIBRARY_NAME)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_library_may_be_closed_from_another_thread(directory: Path) -> None:
    Library.open(directory, write=True).close()
    readers: list[Library] = []
    thread = threading.Thread(target=lambda: readers.append(Library.open(directory, write=False)))
    thread.start()
    thread.join()
    readers[0].close()
