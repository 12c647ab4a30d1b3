"""The user's settings: a small JSON file that holds what differs from the defaults.

Keys that this version does not know are kept as they are. A value that makes no sense is passed
over with a warning, so that a slip of an editor never keeps the application from starting. A change
of meaning is a new version and a new step in ``UPGRADES``.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from app.core.errors import SettingsError
from app.core.files import replace_file
from app.core.paths import display_path

SETTINGS_VERSION = 2
SETTINGS_NAME = "settings.json"

_logger = logging.getLogger(__name__)

Language = Literal["system", "en", "zh_CN"]
Theme = Literal["system", "light", "dark"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose; every field has a default that works.

    ``model_dir`` None is the bundled model. ``former_model_dir`` is searched with until all photos
    have vectors of the chosen one; None if there is no other. ``hub_endpoint`` None is Hugging
    Face. ``library_dir`` None is the default place. ``cores`` None is all of them.
    ``quick_patches`` None is what the model's own
    configuration says, at most 256. ``decoder_processes`` None leaves the number to the engine.
    ``watch_folders`` has folders indexed again when they change on disk.
    ``grid_square`` crops thumbnails to squares, otherwise they keep their shape.
    """

    schema_version: int = SETTINGS_VERSION
    language: Language = "system"
    theme: Theme = "system"
    model_dir: str | None = None
    former_model_dir: str | None = None
    hub_endpoint: str | None = None
    library_dir: str | None = None
    cores: int | None = None
    pause_on_battery: bool = True
    pause_while_typing: bool = True
    engine: str = "auto"
    precision: str = "auto"
    quick_patches: int | None = None
    thumbnail_side_px: int = 320
    decoder_processes: int | None = None
    watch_folders: bool = True
    grid_side_px: int = 176
    grid_square: bool = True


def load_settings(path: Path) -> Settings:
    """Return the settings in a file, the defaults where it says nothing or does not exist.

    Raises:
        SettingsError: the file cannot be read, or is not a JSON object.
    """
    stored = _upgraded(_read(path))
    chosen: dict[str, Any] = {}
    for name, accepts in _ACCEPTS.items():
        if name not in stored:
            continue
        if accepts(stored[name]):
            chosen[name] = stored[name]
        else:
            _logger.warning("setting %s has a value that makes no sense; default used", name)
    return Settings(**chosen)


def save_settings(path: Path, settings: Settings) -> None:
    """Write what differs from the defaults; keys of other versions stay.

    A file that cannot be understood is set aside beside the new one, with ``.damaged`` at its end.

    Raises:
        SettingsError: the file cannot be written; the old one is as it was.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            stored = _upgraded(_read(path))
        except SettingsError:
            os.replace(path, path.with_name(f"{path.name}.damaged"))
            stored = {}
        replace_file(path, _encoded(_merged(stored, settings)))
    except OSError as error:
        shown = display_path(os.fsencode(path))
        raise SettingsError(
            f"The settings {shown} cannot be written: {error.strerror}.", path=shown
        ) from error


def _merged(stored: dict[str, Any], settings: Settings) -> dict[str, Any]:
    defaults = Settings()
    merged = {name: value for name, value in stored.items() if name not in _ACCEPTS}
    # A newer version's number stays, so that its upgrade steps do not run over its own file.
    merged["schema_version"] = max(_version(stored), SETTINGS_VERSION)
    for name in _ACCEPTS:
        value = getattr(settings, name)
        if value != getattr(defaults, name):
            merged[name] = value
    return merged


def _encoded(values: dict[str, Any]) -> bytes:
    return (json.dumps(values, indent=2, sort_keys=True) + "\n").encode()


def _read(path: Path) -> dict[str, Any]:
    shown = display_path(os.fsencode(path))
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(
            f"The settings {shown} cannot be read: {error.strerror}.", path=shown
        ) from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"The settings {shown} are damaged: {error}.", path=shown) from error
    if not isinstance(found, dict):
        raise SettingsError(f"The settings {shown} are damaged: not a JSON object.", path=shown)
    return found


# ---------------------------------------------------------------- what a value may be


def _one_of(*words: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in words


def _number(low: int, high: int) -> Callable[[object], bool]:
    return lambda value: (
        isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    )


def _or_none(accepts: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or accepts(value)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != ""


def is_web_address(value: object) -> bool:
    """Whether a value can be the address of a hub: http or https and a host."""
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


_ACCEPTS: dict[str, Callable[[object], bool]] = {
    "language": _one_of("system", "en", "zh_CN"),
    "theme": _one_of("system", "light", "dark"),
    "model_dir": _or_none(_is_name),
    "former_model_dir": _or_none(_is_name),
    "hub_endpoint": _or_none(is_web_address),
    "library_dir": _or_none(_is_name),
    "cores": _or_none(_number(1, 1024)),
    "pause_on_battery": _is_flag,
    "pause_while_typing": _is_flag,
    "engine": _one_of("auto", "openvino", "torch"),
    "precision": _one_of("auto", "f32", "bf16", "int8"),
    "quick_patches": _or_none(_number(16, 4096)),
    "thumbnail_side_px": _number(64, 2048),
    "decoder_processes": _or_none(_number(1, 64)),
    "watch_folders": _is_flag,
    "grid_side_px": _number(48, 1024),
    "grid_square": _is_flag,
}


# ---------------------------------------------------------------- upgrade steps, oldest first


def _version(stored: dict[str, Any]) -> int:
    version = stored.get("schema_version", SETTINGS_VERSION)
    return version if isinstance(version, int) and version >= 1 else SETTINGS_VERSION


def _upgraded(stored: dict[str, Any]) -> dict[str, Any]:
    values = dict(stored)
    for version in range(_version(stored), SETTINGS_VERSION):
        values = UPGRADES[version](values)
        values["schema_version"] = version + 1
    return values


def _name_units_and_languages(values: dict[str, Any]) -> dict[str, Any]:
    """1 -> 2: sizes carry their unit, languages their region, a dark switch became the theme."""
    renamed = dict(values)
    if "thumbnail_size" in renamed:
        renamed["thumbnail_side_px"] = renamed.pop("thumbnail_size")
    if "dark" in renamed:
        renamed["theme"] = "dark" if renamed.pop("dark") else "light"
    if renamed.get("language") == "zh":
        renamed["language"] = "zh_CN"
    return renamed


UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: _name_units_and_languages,
}
