"""What the window tells the engine about its model and its cores, and what comes back.

Messages like those of ``app.core.messages``, and part of ``Command`` and ``Event`` there.
"""

from __future__ import annotations

from dataclasses import dataclass


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
class SwitchProgress:
    """How many photos have vectors of the model that is being changed to."""

    job_id: int
    model: str
    done: int
    total: int
    paused: bool = False


@dataclass(frozen=True, slots=True)
class ModelSwitched:
    """The new model is in use; ``encoded`` photos got their vectors for it.

    Their regions are made by an index run that the engine begins then.
    """

    job_id: int
    model: str
    encoded: int


SwitchCommand = UseModel | SetCores
SwitchEvent = SwitchProgress | ModelSwitched
