"""What tells that a file which could not be decoded may be tried again: other decoders are here."""

from __future__ import annotations

import functools
from importlib import metadata

import PIL

_OWN_VERSION = 3  # raised when our own part of decoding changes what can be read


@functools.cache
def decoder_version() -> str:
    """Return our own version and those of the libraries that decode, "-" where one is absent."""
    parts = [str(_OWN_VERSION), f"pillow {PIL.__version__}"]
    parts += [f"{name} {_version(name)}" for name in ("pi-heif", "rawpy")]
    return ", ".join(parts)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "-"
