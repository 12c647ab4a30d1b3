"""Results written to a file: a table, plain data, or a contact sheet with the boxes drawn."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from app.core.asking import Box, Query
from app.core.errors import ExportError
from app.core.files import replace_file
from app.core.hit_places import framed_places
from app.core.library import Library
from app.core.library.place import library_files
from app.core.library.rows import Photo
from app.core.messages import ExportResults, Hit
from app.core.paths import display_path, display_text

_COLUMNS = ("path", "score", "match", "x0", "y0", "x1", "y1", "taken_at", "camera", "phrases")
_CELL_PX, _GAP_PX, _MARGIN_PX, _TEXT_PX = 240, 16, 40, 34
_SHEET_COLUMNS, _SHEET_ROWS = 5, 6
# Beyond, most programs refuse to open a picture that tall.
_MOST_ON_A_PICTURE = 1000
_LEGEND_PX = 24  # between the entries
_PAPER, _INK, _FAINT = "white", "#202020", "#707070"
_PHRASE_COLOURS = ("#d23b2f", "#2f6fd2", "#2f9e44", "#b8860b", "#8e44ad", "#00838f")
_DPI = 150
_FOR_OTHERS = 0o666  # less what the user's own rule takes away: exports are made to be shared
_LEAST_SHARE_OF_HEIGHT = 0.2  # of a letter's width; narrower ones are rare
_HAN_FONTS = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansSC-Regular.otf",
    "SourceHanSansCN-Regular.otf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "msyh.ttc",
)
_REASONS = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EACCES: "permission",
    errno.EPERM: "permission",
    errno.EROFS: "permission",
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def hit_dict(hit: Hit, path: bytes) -> dict[str, Any]:
    """Return a hit as the command line and exports write it; the format is part of the design."""
    return {
        "path": os.fsdecode(path),
        "score": round(hit.score, 4),
        "match": hit.match,
        "region": hit.region,
        "phrases": [
            {"text": phrase.text, "score": round(phrase.score, 4), "region": phrase.region}
            for phrase in hit.phrases
        ],
    }


def export_results(library: Library, command: ExportResults) -> int:
    """Write hits to a file, whole or not at all; return how many photos are in it.

    Hits whose photo left the library are passed over.

    Raises:
        ExportError: the file cannot be written, is a photo or a part of the library, or would be a
            picture of too many photos.
    """
    shown = display_path(command.path)
    target = _checked_target(library, command.path)
    photos = {photo.id: photo for photo in library.photos([h.photo_id for h in command.hits])}
    found = [(hit, photos[hit.photo_id]) for hit in command.hits if hit.photo_id in photos]
    if command.form == "png" and len(found) > _MOST_ON_A_PICTURE:
        raise ExportError(
            f"A picture shows {_MOST_ON_A_PICTURE:,} photos at most, not {len(found):,}. Write a"
            " PDF, or fewer photos.",
            file=shown,
            reason="too_many",
            limit=f"{_MOST_ON_A_PICTURE:,}",
        )
    match command.form:
        case "csv":
            data = _csv(found)
        case "json":
            results = [hit_dict(hit, photo.absolute_path) for hit, photo in found]
            whole = {"query": command.query.text, "results": results}
            data = json.dumps(whole, indent=1).encode()
        case "png" | "pdf":
            thumbnails = library.thumbnails([photo.id for _, photo in found])
            title = display_text(title_of(library, command.query))
            parts = _part_names(library, command.query, found[0][0]) if found else []
            data = _contact_sheet(title, parts, found, thumbnails, command.form)
    try:
        replace_file(target, data, mode=_FOR_OTHERS)
    except OSError as error:
        raise ExportError(
            f"{shown} cannot be written: {error.strerror}. Choose another place.",
            file=shown,
            reason=_REASONS.get(error.errno or 0, ""),
        ) from error
    return len(found)


def _checked_target(library: Library, path: bytes) -> Path:
    """Return the file to write, links resolved; refuse what must stay as it is."""
    target = Path(os.fsdecode(os.path.realpath(path)))
    why, reason = "", ""
    if library.photo_id_at(path) is not None or library.photo_id_at(bytes(target)) is not None:
        why, reason = "is a photo of the library and stays as it is", "photo"
    elif target in library_files(library.directory.resolve()):
        why = "is a part of the library and stays as it is"
    elif target.exists() and not target.is_file():
        why = "is a folder" if target.is_dir() else "is no file that can be replaced"
    elif target.is_file() and not (target.stat().st_mode & 0o222 and os.access(target, os.W_OK)):
        why, reason = "is protected against writing", "permission"
    if why:
        shown = display_path(path)
        raise ExportError(f"{shown} {why}. Choose another place.", file=shown, reason=reason)
    return target


def _csv(found: list[tuple[Hit, Photo]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(_COLUMNS)
    for hit, photo in found:
        box = [""] * 4 if hit.region is None else [f"{side:.4f}" for side in hit.region]
        phrases = "; ".join(f"{phrase.text}: {phrase.score:.2f}" for phrase in hit.phrases)
        path = photo.absolute_path.decode("utf-8", "backslashreplace")
        writer.writerow(
            [
                _harmless(path),
                f"{hit.score:.4f}",
                hit.match,
                *box,
                photo.taken_at or "",
                _harmless(photo.camera or ""),
                _harmless(phrases),
            ]
        )
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")  # the mark tells spreadsheets UTF-8


def _harmless(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


# ---------------------------------------------------------------- contact sheets


def title_of(library: Library, query: Query) -> str:
    """Return what was asked: the words, and the names of concepts."""
    concept_ids = {image.concept_id for image in query.images}
    names = [each.name for each in library.concepts.all() if each.id in concept_ids]
    return " + ".join(filter(None, (query.words, *names)))


def _part_names(library: Library, query: Query, hit: Hit) -> list[str]:
    """Return what each part of a hit is about, phrases first, as their boxes are numbered."""
    wanted = [image for image in query.images if image.need != "excluded"]
    concepts = {concept.id: concept.name for concept in library.concepts.all()}
    photo_ids = [image.photo_id for image in wanted if image.photo_id is not None]
    shown = {photo.id: photo.display for photo in library.photos(photo_ids)}
    names = []
    for number, image in enumerate(wanted, start=1):
        name = concepts.get(image.concept_id or 0) or shown.get(image.photo_id or 0)
        if image.path is not None:
            name = display_path(image.path)
        names.append(os.path.basename(name) if name else f"#{number}")
    return [*(phrase.text for phrase in hit.phrases), *names[: len(hit.images)]]


def _contact_sheet(
    title: str,
    parts: list[str],
    found: list[tuple[Hit, Photo]],
    thumbnails: dict[int, bytes],
    form: str,
) -> bytes:
    """Draw all hits: one tall PNG, or PDF pages of 30, of which one is in memory at a time."""
    buffer = io.BytesIO()
    if form == "png":
        _page(title, parts, found, thumbnails).save(buffer, "PNG")
        return buffer.getvalue()
    per_page = _SHEET_COLUMNS * _SHEET_ROWS
    for start in range(0, max(len(found), 1), per_page):
        page = _page(title, parts, found[start : start + per_page], thumbnails)
        page.save(buffer, "PDF", append=start > 0, resolution=_DPI)
    return buffer.getvalue()


def _page(
    title: str, parts: list[str], found: list[tuple[Hit, Photo]], thumbnails: dict[int, bytes]
) -> Image.Image:
    n_rows = max(1, -(-len(found) // _SHEET_COLUMNS))
    head_px = _MARGIN_PX + _TEXT_PX + (_TEXT_PX if len(parts) > 1 else 0)
    width = 2 * _MARGIN_PX + _SHEET_COLUMNS * (_CELL_PX + _GAP_PX) - _GAP_PX
    height = head_px + _MARGIN_PX + n_rows * (_CELL_PX + _TEXT_PX + _GAP_PX)
    page = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(page)
    _write(draw, (_MARGIN_PX, _MARGIN_PX), title, 22, _INK, width - 2 * _MARGIN_PX)
    if len(parts) > 1:
        _write_legend(draw, _MARGIN_PX + _TEXT_PX, parts, width - _MARGIN_PX)
    for at, (hit, photo) in enumerate(found):
        row, column = divmod(at, _SHEET_COLUMNS)
        left = _MARGIN_PX + column * (_CELL_PX + _GAP_PX)
        top = head_px + row * (_CELL_PX + _TEXT_PX + _GAP_PX)
        _draw_photo(page, (left, top), hit, thumbnails.get(photo.id))
        name = os.path.basename(photo.display)
        caption = f"{hit.score:.2f}  {name}"
        _write(draw, (left, top + _CELL_PX + 4), caption, 13, _FAINT, _CELL_PX)
    return page


def _write_legend(draw: ImageDraw.ImageDraw, top: int, parts: list[str], right: int) -> None:
    """Write which colour is which phrase or picture, in one line."""
    left = _MARGIN_PX
    for number, part in enumerate(parts):
        room_px = right - left - _LEGEND_PX
        if room_px < _LEGEND_PX:
            return
        draw.rectangle((left, top + 4, left + 11, top + 15), fill=_colour(number))
        shown_px = _write(
            draw, (left + 18, top), display_text(part), 14, _INK, min(room_px, _CELL_PX)
        )
        left += 18 + shown_px + _LEGEND_PX


def _colour(number: int) -> str:
    return _PHRASE_COLOURS[number % len(_PHRASE_COLOURS)]


def _draw_photo(
    page: Image.Image, corner: tuple[int, int], hit: Hit, thumbnail: bytes | None
) -> None:
    """Put a thumbnail into its cell and draw the places of its parts, each in its colour."""
    cell = Image.new("RGB", (_CELL_PX, _CELL_PX), "#e8e8e8")
    if thumbnail is not None:
        cell = Image.open(io.BytesIO(thumbnail)).convert("RGB")
        cell.thumbnail((_CELL_PX, _CELL_PX))
    draw = ImageDraw.Draw(cell)
    for number, box in framed_places(hit):
        _draw_box(draw, cell.size, box, _colour(number))
    left = corner[0] + (_CELL_PX - cell.width) // 2
    top = corner[1] + (_CELL_PX - cell.height) // 2
    page.paste(cell, (left, top))


def _draw_box(draw: ImageDraw.ImageDraw, size: tuple[int, int], box: Box, colour: str) -> None:
    width, height = size
    x0, y0 = round(box[0] * (width - 1)), round(box[1] * (height - 1))
    x1, y1 = round(box[2] * (width - 1)), round(box[3] * (height - 1))
    draw.rectangle((x0, y0, x1, y1), outline="black", width=4)
    draw.rectangle(
        (x0 + 1, y0 + 1, max(x1 - 1, x0 + 1), max(y1 - 1, y0 + 1)), outline=colour, width=2
    )


def _write(
    draw: ImageDraw.ImageDraw,
    corner: tuple[int, int],
    text: str,
    size_px: int,
    colour: str,
    room_px: int,
) -> int:
    """Write one line, cut to its room; return how wide it is."""
    font = _font(size_px)
    most_letters = int(room_px / (_LEAST_SHARE_OF_HEIGHT * size_px))
    shown = text if len(text) <= most_letters else f"{text[:most_letters]}…"
    while shown and draw.textlength(shown, font) > room_px:
        shown = shown[:-2] + "…" if len(shown) > 2 else ""
    draw.text(corner, shown, fill=colour, font=font)
    return round(draw.textlength(shown, font))


@lru_cache
def _font(size_px: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    """Return a font with Han characters where the system has one, else Pillow's own."""
    for name in _HAN_FONTS:
        try:
            return ImageFont.truetype(name, size_px)
        except OSError:
            continue
    return ImageFont.load_default(size_px)
