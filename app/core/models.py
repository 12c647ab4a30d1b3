"""Models on this machine: the bundled one, those people added, and the published ones.

Each added model has a folder of its own below the models' folder, named after it, with a record
``model.json``. A copied or downloaded model has its files beside the record; of a linked one there
is the record alone and its files stay where they are. What is not whole has no record yet.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from app.core.errors import ModelError
from app.core.files import replace_file
from app.core.paths import bundled_model_dir, display_text, resources_dir
from app.core.settings import Settings

DEFAULT_ENDPOINT = "https://huggingface.co"
BUNDLED_NAME = "finelens-tiny"
RECORD_NAME = "model.json"
PARTIAL_SUFFIX = ".partial"

Kind = Literal["bundled", "copied", "linked", "downloaded"]
_NAME = re.compile(r"[\w][\w.-]{0,63}")
_PARAMETER_BYTES = 4


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """A model that its makers offer for download; ``revision`` is pinned."""

    name: str
    repository: str
    revision: str
    parameters: int
    licence: str

    @property
    def weights_bytes(self) -> int:
        """About how large the download is: the weights are float32."""
        return self.parameters * _PARAMETER_BYTES


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model, as it was when it was taken in; ``sha256`` in hex."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model that can be used: ``source`` says where it came from, for people."""

    name: str
    kind: Kind
    directory: Path
    source: str = ""
    revision: str = ""
    files: tuple[ModelFile, ...] = field(default=())

    @property
    def size_bytes(self) -> int:
        """Bytes of its files."""
        return sum(file.size_bytes for file in self.files)


def published_models() -> tuple[PublishedModel, ...]:
    """Return the published models, smallest first."""
    stored = json.loads((resources_dir() / "models.json").read_text(encoding="utf-8"))
    return tuple(PublishedModel(**values) for values in stored["published"])


def published_model(name: str) -> PublishedModel:
    """Return a published model.

    Raises:
        ModelError: there is none of that name.
    """
    known = {model.name: model for model in published_models()}
    if name not in known:
        raise ModelError(f"There is no published model {name}: choose {', '.join(known)}.")
    return known[name]


def bundled_model() -> InstalledModel:
    """Return the model that ships with the application."""
    directory = bundled_model_dir()
    files = tuple(
        ModelFile(path.name, path.stat().st_size, "")
        for path in sorted(directory.glob("*"))
        if path.is_file()
    )
    return InstalledModel(BUNDLED_NAME, "bundled", directory, "Finelens", files=files)


class ModelStore:
    """The models' folder.

    Args:
        directory: made when the first model comes.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def installed(self) -> list[InstalledModel]:
        """Return the bundled model and all added ones, by name; what is damaged is left out."""
        found = [bundled_model()]
        try:
            names = sorted(entry.name for entry in os.scandir(self.directory) if entry.is_dir())
        except OSError:
            names = []
        for name in names:
            model = self._read(name)
            if model is not None:
                found.append(model)
        return found

    def get(self, name: str) -> InstalledModel:
        """Return a model by name.

        Raises:
            ModelError: there is none; names those that are there.
        """
        known = {model.name: model for model in self.installed()}
        if name not in known:
            raise ModelError(f"There is no model {name} here: {', '.join(known)}.")
        return known[name]

    def check_new_name(self, name: str) -> None:
        """Refuse a name that is taken or cannot be a folder's.

        Raises:
            ModelError: says why and what would do.
        """
        if not _NAME.fullmatch(name) or name.endswith(PARTIAL_SUFFIX):
            shown = display_text(name)
            raise ModelError(
                f"A model cannot be called {shown!r}: use letters, digits, - and _.",
                name=shown,
                reason="name",
            )
        if name == BUNDLED_NAME or (self.directory / name).exists():
            raise ModelError(
                f"There is already a model {name}: remove it or choose another name.",
                name=display_text(name),
                reason="taken",
            )

    def partial_dir(self, name: str) -> Path:
        """Return where a model's files gather until they are whole."""
        return self.directory / f"{name}{PARTIAL_SUFFIX}"

    def take_in(self, model: InstalledModel, gathered: Path | None) -> InstalledModel:
        """Make a model usable, from files gathered in a partial folder or as a link.

        Args:
            model: its ``directory`` counts for a linked one alone.
            gathered: folder with the checked files; None for a link.

        Raises:
            ModelError: the name is taken or cannot be used.
            OSError: the disk does not let it; nothing usable was left behind.
        """
        self.check_new_name(model.name)
        place = self.directory / model.name
        folder = gathered if gathered is not None else self.partial_dir(model.name)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        record = asdict(model) | {"directory": str(model.directory) if gathered is None else ""}
        replace_file(folder / RECORD_NAME, json.dumps(record, indent=2).encode())
        os.replace(folder, place)
        return self.get(model.name)

    def remove(self, name: str) -> None:
        """Delete an added model or the beginnings of one; a linked one's files stay.

        Raises:
            ModelError: the bundled model, or none of that name.
            OSError: the disk does not let it.
        """
        if name == BUNDLED_NAME:
            raise ModelError("The model that ships with Finelens cannot be removed.")
        places = [self.directory / name, self.partial_dir(name)]
        if not _NAME.fullmatch(name) or not any(place.is_dir() for place in places):
            self.get(name)
        for place in places:
            if place.is_dir():
                (place / RECORD_NAME).unlink(missing_ok=True)
                shutil.rmtree(place)

    def _read(self, name: str) -> InstalledModel | None:
        if name.endswith(PARTIAL_SUFFIX):
            return None
        try:
            stored = json.loads((self.directory / name / RECORD_NAME).read_text(encoding="utf-8"))
            return _from_record(name, self.directory / name, stored)
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None


def choose_model(setting: str | None) -> Path:
    """Return the folder of the model that the settings name: a path, or None for the bundled."""
    return Path(setting) if setting else bundled_model_dir()


def model_to_start_with(settings: Settings) -> Path:
    """Return the folder of the model that is searched with first.

    While another one gets ready that is the former one, unless its folder is gone.
    """
    former = settings.former_model_dir
    if former is not None and Path(former).is_dir():
        return Path(former)
    return choose_model(settings.model_dir)


def model_setting(directory: str | None) -> str | None:
    """Return what the settings say of a model's folder: None for the bundled one."""
    return None if directory in (None, str(bundled_model_dir())) else directory


def settings_for_model(settings: Settings, directory: Path) -> dict[str, str | None]:
    """Return the settings that change when a model is chosen.

    The one that is searched with now stays the former one, until the chosen one is ready.
    """
    former = settings.former_model_dir or str(choose_model(settings.model_dir))
    return {
        "model_dir": model_setting(str(directory)),
        "former_model_dir": None if former == str(directory) else former,
    }


def _from_record(name: str, folder: Path, stored: Mapping[str, Any]) -> InstalledModel:
    files = tuple(ModelFile(**values) for values in stored["files"])
    linked = stored["kind"] == "linked"
    directory = Path(stored["directory"]) if linked else folder
    return InstalledModel(
        name, stored["kind"], directory, str(stored["source"]), str(stored["revision"]), files
    )
