"""The library of one user: a folder with its databases, opened by one writer and many readers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from app.core.asking import Filters
from app.core.errors import LibraryError
from app.core.library import (
    backups,
    batches,
    departures,
    folder,
    generation,
    integrity,
    photos,
    restoring,
    roots,
    schema,
    status,
    vectors,
)
from app.core.library.concepts import Concepts
from app.core.library.filters import matching
from app.core.library.folder import LIBRARY_NAME, SUSPECT_NAME
from app.core.library.lock import FolderLock
from app.core.library.regions import RegionVectors
from app.core.library.rows import (
    Float16Array,
    Int64Array,
    KnownFile,
    Model,
    NewPhoto,
    NewProblem,
    Photo,
    Problem,
    Root,
    RootState,
)
from app.core.library.searches import Searches
from app.core.library.store import Store, make_private_file
from app.core.library.thumbnails import Thumbnails
from app.core.library.user_data import UserData
from app.core.scanning import fold_int64


class Library:
    """Photos, vectors, problems and what people made of them, in one folder.

    One process writes; the operating system's lock decides which. Any number of others read at the
    same time and see whole transactions. Use one ``Library`` per thread: open a second reader for a
    second thread. It may be closed from any thread.
    """

    def __init__(
        self, directory: Path, store: Store, thumbnails: Thumbnails, lock: FolderLock | None
    ) -> None:
        """Not called directly: use ``Library.open``."""
        self.directory = directory
        self._store = store
        self._thumbnails = thumbnails
        self._lock = lock
        self.regions = RegionVectors(store)
        self.concepts = Concepts(store)
        self.searches = Searches(store)
        self.was_checked = False  # whether the whole file was read when it was opened

    @classmethod
    def open(cls, directory: Path, *, write: bool) -> Library:
        """Open a library; a writer creates it or brings it up to date first.

        Raises:
            LibraryMissingError: a reader found none, or one that no writer has prepared yet.
            LibraryLockedError: another process writes it.
            LibraryNewerError: made by a newer version; left as it is.
            LibraryDamagedError: the file is not a sound library; left as it is.
            LibraryError: the folder cannot be used.
        """
        if not write:
            store = Store(directory / LIBRARY_NAME, write=False)
            return cls._checked(directory, store, None)
        folder.refuse_network(directory)
        folder.make_private(directory)
        lock = FolderLock(directory)
        try:
            backups.finish_recovery(directory, directory / LIBRARY_NAME)
            backups.refuse_lost(directory, directory / LIBRARY_NAME)
            suspect = folder.is_suspect(directory)
            store = Store(directory / LIBRARY_NAME, write=True)
            library = cls._checked(directory, store, lock, suspect=suspect)
            (directory / SUSPECT_NAME).unlink(missing_ok=True)
        except BaseException:
            lock.release()
            raise
        library.back_up()
        return library

    @classmethod
    def recover(cls, directory: Path) -> backups.Recovery:
        """Set a damaged library aside and begin anew with all that people made of it.

        What can still be read of the damaged file comes first, then the newest good backup. The
        photos come back when their folders are indexed.

        Raises:
            LibraryLockedError: another process writes it.
            LibraryError: the folder cannot be used.
        """
        lock = FolderLock(directory)
        try:
            recovery = backups.recover(directory, directory / LIBRARY_NAME)
            (directory / SUSPECT_NAME).unlink(missing_ok=True)
            return recovery
        finally:
            lock.release()

    @classmethod
    def _checked(
        cls, directory: Path, store: Store, lock: FolderLock | None, *, suspect: bool = False
    ) -> Library:
        try:
            if lock is None:
                schema.check(store)
                return cls(directory, store, Thumbnails(directory, write=False), None)
            if suspect:
                integrity.check(store)
            kept = directory / backups.BACKUPS_NAME
            schema.prepare(
                store,
                lambda version: backups.copy_whole(store, kept / f"before-{version}.sqlite"),
            )
            library = cls(directory, store, Thumbnails(directory, write=True), lock)
            library._forget_thumbnails(roots.purge_removed(store))
            library.was_checked = suspect
            library._forget_thumbnails(departures.drop_parked(store))
            return library
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Close the files and give the lock back; harmless the second time."""
        self._store.close()
        self._thumbnails.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def generation(self) -> int:
        """A number that grows with every committed change of photos, roots, problems or vectors."""
        return generation.current(self._store)

    @property
    def uuid(self) -> str:
        """The identity of this library, made when it was created."""
        return str(self._store.value("SELECT uuid FROM library"))

    def check(self) -> None:
        """Read the whole database and check its structure; seconds for a large library.

        Raises:
            LibraryDamagedError: it is not sound; the message says where.
        """
        integrity.check(self._store)

    def interrupt(self) -> None:
        """End a ``check`` that another thread runs on this library; it raises LibraryError."""
        self._store.interrupt()

    def distrust(self) -> None:
        """Have the whole file checked when it is next opened for writing."""
        with contextlib.suppress(LibraryError):
            make_private_file(self.directory / SUSPECT_NAME)

    def back_up(self) -> None:
        """Back up what people made unless that was done today or there is no folder yet."""
        if self.roots():
            backups.make_daily(self.directory, self.directory / LIBRARY_NAME)

    def backups(self) -> list[restoring.Backup]:
        """Return the backups of what people made that can be used, newest first."""
        return restoring.offered(self.directory)

    def restore(self, name: str) -> None:
        """Make what people said that of a backup; what is said now is backed up first.

        Raises:
            LibraryError: no such backup, or it cannot be used; nothing was changed.
        """
        restoring.restore(self._store, self.directory, name)

    # ------------------------------------------------------------ roots

    def roots(self, model_id: int | None = None) -> list[Root]:
        """Return all roots; ``n_indexed`` counts vectors of this model, 0 without one."""
        with self._store.snapshot():
            return roots.all_roots(self._store, model_id)

    def add_root(self, path: bytes) -> Root:
        """Add a folder; one that is there already is returned as it is.

        Raises:
            RootError: not a folder, or inside or around a root of the library.
        """
        return roots.add(self._store, path)

    def set_root_state(self, root_id: int, state: RootState) -> None:
        """Mark a root as online or offline; its photos stay either way.

        Raises:
            RootError: no such root.
        """
        roots.set_state(self._store, root_id, state)

    def mounts(self, root_id: int) -> dict[bytes, bool]:
        """Return the folders below a root on disks of their own, and whether those are away."""
        return roots.mounts(self._store, root_id)

    def set_mounts(self, root_id: int, found: dict[bytes, bool]) -> None:
        """Note the folders below a root on disks of their own, and which disks are away."""
        roots.set_mounts(self._store, root_id, found)

    def relink_root(self, root_id: int, path: bytes) -> Root:
        """Say that a folder lies elsewhere now; photos keep vectors and all said about them.

        Raises:
            RootError: no such root, not a folder, none of its photos there, or it overlaps another.
        """
        with self._store.transaction(durable=True):
            return roots.relink(self._store, root_id, path)

    # ------------------------------------------------------------ photos

    def photo(self, photo_id: int) -> Photo:
        """Return one photo.

        Raises:
            PhotoMissingError: it is not in the library, or not any more.
        """
        return photos.one(self._store, photo_id)

    def photos(self, photo_ids: Sequence[int] | Int64Array) -> list[Photo]:
        """Return photos in the order asked; ids that left the library are passed over."""
        return photos.many(self._store, [int(item) for item in photo_ids])

    def photo_ids(self, root_id: int | None = None, favourites: bool = False) -> Int64Array:
        """Return ids, (n,) int64, newest first: when taken, else when the file last changed."""
        return photos.newest_first(self._store, root_id, favourites=favourites)

    def photo_ids_matching(self, *filters: Filters) -> Int64Array:
        """Return ids of photos that all filters let through, (n,) int64, newest first."""
        return matching(self._store, *filters)

    def photo_id_at(self, path: bytes) -> int | None:
        """Return the photo that a file, by its absolute path, is; None if it is none."""
        return photos.id_at(self._store, path)

    def n_photos(self, root_id: int | None = None) -> int:
        """Return how many photos the library or one root has."""
        return photos.count(self._store, root_id)

    def known_files(self, root_id: int, model_id: int) -> Iterator[dict[bytes, KnownFile]]:
        """Yield what is known of the files of a root, photos and problems, by relative path.

        They come in blocks, so that a large root does not hold up what else is to be done.
        """
        yield from photos.known_photos(self._store, root_id, model_id, self._thumbnails.known)
        yield photos.known_problems(self._store, root_id)

    def save_batch(
        self, model_id: int, photos: Sequence[NewPhoto], problems: Sequence[NewProblem]
    ) -> list[int]:
        """Store photos and problems in one transaction; saying it twice changes nothing more.

        A photo at a known path keeps its id. New content drops the vectors of the old; a photo
        without a vector keeps the one it has while its content is the same. A good file clears its
        problem; a problem takes its photo out of sight until the file is good again.

        Returns:
            The photos' ids, in order.

        Raises:
            RootError: a root left the library meanwhile; nothing was stored.
        """
        self._thumbnails.save(
            (photo.content_hash, photo.thumbnail) for photo in photos if photo.thumbnail is not None
        )
        photo_ids, replaced = batches.save(self._store, model_id, photos, problems)
        self._forget_thumbnails(replaced)
        return photo_ids

    def find_moved(self, root_id: int, content_hash: bytes, size_bytes: int) -> int | None:
        """Return the photo with this content whose file is gone from its place, or None.

        A file whose root is offline, missing or empty is out of reach, not gone.
        """
        return departures.find_moved(self._store, root_id, content_hash, size_bytes)

    def move_photo(
        self,
        photo_id: int,
        root_id: int,
        path: bytes,
        size_bytes: int,
        mtime_ns: int,
        inode: int,
    ) -> None:
        """Give a photo its new place; it keeps its id, vectors and everything said about it.

        Raises:
            PhotoMissingError: no such photo.
            RootError: no such root.
        """
        folded = fold_int64(mtime_ns), fold_int64(inode)
        departures.move(self._store, photo_id, root_id, path, size_bytes, *folded)

    def pass_on(self, replaced: Mapping[int, int]) -> None:
        """Give photos what people said about those whose place they took, old id to new id."""
        departures.pass_on(self._store, replaced)

    def touch_photo(self, photo_id: int, mtime_ns: int, inode: int) -> None:
        """Note that a file has the same content under a new time or inode."""
        departures.touch(self._store, photo_id, fold_int64(mtime_ns), fold_int64(inode))

    def remove_photos(self, photo_ids: Sequence[int] | Int64Array) -> int:
        """Take photos out whose files are gone; return how many were in the library.

        What people said about them is kept, out of sight, for when the same file comes back.
        """
        ids = [int(item) for item in photo_ids]
        hashes = list(photos.hashes_of(self._store, ids).values())
        n_photos = departures.remove(self._store, ids)
        self._forget_thumbnails(hashes)
        return n_photos

    # ------------------------------------------------------------ problems

    def problems(self, root_id: int | None = None) -> list[Problem]:
        """Return the files that could not be used, by root and path."""
        return batches.problems(self._store, root_id)

    def clear_problems(self, root_id: int, paths: Sequence[bytes]) -> None:
        """Forget problems of files that are gone or are to be tried again."""
        batches.clear_problems(self._store, root_id, paths)

    # ------------------------------------------------------------ models and vectors

    def use_model(self, fingerprint: str, name: str, dim: int) -> int:
        """Return the id of a model, adding it if it is new.

        Raises:
            LibraryError: known with another dimension.
        """
        return vectors.use_model(self._store, fingerprint, name, dim)

    def models(self) -> list[Model]:
        """Return all models the library knows, oldest first."""
        return vectors.models(self._store)

    def model_facts(self, model_id: int) -> tuple[str, int, int]:
        """Return fingerprint, dimension and vector generation of a model.

        Raises:
            LibraryError: no such model.
        """
        return vectors.model(self._store, model_id)

    def save_vectors(
        self,
        model_id: int,
        photo_ids: Sequence[int] | Int64Array,
        rows: npt.NDArray[np.floating],
        patches: Sequence[int] | int,
    ) -> None:
        """Store vectors (n, E), unit rows, of photos; photos that left are passed over."""
        with self._store.transaction():
            vectors.save(self._store, model_id, [int(item) for item in photo_ids], rows, patches)
            generation.raise_library(self._store)

    def load_vectors(self, model_id: int, since: int = -1) -> tuple[Int64Array, Float16Array]:
        """Return ids (n,) int64, ascending, and vectors (n, E) float16.

        With ``since`` only those changed after that generation of the model.
        """
        return vectors.load(self._store, model_id, since)

    def vectors_of(
        self, model_id: int, photo_ids: Sequence[int] | Int64Array
    ) -> tuple[Int64Array, Float16Array]:
        """Return ids (n,) int64, ascending, and vectors (n, E) float16 of photos that have one."""
        return vectors.load_some(self._store, model_id, [int(item) for item in photo_ids])

    def share_vectors(
        self, model_id: int, photo_ids: Sequence[int]
    ) -> tuple[Int64Array, Float16Array]:
        """Give photos the vectors that copies of them have; return those of all that have one."""
        vectors.share(self._store, photo_ids)
        return vectors.load_some(self._store, model_id, photo_ids)

    def vector_ids(self, model_id: int) -> Int64Array:
        """Return the ids of photos with a vector of this model, (n,) int64, ascending."""
        return vectors.ids(self._store, model_id)

    # ------------------------------------------------------------ thumbnails

    def thumbnail(self, photo_id: int) -> bytes | None:
        """Return a photo's thumbnail, JPEG data, or None while there is none."""
        return self.thumbnails([photo_id]).get(photo_id)

    def thumbnails(self, photo_ids: Sequence[int]) -> dict[int, bytes]:
        """Return thumbnails, JPEG data, of those photos that have one, by photo id."""
        hashes = photos.hashes_of(self._store, photo_ids)
        found = self._thumbnails.get(list(dict.fromkeys(hashes.values())))
        return {
            photo_id: found[content_hash]
            for photo_id, content_hash in hashes.items()
            if content_hash in found
        }

    def _forget_thumbnails(self, hashes: Sequence[bytes]) -> None:
        if hashes:
            self._thumbnails.remove(photos.unused_hashes(self._store, hashes))

    # ------------------------------------------------------------ what people made

    @property
    def user_data(self) -> UserData:
        """Marks, albums, tags, and what was taken out: read and changed there."""
        return UserData(self._store)

    # ------------------------------------------------------------ status

    def status(self) -> dict[str, Any]:
        """Return what ``status --json`` prints: plain data, paths for display."""
        with self._store.snapshot():
            return status.status(self._store, self.directory)
