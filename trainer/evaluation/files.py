"""Reading data sets in their published formats; the messages say what is missing where."""

from __future__ import annotations

import json
import reprlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from fgclip2 import Encoder
from fgclip2.encoder import Patches
from trainer.data.pictures import read_picture
from trainer.errors import DataError

Floats = npt.NDArray[np.float32]
_BATCH = 16
_FARTHEST_PX = 1e9  # sums of such lengths are exact to a fraction of a pixel
_OPTIONAL = ("frequency", "neg_category_ids", "not_exhaustive_category_ids")
_ADVICE = "lay the set out as docs/evaluation.md says"


def read_json(path: Path) -> Any:
    """The content of a JSON file.

    Raises:
        DataError: it is missing or no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path} cannot be read as JSON: {error}; {_ADVICE}") from None


def checked_records(values: Any, keys: Sequence[str], source: str | Path) -> list[dict[str, Any]]:
    """A list of objects that all have the keys; ``_CHECKS`` says what their values must be.

    Those of ``_OPTIONAL`` are checked, too, where they are there.

    Args:
        values: what a file holds.
        keys: that every object must have.
        source: the file and, of several lists in it, which one.

    Raises:
        DataError: they are something else; names the source, the record and the keys.
    """
    if not isinstance(values, list):
        raise DataError(f"{source}: a list of records with {', '.join(keys)} is missing; {_ADVICE}")
    for number, record in enumerate(values):
        lacks = [key for key in keys if not isinstance(record, dict) or key not in record]
        if lacks:
            raise DataError(f"{source}: record {number} lacks {', '.join(lacks)}; {_ADVICE}")
        for key, check in _CHECKS.items():
            if key in record and (key in keys or key in _OPTIONAL) and not check(record[key]):
                said = reprlib.repr(record[key])
                raise DataError(f"{source}: the {key} of record {number} is {said}; {_ADVICE}")
    return values


def read_records(
    path: Path, keys: Sequence[str], n_most: int | None = None
) -> list[dict[str, Any]]:
    """The objects of a JSON array, or the first ``n_most`` of them; see ``checked_records``."""
    values = read_json(path)
    return checked_records(values[:n_most] if isinstance(values, list) else values, keys, path)


def read_record_lines(path: Path, keys: Sequence[str]) -> list[dict[str, Any]]:
    """The objects of a file with one a line; see ``checked_records``."""
    found = []
    for number, line in enumerate(read_lines(path)):
        try:
            found.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}: record {number} is no JSON: {error}; {_ADVICE}") from None
    return checked_records(found, keys, path)


def read_sections(path: Path, **keys: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Lists of objects in a file in COCO's layout.

    Args:
        path: of the JSON file.
        keys: for each list by its name what its objects must have. Where ``categories`` is one,
            annotations of unknown categories are an error, too.

    Raises:
        DataError: something is missing.
    """
    content = read_json(path)
    given = content if isinstance(content, dict) else {}
    sections = {
        name: checked_records(given.get(name), own, f"{path}, {name}") for name, own in keys.items()
    }
    if "categories" in sections:
        known = {each["id"] for each in sections["categories"]}
        unknown = {each["category_id"] for each in sections["annotations"]} - known
        if unknown:
            raise DataError(f"{path}: annotations of the unknown category {unknown.pop()!r}")
    return sections


def read_lines(path: Path) -> list[str]:
    """The lines of a text file that are not empty, without the blanks around them.

    Raises:
        DataError: it is missing, no text, or empty.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {error}; {_ADVICE}") from None
    found = [line.strip() for line in lines if line.strip()]
    if not found:
        raise DataError(f"{path} is empty")
    return found


def first_existing(*places: Path) -> Path:
    """The first place that exists; the very first where none does, for the message."""
    return next((place for place in places if place.exists()), places[0])


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


def has_area(box: Sequence[float]) -> bool:
    """Whether a box x, y, width, height has a region."""
    x, y, width, height = box
    return x + width > x and y + height > y


def _is_whole(value: object) -> bool:
    return isinstance(value, int)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) <= sys.float_info.max


def _is_box(values: object) -> bool:
    return isinstance(values, list) and len(values) == 4 and all(map(_is_length, values))


def _is_length(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) <= _FARTHEST_PX


def _are_whole(values: object) -> bool:
    return values is None or (isinstance(values, list) and all(map(_is_whole, values)))


_CHECKS: dict[str, Callable[[object], bool]] = {
    **dict.fromkeys(("id", "image_id", "category_id"), _is_whole),
    **dict.fromkeys(("image", "file_name", "coco_url", "img_path", "name"), _is_text),
    "score": _is_number,
    "bbox": _is_box,
    "frequency": _is_text,
    **dict.fromkeys(("neg_category_ids", "not_exhaustive_category_ids"), _are_whole),
}
