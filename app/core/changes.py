"""What people change in their library, as plain data; every change has an exact inverse.

The engine carries a change out and answers with the change that takes it back, so that undo and
redo need no knowledge of their own. Stars are 0 to 5; a flag is 1 for a pick, -1 for a reject.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marks:
    """All that one photo is marked with."""

    photo_id: int
    rating: int = 0
    favourite: bool = False
    flag: int = 0


@dataclass(frozen=True, slots=True)
class SetMarks:
    """Mark photos alike; None leaves a mark as it is. Photos that left the library are skipped."""

    photo_ids: tuple[int, ...]
    rating: int | None = None
    favourite: bool | None = None
    flag: int | None = None


@dataclass(frozen=True, slots=True)
class RestoreMarks:
    """Give each photo marks of its own."""

    marks: tuple[Marks, ...]


@dataclass(frozen=True, slots=True)
class CreateAlbum:
    """Make an album; with ``album_id`` one that was deleted comes back under its number."""

    name: str
    photo_ids: tuple[int, ...] = ()
    album_id: int | None = None


@dataclass(frozen=True, slots=True)
class RenameAlbum:
    """Give an album another name."""

    album_id: int
    name: str


@dataclass(frozen=True, slots=True)
class DeleteAlbum:
    """Delete an album; its photos stay in the library."""

    album_id: int


@dataclass(frozen=True, slots=True)
class AddToAlbum:
    """Put photos into an album, at its end or at given positions; those in it stay in place."""

    album_id: int
    photo_ids: tuple[int, ...]
    positions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoveFromAlbum:
    """Take photos out of an album; they stay in the library."""

    album_id: int
    photo_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TagPhotos:
    """Give photos a tag, or take it; a tag that no photo has is forgotten."""

    name: str
    photo_ids: tuple[int, ...]
    tagged: bool = True


@dataclass(frozen=True, slots=True)
class TakeOutPhotos:
    """Take photos out of the library. With ``trashed`` their files went to the trash.

    Files that stay are passed over when folders are read again.
    """

    photo_ids: tuple[int, ...]
    trashed: bool = False


@dataclass(frozen=True, slots=True)
class PutBackPhotos:
    """Undo ``TakeOutPhotos``."""

    photo_ids: tuple[int, ...]
    trashed: bool = False


@dataclass(frozen=True, slots=True)
class TakeOutFolder:
    """Forget a folder; its rows are kept until the library is opened anew, so it can come back."""

    root_id: int


@dataclass(frozen=True, slots=True)
class PutBackFolder:
    """Undo ``TakeOutFolder``."""

    root_id: int


@dataclass(frozen=True, slots=True)
class RelinkFolder:
    """Say that a folder lies elsewhere now; its photos keep their places in it."""

    root_id: int
    path: bytes


@dataclass(frozen=True, slots=True)
class ForgetConcept:
    """Forget a named concept with its examples."""

    concept_id: int


@dataclass(frozen=True, slots=True)
class KeptExample:
    """An example of a concept as it was: ``picture`` is a JPEG, ``box`` as it is stored."""

    photo_id: int | None
    box: str | None
    accepted: bool
    picture: bytes


@dataclass(frozen=True, slots=True)
class RestoreConcept:
    """Undo ``ForgetConcept``: the concept comes back under its number, with its examples."""

    concept_id: int
    name: str
    examples: tuple[KeptExample, ...]


@dataclass(frozen=True, slots=True)
class ReviseConcept:
    """Give a concept a name and examples in place of those it has; its own inverse."""

    concept_id: int
    name: str
    examples: tuple[KeptExample, ...]


@dataclass(frozen=True, slots=True)
class ForgetPastSearches:
    """Take questions out of the history; those that left it are skipped."""

    past_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeptPastSearch:
    """A question of the history as it was; ``query`` and ``asked_at`` as they are stored."""

    past_id: int
    query: str
    asked_at: str


@dataclass(frozen=True, slots=True)
class RestorePastSearches:
    """Undo ``ForgetPastSearches``: the questions come back to their places in the history."""

    searches: tuple[KeptPastSearch, ...]


AlbumChange = CreateAlbum | RenameAlbum | DeleteAlbum | AddToAlbum | RemoveFromAlbum

Change = (
    SetMarks
    | RestoreMarks
    | AlbumChange
    | TagPhotos
    | TakeOutPhotos
    | PutBackPhotos
    | TakeOutFolder
    | PutBackFolder
    | RelinkFolder
    | ForgetConcept
    | RestoreConcept
    | ReviseConcept
    | ForgetPastSearches
    | RestorePastSearches
)
