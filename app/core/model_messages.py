"""Plain data between whoever wants a model and the process that fetches and checks it.

One process does one job and ends. All classes are frozen; see ``app.core.messages``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Phase = Literal["checking", "copying", "downloading", "preparing"]


@dataclass(frozen=True, slots=True)
class AddModel:
    """Take in a folder in the published layout; ``link``: leave its files where they are."""

    models_dir: str
    directory: str
    name: str
    link: bool = False


@dataclass(frozen=True, slots=True)
class DownloadModel:
    """Fetch a published model; ``revision`` empty: the pinned one. The user has agreed."""

    models_dir: str
    name: str
    endpoint: str
    revision: str = ""


@dataclass(frozen=True, slots=True)
class PrepareModel:
    """Make what a model needs on this machine once: its precision and compiled graphs."""

    directory: str
    engine: str = "auto"
    precision: str = "auto"


@dataclass(frozen=True, slots=True)
class ModelProgress:
    """How far a job is; bytes are zero in phases that have none."""

    phase: Phase
    name: str
    done_bytes: int = 0
    total_bytes: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True)
class ModelDone:
    """The job ended well; the model lies in ``directory``."""

    name: str
    directory: str


ModelJob = AddModel | DownloadModel | PrepareModel
ModelEvent = ModelProgress | ModelDone
