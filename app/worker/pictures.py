"""Pictures that questions ask by: checked, decoded whole, cut to their boxes."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from app.core.asking import Box, ImageQuery, Query
from app.core.errors import BoxError, EmptyQueryError, PictureError, QueryTooLongError
from app.core.queries import MAX_TEXT_CHARS, parse_query, tidy
from app.worker.decode_messages import PixelsRequest

QUERY_SIDE_PX = 1536
_EXAMPLE_SIDE_PX = 320
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
        """A small JPEG of the part that counts, for keeping."""
        small = self.part.copy()
        small.thumbnail((_EXAMPLE_SIDE_PX, _EXAMPLE_SIDE_PX))
        buffer = io.BytesIO()
        small.save(buffer, "JPEG", quality=_EXAMPLE_QUALITY)
        return buffer.getvalue()


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
        shown = ", ".join(f"{number:g}" for number in box)
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
