"""Plain data that travels between the window and the engine process.

Commands go to the engine, events come back. Every class is frozen and holds only numbers, strings,
bytes and tuples of those, so that either side can be replaced without touching the other. Boxes
are ``(x0, y0, x1, y1)`` in 0..1 of the upright photo; paths are bytes as the file system has them.
``job_id`` numbers are chosen by the sender of a command and grow. What is asked: ``asking.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from app.core.asking import Box, ImageQuery, Query
from app.core.changes import Change
from app.core.switching import SwitchCommand, SwitchEvent

Match = Literal["good", "weak"]
ExportForm = Literal["csv", "json", "png", "pdf"]

# The number of index runs that the engine starts by itself, because folders changed on disk.
OWN_JOB_ID = -1


# ---------------------------------------------------------------- commands: window -> engine


@dataclass(frozen=True, slots=True)
class StartIndex:
    """Scan and index folders; unknown ``roots`` are added, ``()`` means all known ones.

    ``retry_problems``: try files that could not be used again, although they have not changed.
    """

    job_id: int
    roots: tuple[bytes, ...] = ()
    retry_problems: bool = False


@dataclass(frozen=True, slots=True)
class PauseJob:
    job_id: int


@dataclass(frozen=True, slots=True)
class ResumeJob:
    job_id: int


@dataclass(frozen=True, slots=True)
class CancelJob:
    """Stop a job. What it finished stays. Harmless for a job that already ended."""

    job_id: int


@dataclass(frozen=True, slots=True)
class ChangeLibrary:
    """Change what people made, all or nothing. Answered by ``ChangeDone``."""

    job_id: int
    change: Change


@dataclass(frozen=True, slots=True)
class RestoreBackup:
    """Make what people said about photos that of a backup. Answered by ``JobDone``."""

    job_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Search:
    """Find photos. A newer search makes older ones stale.

    Answered by ``SearchFinished`` from the photo vectors at once and, where that says ``refining``,
    by ``SearchRefined`` from the regions after it.
    """

    job_id: int
    query: Query
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Locate:
    """Where in one photo does each of these phrases fit? Answered by one ``PhotoLocated``.

    ``image``: a picture outside of the library; ``photo_id`` then only names it in the answer.
    """

    job_id: int
    photo_id: int
    texts: tuple[str, ...]
    image: ImageQuery | None = None


@dataclass(frozen=True, slots=True)
class SuggestBoxes:
    """Which things in a picture could one draw a box round? Answered by ``BoxesSuggested``."""

    job_id: int
    image: ImageQuery


@dataclass(frozen=True, slots=True)
class SaveConcept:
    """Give a name to what one to five examples have in common, or new examples to a known one.

    Answered by ``ConceptSaved``. A name that another concept has is refused with ``QueryError``.
    """

    job_id: int
    name: str
    examples: tuple[ImageQuery, ...]
    concept_id: int | None = None


@dataclass(frozen=True, slots=True)
class JudgeConcept:
    """Say that a photo, or a box of it, shows a concept or does not. Answered by ``ConceptSaved``.

    The last word on a photo counts.
    """

    job_id: int
    concept_id: int
    photo_id: int
    accepted: bool
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class SaveSearch:
    """Keep a question under a name; ``saved_id`` replaces a kept one. ``SearchesSaved`` answers.

    A question with pasted pixels cannot be kept: ``QueryError``.
    """

    job_id: int
    name: str
    query: Query
    saved_id: int | None = None


@dataclass(frozen=True, slots=True)
class RemoveSavedSearch:
    """Forget a saved search. Answered by ``SearchesSaved``."""

    job_id: int
    saved_id: int


@dataclass(frozen=True, slots=True)
class RememberSearch:
    """Put a question at the end of the history. Answered by ``SearchesSaved``.

    For questions that were meant: run with Enter, or one of whose results was opened.
    """

    job_id: int
    query: Query


@dataclass(frozen=True, slots=True)
class ExportResults:
    """Write results to a file: a table, or a contact sheet with boxes drawn.

    Answered by ``ExportFinished``. ``path`` is absolute and is replaced if it exists.
    """

    job_id: int
    path: bytes
    form: ExportForm
    query: Query
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class OpenPhoto:
    """Decode one photo for the screen, upright, sRGB, longest side at most ``max_side_px``.

    ``path``: a file outside of the library; ``photo_id`` then only names it in the answer.
    """

    job_id: int
    photo_id: int
    max_side_px: int
    path: bytes | None = None


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Finish the running batch, close the library, exit."""


Command = (
    StartIndex
    | PauseJob
    | ResumeJob
    | CancelJob
    | ChangeLibrary
    | RestoreBackup
    | Search
    | Locate
    | SuggestBoxes
    | OpenPhoto
    | SaveConcept
    | JudgeConcept
    | SaveSearch
    | RemoveSavedSearch
    | RememberSearch
    | ExportResults
    | SwitchCommand
    | Shutdown
)


# ---------------------------------------------------------------- events: engine -> window


