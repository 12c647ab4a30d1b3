"""Plain data that travels between the window and the engine process.

Commands go to the engine, events come back. Every class is frozen and holds only numbers, strings,
bytes and tuples of those, so that either side can be replaced without touching the other.
Boxes are ``(x0, y0, x1, y1)`` in 0..1 of the upright photo; paths are bytes as the file system
gives them. ``job_id`` numbers are chosen by the sender of a command and grow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Box = tuple[float, float, float, float]
Match = Literal["good", "weak"]


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
class RemoveRoot:
    """Forget a folder: its photos leave the library, the files stay where they are."""

    job_id: int
    root_id: int


@dataclass(frozen=True, slots=True)
class SetFavourite:
    """Mark photos as favourites, or no longer; ratings stay. Answered by ``FavouriteSet``."""

    job_id: int
    photo_ids: tuple[int, ...]
    favourite: bool


@dataclass(frozen=True, slots=True)
class ImageQuery:
    """A picture to search by: a photo of the library, a file or pasted pixels; ``box``: a part.

    Exactly one of ``photo_id``, ``path`` and ``pixels`` is given. ``pixels`` is RGB, 8 bits,
    row by row, ``height_px * width_px * 3`` bytes.
    """

    photo_id: int | None = None
    path: bytes | None = None
    pixels: bytes | None = None
    width_px: int = 0
    height_px: int = 0
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """Find photos for words, a picture, or both. A newer search makes older ones stale."""

    job_id: int
    text: str
    image: ImageQuery | None = None
    limit: int = 200
    root_id: int | None = None


@dataclass(frozen=True, slots=True)
class Locate:
    """Where in one photo does a phrase fit?"""

    job_id: int
    photo_id: int
    text: str


@dataclass(frozen=True, slots=True)
class OpenPhoto:
    """Decode one photo for the screen, upright, sRGB, longest side at most ``max_side_px``."""

    job_id: int
    photo_id: int
    max_side_px: int


@dataclass(frozen=True, slots=True)
class UseModel:
    """Change to the model in a folder; until its vectors are made the old one is searched with.

    Answered by ``SwitchProgress`` and at last ``ModelSwitched``.
    """

    job_id: int
    model_dir: str


@dataclass(frozen=True, slots=True)
class SetCores:
    """Use this many processor cores from now on; None for all."""

    cores: int | None


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Finish the running batch, close the library, exit."""


Command = (
    StartIndex
    | PauseJob
    | ResumeJob
    | CancelJob
    | RemoveRoot
    | SetFavourite
    | Search
    | Locate
    | OpenPhoto
    | UseModel
    | SetCores
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

    ``waiting_for``: why the job pauses by itself, a sentence for people; it goes on by itself too.
    """

    job_id: int
    phase: Literal["scanning", "indexing", "paused"]
    root_id: int | None
    found: int
    done: int
    total: int
    n_problems: int
    photos_per_s: float
    seconds_left: float | None
    waiting_for: str = ""


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
    favourites: bool = False


@dataclass(frozen=True, slots=True)
class FavouriteSet:
    """The favourites of a job are on disk."""

    job_id: int


@dataclass(frozen=True, slots=True)
class PhraseHit:
    text: str
    score: float
    region: Box | None


@dataclass(frozen=True, slots=True)
class Hit:
    photo_id: int
    score: float
    match: Match
    region: Box | None = None
    phrases: tuple[PhraseHit, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchFinished:
    job_id: int
    text: str
    model: str
    took_ms: float
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class PhotoLocated:
    """Heat of a phrase over one photo: float32 ``heat`` in 0..1, ``rows * columns``, row by row."""

    job_id: int
    photo_id: int
    text: str
    score: float
    region: Box | None
    rows: int
    columns: int
    heat: bytes


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
class SwitchProgress:
    """How many photos have vectors of the model that is being changed to."""

    job_id: int
    model: str
    done: int
    total: int
    paused: bool = False


@dataclass(frozen=True, slots=True)
class ModelSwitched:
    """The new model is in use; ``encoded`` photos got their vectors for it."""

    job_id: int
    model: str
    encoded: int


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
    | FavouriteSet
    | SearchFinished
    | PhotoLocated
    | PhotoOpened
    | SwitchProgress
    | ModelSwitched
    | JobCancelled
    | JobFailed
)
