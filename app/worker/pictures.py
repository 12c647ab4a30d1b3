"""Pictures that questions ask by: checked, decoded whole, cut to their boxes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from app.core.asking import Box, ImageQuery, Query, box_text
from app.core.errors import BoxError, EmptyQueryError, PictureError, QueryTooLongError
from app.core.queries import MAX_TEXT_CHARS, parse_query, tidy
from app.worker.decode_messages import PixelsRequest

QUERY_SIDE_PX = 1536
_EXAMPLE_SIDE_PX = 640
# A kept example shows what lies around its box, up to so many times the box's longer side.
_EXAMPLE_SURROUNDINGS = 4.0
_EXAMPLE_QUALITY = 92
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture and the part of it that counts."""

    whole: Image.Image
    box: Box | None = None

    @property
    def part(self) -> Image.Image:
        """The part that counts, at least one pixel."""
        if self.box is None:
            return self.whole
        x0, y0, x1, y1 = self.box
        width, height = self.whole.size
        left, top = int(x0 * width), int(y0 * height)
        right = max(round(x1 * width), left + 1)
        bottom = max(round(y1 * height), top + 1)
        return self.whole.crop((left, top, right, bottom))

    def example_jpeg(self) -> bytes:
        """A small JPEG for keeping: what counts in its surroundings, with the box as comment."""
        around = self._with_surroundings()
        small = around.whole.copy()
        small.thumbnail((_EXAMPLE_SIDE_PX, _EXAMPLE_SIDE_PX))
        comment = b"" if around.box is None else json.dumps(around.box).encode()
        buffer = io.BytesIO()
        small.save(buffer, "JPEG", quality=_EXAMPLE_QUALITY, comment=comment)
        return buffer.getvalue()

    @classmethod
    def of_example(cls, jpeg: bytes) -> Picture:
        """The picture that ``example_jpeg`` kept; without a comment all of it counts."""
        image = Image.open(io.BytesIO(jpeg))
        comment = image.info.get("comment")
        return cls(image.convert("RGB"), tuple(json.loads(comment)) if comment else None)

    def _with_surroundings(self) -> Picture:
        """Cut to the neighbourhood of the box, so that a small box stays large enough."""
        if self.box is None:
            return self
        x0, y0, x1, y1 = self.box
        width, height = self.whole.size
        side_px = _EXAMPLE_SURROUNDINGS * max((x1 - x0) * width, (y1 - y0) * height)
        left, right = _interval_around(x0, x1, min(1.0, side_px / width))
        top, bottom = _interval_around(y0, y1, min(1.0, side_px / height))
        columns, rows = right - left, bottom - top
        box = (x0 - left) / columns, (y0 - top) / rows, (x1 - left) / columns, (y1 - top) / rows
        whole = Picture(self.whole, (left, top, right, bottom)).part
        x0, y0, x1, y1 = (min(max(side, 0.0), 1.0) for side in box)
        return Picture(whole, (x0, y0, x1, y1))


def _interval_around(low: float, high: float, length: float) -> tuple[float, float]:
    """An interval of that length in 0..1 with low..high as near to its middle as may be."""
    start = min(max((low + high - length) / 2, 0.0), 1.0 - length)
    return start, start + length


def check_query(query: Query) -> None:
    """Refuse a question that asks nothing or points outside a picture.

    Raises:
        QueryTooLongError: more text than is read.
        EmptyQueryError: no words, no picture and no filter.
        FilterError: nothing but filters that are not understood.
        PictureError: a picture is none, or more than one.
        BoxError: a box is not inside 0..1.
    """
    texts = (tidy(query.text), *(phrase.text for phrase in query.phrases or ()))
    n_chars = max(map(len, texts))
    if n_chars > MAX_TEXT_CHARS:
        raise QueryTooLongError(
            f"The text has {n_chars:,} characters and at most {MAX_TEXT_CHARS:,} are read; shorten"
            " it.",
            n_chars=f"{n_chars:,}",
            limit=f"{MAX_TEXT_CHARS:,}",
        )
    for image in query.images:
        check_image(image)
    if query.images or query.phrases or not query.filters.is_empty:
        return
    parsed = parse_query(query.text)
    if not parsed.phrases and parsed.filters.is_empty:
        if parsed.misread:
            raise parsed.misread[0]
        said = f" {parsed.source!r} names nothing." if parsed.source else ""
        raise EmptyQueryError(
            f"There is nothing to search for.{said} Type some words or give a picture."
        )


def check_image(image: ImageQuery) -> None:
    """Refuse a picture that is none, more than one, or has a box outside it.

    Raises:
        PictureError: says what is wrong.
        BoxError: the box is not inside 0..1.
    """
    sources = (image.photo_id, image.path, image.pixels, image.concept_id)
    if sum(source is not None for source in sources) != 1:
        raise PictureError(
            "A picture to search by is one photo, one file, one concept or one set of pixels."
        )
    if image.pixels is not None and (
        min(image.width_px, image.height_px) < 1
        or len(image.pixels) != image.width_px * image.height_px * 3
    ):
        raise PictureError(
            f"The pasted picture is incomplete: {len(image.pixels)} bytes are no"
            f" {image.width_px} x {image.height_px} pixels. Copy it again and paste it."
        )
    if image.box is not None:
        check_box(image.box)


def check_box(box: Box) -> None:
    """Refuse a box without area or not inside the picture.

    Raises:
        BoxError: says the box.
    """
    x0, y0, x1, y1 = box
    if not (0.0 <= x0 < x1 <= 1.0 and 0.0 <= y0 < y1 <= 1.0):
        shown = box_text(box)
        raise BoxError(
            f"The box {shown} is not inside the picture, which reaches from 0 to 1; draw it again.",
            box=shown,
        )


def pixels_request(
    image: ImageQuery, path_of: Callable[[int], bytes], side_px: int = QUERY_SIDE_PX
) -> PixelsRequest | None:
    """Return what a decoder is asked for a picture; None for pixels and concepts."""
    if image.photo_id is not None:
        return PixelsRequest(path_of(image.photo_id), side_px)
    if image.path is not None:
        return PixelsRequest(image.path, side_px)
    return None


def pasted_picture(image: ImageQuery) -> Picture | None:
    """Return the picture that came as pixels; None for one that comes from elsewhere."""
    if image.pixels is None:
        return None
    whole = Image.frombytes("RGB", (image.width_px, image.height_px), image.pixels)
    return Picture(whole, image.box)