@dataclass(frozen=True, slots=True)
class EngineReady:
    """The model is loaded; searches run from now on."""

    model: str
    fingerprint: str
    dim: int
    engine: str
    precision: str
    load_ms: int


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far an index job is; at most 20 a second. ``seconds_left`` is None while unknown.

    In the phase "refining" all photos can be found already; the fine pass adds their regions, and
    ``done`` and ``total`` count the photos of that pass.
    ``waiting_for``: why the job pauses by itself, a sentence for people; it goes on by itself too.
    ``waiting_kind``: the class name of the error that it waits out, if it is one.
    """

    job_id: int
    phase: Literal["scanning", "indexing", "refining", "paused"]
    root_id: int | None
    found: int
    done: int
    total: int
    n_problems: int
    photos_per_s: float
    seconds_left: float | None
    waiting_for: str = ""
    waiting_kind: str = ""


@dataclass(frozen=True, slots=True)
class ProblemFact:
    """A file that could not be used: display path, stable reason word, detail for people."""

    path: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class IndexFinished:
    """An index job ended; the numbers are those of ``index --json``."""

    job_id: int
    found: int
    indexed: int
    unchanged: int
    moved: int
    removed: int
    problems: tuple[ProblemFact, ...]
    seconds: float
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class LibraryChanged:
    """Rows changed: views refresh only what is named. ``generation`` grows with each change."""

    generation: int
    photos: bool = False
    roots: bool = False
    problems: bool = False
    marks: bool = False
    albums: bool = False
    tags: bool = False
    searches: bool = False  # saved searches, history
    concepts: bool = False


@dataclass(frozen=True, slots=True)
class LibraryRecovered:
    """The library was damaged and begun anew; photos come back as their folders are indexed.

    ``kept_aside``: where the damaged file is now, for display. ``source``: where ratings, albums
    and tags come from: "the damaged file", the name of a backup, or "" for nowhere. ``backups``:
    names of the good ones, newest first, for ``RestoreBackup``.
    """

    kept_aside: str
    source: str
    backups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JobDone:
    """A command that changes the library was carried out; its changes are on disk."""

    job_id: int


@dataclass(frozen=True, slots=True)
class ChangeDone:
    """A change is on disk; ``inverse`` takes it back."""

    job_id: int
    inverse: Change


@dataclass(frozen=True, slots=True)
class PhraseHit:
    """How well a photo fits one phrase, and where; ``GOOD_SCORE`` and above satisfies it."""

    text: str
    score: float
    region: Box | None


@dataclass(frozen=True, slots=True)
class ImageHit:
    """How well a photo fits one picture or box of the question, and where."""

    score: float
    region: Box | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A photo that was found.

    ``phrases`` and ``images`` are in the order of the query's, without the excluded ones; regions
    are None until the search is refined, and where the whole photo fits best. ``region`` is the
    place that fits the question best.
    """

    photo_id: int
    score: float
    match: Match
    region: Box | None = None
    phrases: tuple[PhraseHit, ...] = ()
    images: tuple[ImageHit, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchFinished:
    """The answer from the photo vectors, best first, good matches before weak ones.

    ``refining``: a ``SearchRefined`` follows, unless a newer search comes first. ``n_excluded``
    photos would have been among the hits but show what was excluded. ``n_tokens`` has the text,
    with its end mark; up to 196 are read.
    """

    job_id: int
    text: str
    model: str
    took_ms: float
    hits: tuple[Hit, ...]
    refining: bool = False
    n_excluded: int = 0
    n_tokens: int = 0


@dataclass(frozen=True, slots=True)
class SearchRefined:
    """The same search, ranked on regions; it replaces what ``SearchFinished`` said."""

    job_id: int
    took_ms: float
    hits: tuple[Hit, ...]
    n_excluded: int = 0


@dataclass(frozen=True, slots=True)
class LocatedPhrase:
    """Heat of a phrase over one photo: float32 in 0..1, ``rows * columns``, row by row."""

    text: str
    score: float
    region: Box | None
    heat: bytes


@dataclass(frozen=True, slots=True)
class PhotoLocated:
    """Where phrases fit in one photo, in the order asked; all heat maps have one shape."""

    job_id: int
    photo_id: int
    rows: int
    columns: int
    places: tuple[LocatedPhrase, ...]


@dataclass(frozen=True, slots=True)
class BoxesSuggested:
    """Boxes round things in a picture, the most striking first; at most 12."""

    job_id: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class ConceptSaved:
    """A concept and its examples are on disk; ``inverse`` takes back what was said of it."""

    job_id: int
    concept_id: int
    inverse: Change


@dataclass(frozen=True, slots=True)
class SearchesSaved:
    """A change of saved searches or of the history is on disk.

    ``saved_id``: of the search that ``SaveSearch`` kept.
    """

    job_id: int
    saved_id: int | None = None


@dataclass(frozen=True, slots=True)
class ExportFinished:
    """A file with results is written."""

    job_id: int
    path: bytes
    n_photos: int


@dataclass(frozen=True, slots=True)
class PhotoOpened:
    """Pixels of one photo: RGB, 8 bits, row by row; ``full_*``: size of the upright original."""

    job_id: int
    photo_id: int
    width_px: int
    height_px: int
    full_width_px: int
    full_height_px: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class JobCancelled:
    """A search, locate or open job that was superseded or cancelled before it ran."""

    job_id: int


@dataclass(frozen=True, slots=True)
class JobFailed:
    """A job could not run. ``kind`` is the error's class name, ``params`` fill its sentence."""

    job_id: int
    kind: str
    message: str
    params: dict[str, str] = field(default_factory=dict)
    traceback_text: str = ""


Event = (
    EngineReady
    | IndexProgress
    | IndexFinished
    | LibraryChanged
    | ChangeDone
    | LibraryRecovered
    | JobDone
    | SearchFinished
    | SearchRefined
    | PhotoLocated
    | BoxesSuggested
    | PhotoOpened
    | ConceptSaved
    | SearchesSaved
    | ExportFinished
    | SwitchEvent
    | JobCancelled
    | JobFailed
)
