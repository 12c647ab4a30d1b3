"""What people made: marks, albums, tags, and what they took out of the library.

Every change is one transaction, on disk before it returns, and gives back its inverse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.core.changes import (
    Change,
    ForgetConcept,
    ForgetPastSearches,
    Marks,
    PutBackFolder,
    PutBackPhotos,
    RelinkFolder,
    RestoreConcept,
    RestoreMarks,
    RestorePastSearches,
    ReviseConcept,
    SetMarks,
    TagPhotos,
    TakeOutFolder,
    TakeOutPhotos,
)
from app.core.library import albums, concepts, generation, roots, searches, tags, visibility
from app.core.library.photos import ids_json
from app.core.library.rows import Album, Int64Array
from app.core.library.store import Store

_MARKS = "SELECT photo_id, rating, favourite, flag FROM ratings"


@dataclass(frozen=True, slots=True)
class Applied:
    """A change that was carried out, and the photos that it took out of sight or brought back."""

    inverse: Change
    hidden: tuple[int, ...] = ()
    shown: tuple[int, ...] = ()


class UserData:
    """Reads and changes what people made in one library."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def change(self, change: Change) -> Applied:
        """Carry out a change; it is on disk before this returns.

        Raises:
            AlbumError: the album is not there, or would have no name.
            TagError: the tag would have no name.
            RootError: the folder is not there.
            ConceptMissingError: the concept is not there.
            LibraryError: the library cannot be written; nothing changed.
        """
        with self._store.transaction(durable=True):
            applied = _apply(self._store, change)
            generation.raise_library(self._store)
        return applied

    def marks(self, photo_ids: Sequence[int] | None = None) -> dict[int, Marks]:
        """Return the marks of those photos that have some, by photo id; None for all."""
        if photo_ids is None:
            rows = self._store.rows(_MARKS)
        else:
            rows = self._store.rows(
                f"{_MARKS} WHERE photo_id IN (SELECT value FROM json_each(?))",
                (ids_json(photo_ids),),
            )
        return {row[0]: Marks(row[0], row[1], bool(row[2]), row[3]) for row in rows}

    def albums(self) -> list[Album]:
        """Return all albums by name."""
        return albums.all_albums(self._store)

    def album_photo_ids(self, album_id: int) -> Int64Array:
        """Return the photos of an album that can be seen, (n,) int64, in its order."""
        return albums.photo_ids(self._store, album_id)

    def tags(self, photo_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Return the tags of those photos that have some, by photo id."""
        return tags.tags_of(self._store, photo_ids)

    def tag_names(self) -> list[str]:
        """Return all tags by name."""
        return tags.names(self._store)


def _apply(store: Store, change: Change) -> Applied:
    match change:
        case TakeOutPhotos(photo_ids, trashed):
            hidden = tuple(visibility.hide(store, photo_ids, _state(trashed=trashed)))
            return Applied(PutBackPhotos(hidden, trashed), hidden=hidden)
        case PutBackPhotos(photo_ids, trashed):
            shown = tuple(visibility.show(store, photo_ids, _state(trashed=trashed)))
            return Applied(TakeOutPhotos(shown, trashed), shown=shown)
        case TakeOutFolder(root_id):
            hidden = tuple(roots.take_out(store, root_id))
            return Applied(PutBackFolder(root_id), hidden=hidden)
        case PutBackFolder(root_id):
            shown = tuple(roots.put_back(store, root_id))
            return Applied(TakeOutFolder(root_id), shown=shown)
        case RelinkFolder(root_id, path):
            before = roots.one_root(store, root_id).path
            roots.relink(store, root_id, path)
            return Applied(RelinkFolder(root_id, before))
        case SetMarks():
            return Applied(_set_marks(store, change))
        case RestoreMarks():
            return Applied(_restore_marks(store, change))
        case TagPhotos():
            return Applied(tags.set_tag(store, change))
        case ForgetConcept():
            return Applied(concepts.forget(store, change))
        case RestoreConcept():
            return Applied(concepts.restore(store, change))
        case ReviseConcept():
            return Applied(concepts.revise(store, change))
        case ForgetPastSearches():
            return Applied(searches.forget(store, change))
        case RestorePastSearches():
            return Applied(searches.restore(store, change))
    return Applied(albums.apply(store, change))


_COPIED = (
    ("ratings", "rating, favourite, flag, changed_at"),
    ("album_photos", "album_id, position"),
    ("photo_tags", "tag_id"),
)


def share(store: Store, photo_ids: Sequence[int]) -> None:
    """Give photos what people said about others with the same content, inside a transaction.

    What was said about the photos themselves stays.
    """
    ids = ids_json(photo_ids)
    for table, columns in _COPIED:
        said = ", ".join(f"u.{column}" for column in columns.split(", "))
        store.run(
            f"INSERT OR IGNORE INTO {table} (photo_id, {columns}) SELECT p.id, {said}"
            " FROM photos p JOIN photos t ON t.content_hash = p.content_hash"
            " AND t.size_bytes = p.size_bytes AND t.id != p.id"
            f" JOIN {table} u ON u.photo_id = t.id"
            " WHERE p.id IN (SELECT value FROM json_each(?)) ORDER BY t.id",
            (ids,),
        )


def pass_on(store: Store, replaced: Mapping[int, int]) -> None:
    """Give photos what people said about those that they replaced, inside a transaction.

    What was said about the photos themselves stays.
    """
    for table, columns in _COPIED:
        store.run_many(
            f"INSERT OR IGNORE INTO {table} (photo_id, {columns})"
            f" SELECT ?, {columns} FROM {table} WHERE photo_id = ?",
            [(new, old) for old, new in replaced.items()],
        )


def _state(*, trashed: bool) -> int:
    return visibility.FILE_GONE if trashed else visibility.TAKEN_OUT


def _set_marks(store: Store, change: SetMarks) -> RestoreMarks:
    """Mark photos alike; the inverse gives each its own marks back."""
    if change.rating is not None and not 0 <= change.rating <= 5:
        raise ValueError(f"a rating is 0 to 5, not {change.rating}")
    if change.flag is not None and change.flag not in (-1, 0, 1):
        raise ValueError(f"a flag is -1, 0 or 1, not {change.flag}")
    before = _marks_of(store, change.photo_ids)
    after = tuple(
        Marks(
            old.photo_id,
            old.rating if change.rating is None else change.rating,
            old.favourite if change.favourite is None else change.favourite,
            old.flag if change.flag is None else change.flag,
        )
        for old in before
    )
    _write_marks(store, after)
    return RestoreMarks(before)


def _restore_marks(store: Store, change: RestoreMarks) -> RestoreMarks:
    before = _marks_of(store, [marks.photo_id for marks in change.marks])
    there = {marks.photo_id for marks in before}
    _write_marks(store, [marks for marks in change.marks if marks.photo_id in there])
    return RestoreMarks(before)


def _marks_of(store: Store, photo_ids: Sequence[int]) -> tuple[Marks, ...]:
    """Return the marks of photos, also of those that have none; photos that left are left out."""
    rows = store.rows(
        "SELECT p.id, COALESCE(m.rating, 0), COALESCE(m.favourite, 0), COALESCE(m.flag, 0)"
        " FROM photos p LEFT JOIN ratings m ON m.photo_id = p.id"
        " WHERE p.id IN (SELECT value FROM json_each(?))",
        (ids_json(photo_ids),),
    )
    return tuple(Marks(row[0], row[1], bool(row[2]), row[3]) for row in rows)


def _write_marks(store: Store, marks: Sequence[Marks]) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    bare = [each.photo_id for each in marks if each == Marks(each.photo_id)]
    store.run(
        "DELETE FROM ratings WHERE photo_id IN (SELECT value FROM json_each(?))", (ids_json(bare),)
    )
    store.run_many(
        "INSERT INTO ratings (photo_id, rating, favourite, flag, changed_at)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (photo_id) DO UPDATE SET"
        " rating = excluded.rating, favourite = excluded.favourite, flag = excluded.flag,"
        " changed_at = excluded.changed_at",
        [
            (each.photo_id, each.rating, each.favourite, each.flag, now)
            for each in marks
            if each != Marks(each.photo_id)
        ],
    )
