"""Which views a change that people made puts out of date."""

from __future__ import annotations

from app.core.changes import (
    Change,
    ForgetConcept,
    ForgetPastSearches,
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
from app.core.messages import LibraryChanged


def changed_by(change: Change, generation: int) -> LibraryChanged:
    """Return the event that names what a change made out of date."""
    if isinstance(change, SetMarks | RestoreMarks):
        return LibraryChanged(generation, marks=True)
    if isinstance(change, ForgetConcept | RestoreConcept | ReviseConcept):
        return LibraryChanged(generation, concepts=True)
    if isinstance(change, ForgetPastSearches | RestorePastSearches):
        return LibraryChanged(generation, searches=True)
    if isinstance(change, TagPhotos):
        return LibraryChanged(generation, tags=True)
    if isinstance(change, TakeOutPhotos | PutBackPhotos):
        return LibraryChanged(generation, photos=True, roots=True, albums=True, marks=True)
    if isinstance(change, TakeOutFolder | PutBackFolder | RelinkFolder):
        return LibraryChanged(
            generation, photos=True, roots=True, problems=True, albums=True, marks=True
        )
    return LibraryChanged(generation, albums=True)
