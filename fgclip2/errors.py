"""Errors of the encoders, one tree.

FgclipError
├── ConfigError          a configuration value or an option that cannot be used
├── WeightsError         a weights file that is missing, damaged or does not fit the configuration
├── TokenizerError       the tokenizer is missing or damaged
├── ImageError           something that is not a usable picture, or boxes that do not fit it
├── TextError            token ids or texts of the wrong kind or length
├── EngineUnavailableError  the chosen engine or precision cannot run here
└── DeviceMemoryError    the batch does not fit; nothing was computed
"""

from __future__ import annotations


class FgclipError(Exception):
    """Base of all errors raised by ``fgclip2``."""


class ConfigError(FgclipError):
    """A configuration value or an option cannot be used."""


class WeightsError(FgclipError):
    """A weights file is missing, damaged, or does not fit the configuration."""


class TokenizerError(FgclipError):
    """The tokenizer is missing or damaged."""


class ImageError(FgclipError):
    """Not a usable picture, or boxes that do not fit it."""


class TextError(FgclipError):
    """Token ids or texts of the wrong kind or length."""


class EngineUnavailableError(FgclipError):
    """The chosen engine or precision cannot run on this machine."""


class DeviceMemoryError(FgclipError):
    """The batch does not fit into memory; nothing was computed."""
