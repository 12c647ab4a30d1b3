"""Notices that folders change on disk, so that the library can follow them.

``watchdog`` tells of changes; a thread (``folder-watch``) looks every few seconds whether a folder
or a disk in it came or went, and asks for a plain rescan of what cannot be watched and, now and
then, of everything: some file systems tell nothing. What is told is only *which* folder changed;
what changed is found by comparing it with the library, so nothing told twice or lost does harm.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.core.ignore_rules import IGNORE_NAME
from app.core.paths import display_path
from app.core.scanning import is_candidate, is_skipped

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent

_logger = logging.getLogger(__name__)

QUIET_S = 1.0  # a folder is due when nothing happened in it for so long
_PATIENCE_S = 10.0  # or when changes have gone on for so long
POLL_S = 5.0
_RESCAN_S = 3600.0
_RESCAN_UNWATCHED_S = 600.0
_REST_PER_SCAN = 4.0  # of the time that a scan took: following never costs more than a fifth
_CLOSE_WAIT_S = 5.0

Identity = tuple[tuple[int, int] | None, ...]


@dataclass(slots=True, eq=False)
class _Folder:
    """One followed folder; times are of the watcher's clock, None for never."""

    path: bytes
    inner: tuple[bytes, ...]
    identity: Identity | None = None
    watch: Any = None
    changed_since_s: float | None = None
    changed_last_s: float = 0.0
    rest_until_s: float = 0.0
    rescan_at_s: float = 0.0

    def due_at_s(self) -> float | None:
        """When it is to be looked at; None while it did not change."""
        if self.changed_since_s is None:
            return None
        quiet_s = min(self.changed_last_s + QUIET_S, self.changed_since_s + _PATIENCE_S)
        return max(quiet_s, self.rest_until_s)


