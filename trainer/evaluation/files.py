"""Reading data sets in their published formats; the messages say what is missing where."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from fgclip2 import Encoder
from fgclip2.encoder import Patches
from trainer.data.file_sources import read_picture
from trainer.errors import DataError

Floats = npt.NDArray[np.float32]
_BATCH = 16
_ADVICE = "lay the set out as docs/evaluation.md says"


def read_json(path: Path) -> Any:
    """The content of a JSON file.

    Raises:
        DataError: it is missing or no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read as JSON: {error}; {_ADVICE}") from None


def read_lines(path: Path) -> list[str]:
    """The lines of a text file that are not empty.

    Raises:
        DataError: it is missing, no text, or empty.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {error}; {_ADVICE}") from None
    found = [line.rstrip("\r") for line in lines if line.strip()]
    if not found:
        raise DataError(f"{path} is empty")
    return found


def encode_files(encoder: Encoder, paths: Sequence[Path], patches: Patches) -> Floats:
    """(N, E) unit rows of picture files, in order.

    Raises:
        DataError: a picture cannot be read; figures without it would mean something else.
    """
    rows = []
    for start in range(0, len(paths), _BATCH):
        pictures: list[Image.Image] = [read_picture(path) for path in paths[start : start + _BATCH]]
        rows.append(encoder.encode_images(pictures, patches=patches))
    return np.concatenate(rows)


def corners(boxes: Sequence[Sequence[float]]) -> npt.NDArray[np.float64]:
    """Boxes x, y, width, height as (K, 4) x0, y0, x1, y1."""
    array = np.asarray(boxes, np.float64).reshape(-1, 4)
    array[:, 2:] += array[:, :2]
    return array
