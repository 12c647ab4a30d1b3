"""Moves files to the system's trash and back, off the window's thread."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import (
    QFile,
    QObject,
    QRunnable,
    QStandardPaths,
    Qt,
    QThreadPool,
    Signal,
    SignalInstance,
    Slot,
)

logger = logging.getLogger(__name__)

MoveToTrash = Callable[[bytes], "bytes | None"]


@dataclass(frozen=True, slots=True)
class TrashedFile:
    """A file that is in the trash: the photo's number, where it was, where it is."""

    photo_id: int
    path: bytes
    trash_path: bytes


@dataclass(frozen=True, slots=True)
class TrashDone:
    """The end of a job: what is in the trash now or came back, and how many files stayed."""

    job_id: int
    files: tuple[TrashedFile, ...]
    n_failed: int


def move_to_trash(path: bytes) -> bytes | None:
    """Move one file to the system's trash; returns where it is now, None if it stayed."""
    # On Linux the trash lies in the user's data folder, which Qt expects to be there.
    data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    with contextlib.suppress(OSError):
        Path(data).mkdir(mode=0o700, parents=True, exist_ok=True)
    file = QFile(os.fsdecode(path))
    if file.moveToTrash():
        return os.fsencode(file.fileName())
    logger.warning("a file cannot be moved to the trash: %s", file.errorString())
    return None


def put_back(file: TrashedFile) -> bool:
    """Move a file from the trash to where it was; False if that place is taken or gone."""
    if not file.trash_path or os.path.lexists(file.path):
        return False
    try:
        os.rename(file.trash_path, file.path)
    except OSError as error:
        logger.warning("a file stays in the trash: %s", error)
        return False
    # On Linux a note beside the file says where it was.
    info = Path(os.fsdecode(file.trash_path))
    with contextlib.suppress(OSError):
        (info.parent.parent / "info" / f"{info.name}.trashinfo").unlink()
    return True


class Trash(QObject):
    """Answers by signals, in the order asked; its job numbers are negative."""

    trashed = Signal(object)  # TrashDone
    returned = Signal(object)  # TrashDone

    _moved = Signal(object)
    _restored = Signal(object)

    def __init__(self, parent: QObject | None = None, *, move: MoveToTrash = move_to_trash) -> None:
        super().__init__(parent)
        self._move = move
        self._last_id = 0
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._moved.connect(self._on_task_moved, Qt.ConnectionType.QueuedConnection)
        self._restored.connect(self._on_task_restored, Qt.ConnectionType.QueuedConnection)

    def throw_away(self, files: tuple[tuple[int, bytes], ...]) -> int:
        """Move files, photo number and path, to the trash; answered by ``trashed``."""
        job_id = self._new_id()
        self._pool.start(_Task(lambda: self._throw(job_id, files), self._moved))
        return job_id

    def take_back(self, files: tuple[TrashedFile, ...]) -> int:
        """Move files back to where they were; answered by ``returned``."""
        job_id = self._new_id()
        self._pool.start(_Task(lambda: _returned(job_id, files), self._restored))
        return job_id

    def close(self) -> None:
        """Wait for what runs."""
        self._pool.waitForDone()

    def _new_id(self) -> int:
        self._last_id -= 1
        return self._last_id

    def _throw(self, job_id: int, files: tuple[tuple[int, bytes], ...]) -> TrashDone:
        moved = []
        for photo_id, path in files:
            trash_path = self._move(path)
            if trash_path is not None:
                moved.append(TrashedFile(photo_id, path, trash_path))
        return TrashDone(job_id, tuple(moved), len(files) - len(moved))

    @Slot(object)
    def _on_task_moved(self, done: TrashDone) -> None:
        self.trashed.emit(done)

    @Slot(object)
    def _on_task_restored(self, done: TrashDone) -> None:
        self.returned.emit(done)


def _returned(job_id: int, files: tuple[TrashedFile, ...]) -> TrashDone:
    back = tuple(file for file in files if put_back(file))
    return TrashDone(job_id, back, len(files) - len(back))


class _Task(QRunnable):
    def __init__(self, work: Callable[[], TrashDone], done: SignalInstance) -> None:
        super().__init__()
        self._work = work
        self._done = done

    def run(self) -> None:
        self._done.emit(self._work())