class FolderWatcher:
    """Follows folders until it is closed; thread-safe.

    Args:
        wake: called from any thread when a folder changed; must not block.
        clock: seconds that only grow.
        poll_s: how often to look for folders and disks that came or went.
    """

    def __init__(
        self,
        wake: Callable[[], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        poll_s: float = POLL_S,
    ) -> None:
        self._wake = wake
        self._clock = clock
        self._poll_s = poll_s
        self._lock = threading.Lock()
        self._folders: dict[bytes, _Folder] = {}
        self._left: list[_Folder] = []
        self._look_now = threading.Event()
        self._started = False
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="folder-watch", daemon=True)

    def follow(self, folders: Mapping[bytes, Sequence[bytes]]) -> None:
        """Follow exactly these folders; a new one is due at once.

        Args:
            folders: absolute paths, with the folders on disks of their own inside them.
        """
        with self._lock:
            if self._closing:
                return
            self._left += [self._folders.pop(path) for path in self._folders.keys() - folders]
            for path, inner in folders.items():
                known = self._folders.setdefault(path, _Folder(path, ()))
                known.inner = tuple(inner)
            is_first, self._started = not self._started, True
        if is_first:
            self._thread.start()
        self._look_now.set()

    def take_due(self) -> tuple[bytes, ...]:
        """Return the folders to look at now; they count as unchanged from here on."""
        now_s = self._clock()
        with self._lock:
            due = [
                folder
                for folder in self._folders.values()
                if (at_s := folder.due_at_s()) is not None and at_s <= now_s
            ]
            for folder in due:
                folder.changed_since_s = None
        return tuple(folder.path for folder in due)

    def seconds_to_due(self) -> float | None:
        """Return when ``take_due`` will have something; None while nothing changed."""
        with self._lock:
            times = [folder.due_at_s() for folder in self._folders.values()]
        known = [at_s for at_s in times if at_s is not None]
        return max(0.0, min(known) - self._clock()) if known else None

    def note_scanned(self, paths: Sequence[bytes], seconds: float) -> None:
        """Give folders a rest after a scan that took some time."""
        with self._lock:
            for folder in [self._folders[path] for path in paths if path in self._folders]:
                folder.rest_until_s = self._clock() + _REST_PER_SCAN * seconds

    def close(self) -> None:
        """Stop following. Harmless when repeated."""
        with self._lock:
            self._closing = True
        self._look_now.set()
        if self._thread.is_alive():
            self._thread.join(_CLOSE_WAIT_S)

    # ------------------------------------------------------------ the thread

    def _run(self) -> None:
        from watchdog.observers import Observer

        observer = Observer()
        observer.start()
        try:
            while not self._closing:
                self._look_now.clear()
                with self._lock:
                    left, self._left = self._left, []
                    folders = list(self._folders.values())
                for folder in left:
                    self._unwatch(observer, folder)
                for folder in folders:
                    self._look_at(observer, folder)
                self._look_now.wait(self._poll_s)
        finally:
            observer.stop()
            observer.join()

    def _look_at(self, observer: Any, folder: _Folder) -> None:
        """Watch a folder that came; have it looked at when it or a disk in it came or went."""
        identity = _identity(folder)
        if identity != folder.identity:
            folder.identity = identity
            self._unwatch(observer, folder)
            if identity[0] is not None:
                self._watch(observer, folder)
            self._note(folder, at_once=True)
        elif self._clock() >= folder.rescan_at_s:
            self._note(folder, at_once=True)
        else:
            return
        pause_s = _RESCAN_S if folder.watch is not None else _RESCAN_UNWATCHED_S
        folder.rescan_at_s = self._clock() + pause_s

    def _watch(self, observer: Any, folder: _Folder) -> None:
        from watchdog import events

        # Not those about opening and reading: the decoders do that all the time.
        wanted = [
            *(events.FileCreatedEvent, events.FileDeletedEvent, events.FileModifiedEvent),
            *(events.FileMovedEvent, events.FileClosedEvent, events.FileAttribEvent),
            *(events.DirCreatedEvent, events.DirDeletedEvent, events.DirMovedEvent),
        ]
        handler = events.FileSystemEventHandler()
        handler.dispatch = lambda event: self._on_event(folder, event)
        try:
            folder.watch = observer.schedule(
                handler, os.fsdecode(folder.path), recursive=True, event_filter=wanted
            )
        except OSError as error:  # too many folders for the system, or it left this moment
            shown = display_path(folder.path)
            _logger.warning("%s cannot be watched, it is read now and then: %s", shown, error)

    def _unwatch(self, observer: Any, folder: _Folder) -> None:
        if folder.watch is not None:
            try:
                observer.unschedule(folder.watch)
            except (KeyError, OSError) as error:
                _logger.debug("a watch had ended: %r", error)
            folder.watch = None

    def _on_event(self, folder: _Folder, event: FileSystemEvent) -> None:
        """Called in watchdog's thread."""
        for path in (event.src_path, event.dest_path):
            if path and _matters(os.fsencode(path), folder.path, event.is_directory):
                self._note(folder)
                return

    def _note(self, folder: _Folder, *, at_once: bool = False) -> None:
        now_s = self._clock()
        with self._lock:
            first = folder.changed_since_s is None
            if first:
                folder.changed_since_s = now_s - (_PATIENCE_S if at_once else 0.0)
            folder.changed_last_s = now_s
        if first:
            self._wake()


def _identity(folder: _Folder) -> Identity:
    """Which disk and folder is at each place, None where there is none."""
    places = [folder.path, *(os.path.join(folder.path, inner) for inner in folder.inner if inner)]
    return tuple(_place(path) for path in places)


def _place(path: bytes) -> tuple[int, int] | None:
    try:
        facts = os.stat(path)
    except OSError:
        return None
    return facts.st_dev, facts.st_ino


def _matters(path: bytes, root: bytes, is_folder: bool) -> bool:
    """Whether a change at a path can change what the library holds."""
    inner = os.path.relpath(path, root).split(os.sep.encode())
    name = inner[-1]
    if any(is_skipped(part) for part in inner[:-1] if part not in (b".", b"..")):
        return False
    return name == IGNORE_NAME or (is_folder and not is_skipped(name)) or is_candidate(name)
