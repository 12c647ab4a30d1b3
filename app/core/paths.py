"""Where things are, and how a path is shown to people."""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

_APPLICATION = "Finelens"

# Joiners are format characters too, but emoji and several scripts need them and they hide nothing.
_HARMLESS_FORMAT = frozenset("\u200c\u200d")
_ESCAPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}


def display_path(path: bytes) -> str:
    r"""Return a path for people to read: never raises, never harms a terminal or a label.

    Bytes that are not UTF-8 appear as ``\xff``; control, line-breaking and direction-changing
    characters as escapes. The result is NFC and for the eye only: it does not lead to the file.
    """
    return display_text(path.decode("utf-8", "backslashreplace"))


def display_text(text: str) -> str:
    """Return text that came out of a file, made safe to show and to store; never raises."""
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text)
    shown = "".join(_escape(character) for character in composed)
    # A mark that followed an escaped character now follows the escape's last letter.
    return unicodedata.normalize("NFC", shown)


def _escape(character: str) -> str:
    if unicodedata.category(character) not in _ESCAPED_CATEGORIES or character in _HARMLESS_FORMAT:
        return character
    short = _SHORT_ESCAPES.get(character)
    if short is not None:
        return short
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def default_library_dir() -> Path:
    """Return the library's folder: FINELENS_LIBRARY, else the user's data folder."""
    override = os.environ.get("FINELENS_LIBRARY")
    if override:
        return Path(override)
    from platformdirs import user_data_path

    return user_data_path(_APPLICATION, appauthor=False) / "library"


def choose_library(setting: str | None) -> Path:
    """Return the library's folder: FINELENS_LIBRARY, else what the settings say, else the default.

    Args:
        setting: ``Settings.library_dir``.
    """
    if setting and not os.environ.get("FINELENS_LIBRARY"):
        return Path(setting)
    return default_library_dir()


def default_config_dir() -> Path:
    """Return the settings' folder: FINELENS_CONFIG, else the user's configuration folder."""
    override = os.environ.get("FINELENS_CONFIG")
    if override:
        return Path(override)
    from platformdirs import user_config_path

    return user_config_path(_APPLICATION, appauthor=False)


def default_models_dir() -> Path:
    """Return the folder of added models: FINELENS_MODELS, else the user's data folder."""
    override = os.environ.get("FINELENS_MODELS")
    if override:
        return Path(override)
    from platformdirs import user_data_path

    return user_data_path(_APPLICATION, appauthor=False) / "models"


def default_cache_dir() -> Path:
    """Return the folder of what can be made again: compiled graphs of large models."""
    from platformdirs import user_cache_path

    return user_cache_path("finelens", appauthor=False)


def resources_dir() -> Path:
    """Return ``resources/`` of the source tree or of the frozen package."""
    bundle = getattr(sys, "_MEIPASS", None)
    root = Path(bundle) if bundle else Path(__file__).resolve().parents[2]
    return root / "resources"


def bundled_model_dir() -> Path:
    """Return the folder of the model that ships with the application."""
    return resources_dir() / "models" / "finelens-tiny"


def demo_album_dir() -> Path:
    """Return the folder of the demo album's pictures."""
    return resources_dir() / "demo" / "album"
