"""The encoder that is judged."""

from __future__ import annotations

from pathlib import Path

from fgclip2 import Encoder


def open_encoder(model: Path) -> Encoder:
    """The model at the precision of the published protocols, float32 (MODEL.md 4).

    Raises:
        FgclipError: the model cannot be used. A model that has diverged raises it when it encodes.
    """
    return Encoder.load(model, precision="f32")
