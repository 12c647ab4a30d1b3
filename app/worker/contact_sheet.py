"""Contact sheets: found photos on paper, with the places of each part framed as the window does."""

from __future__ import annotations

import io
import os
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from app.core.hit_places import framed_places
from app.core.library.rows import Photo
from app.core.messages import Hit
from app.core.part_marks import DASHES, part_color, part_pieces
from app.core.paths import display_text

_CELL_PX, _GAP_PX, _MARGIN_PX, _TEXT_PX = 240, 16, 40, 34
_TITLE_PX = 42
_SHEET_COLUMNS, _SHEET_ROWS = 5, 6
_LEGEND_PX = 24  # between the entries
_LEGEND_LINE_PX = 26
_SWATCH_PX, _SWATCH_HEIGHT_PX = 28, 16
_PAPER, _INK, _FAINT = "white", "#202020", "#707070"
_OUTLINE = "black"  # of frames, so that they read on any photo
_LINE_PX = 2
_DPI = 150
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


def contact_sheet(
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
    width = 2 * _MARGIN_PX + _SHEET_COLUMNS * (_CELL_PX + _GAP_PX) - _GAP_PX
    shown = [display_text(part) for part in parts] if len(parts) > 1 else []
    places = _legend_places(shown, width - 2 * _MARGIN_PX)
    legend_px = places[-1][1] + _TEXT_PX if places else 0
    head_px = _MARGIN_PX + _TITLE_PX + legend_px
    height = head_px + _MARGIN_PX + n_rows * (_CELL_PX + _TEXT_PX + _GAP_PX)
    page = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(page)
    _write(draw, (_MARGIN_PX, _MARGIN_PX), title, 22, _INK, width - 2 * _MARGIN_PX)
    _write_legend(draw, _MARGIN_PX + _TITLE_PX, shown, places)
    for at, (hit, photo) in enumerate(found):
        row, column = divmod(at, _SHEET_COLUMNS)
        left = _MARGIN_PX + column * (_CELL_PX + _GAP_PX)
        top = head_px + row * (_CELL_PX + _TEXT_PX + _GAP_PX)
        _draw_photo(page, (left, top), hit, thumbnails.get(photo.id))
        name = os.path.basename(photo.display)
        caption = f"{hit.score:.2f}  {name}"
        _write(draw, (left, top + _CELL_PX + 4), caption, 13, _FAINT, _CELL_PX)
    return page


def _legend_places(parts: list[str], room_px: int) -> list[tuple[int, int]]:
    """Return where the entries of the legend begin, as many lines of them as are needed."""
    places, left, top = [], 0, 0
    for part in parts:
        entry_px = _SWATCH_PX + 8 + min(round(_font(14).getlength(part)), _CELL_PX)
        if left and left + entry_px > room_px:
            left, top = 0, top + _LEGEND_LINE_PX
        places.append((left, top))
        left += entry_px + _LEGEND_PX
    return places


def _write_legend(
    draw: ImageDraw.ImageDraw, top: int, parts: list[str], places: list[tuple[int, int]]
) -> None:
    """Write which frame is of which phrase or picture."""
    for number, (part, place) in enumerate(zip(parts, places, strict=True)):
        left, line_top = _MARGIN_PX + place[0], top + place[1]
        swatch = (left, line_top + 2, left + _SWATCH_PX, line_top + 2 + _SWATCH_HEIGHT_PX)
        draw.rectangle(swatch, fill=part_color(number))
        _draw_frame(draw, swatch, number)
        _write(draw, (left + _SWATCH_PX + 8, line_top), part, 14, _INK, _CELL_PX)


def _draw_photo(
    page: Image.Image, corner: tuple[int, int], hit: Hit, thumbnail: bytes | None
) -> None:
    """Put a thumbnail into its cell and frame the places of its parts, each by its mark."""
    cell = Image.new("RGB", (_CELL_PX, _CELL_PX), "#e8e8e8")
    if thumbnail is not None:
        cell = Image.open(io.BytesIO(thumbnail)).convert("RGB")
        cell.thumbnail((_CELL_PX, _CELL_PX))
    draw = ImageDraw.Draw(cell)
    width, height = cell.width - 1, cell.height - 1
    for number, (x0, y0, x1, y1) in framed_places(hit):
        box = (round(x0 * width), round(y0 * height), round(x1 * width), round(y1 * height))
        _draw_frame(draw, box, number)
    left = corner[0] + (_CELL_PX - cell.width) // 2
    top = corner[1] + (_CELL_PX - cell.height) // 2
    page.paste(cell, (left, top))


def _draw_frame(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], number: int) -> None:
    """Frame a place by the mark of a part: whole, of dashes or of dots, in a dark outline."""
    x0, y0, x1, y1 = box
    draw.rectangle(box, outline=_OUTLINE, width=_LINE_PX + 2)
    left, top, right, bottom = x0 + 1, y0 + 1, max(x1 - 1, x0 + 1), max(y1 - 1, y0 + 1)
    colour, dashes = part_color(number), DASHES[part_pieces(number) - 1]
    if dashes is None:
        draw.rectangle((left, top, right, bottom), outline=colour, width=_LINE_PX)
        return
    dash_px, gap_px = (round(_LINE_PX * share) for share in dashes)
    for x in range(left, right + 1, dash_px + gap_px):
        end = min(x + dash_px - 1, right)
        draw.rectangle((x, top, end, min(top + _LINE_PX - 1, bottom)), fill=colour)
        draw.rectangle((x, max(bottom - _LINE_PX + 1, top), end, bottom), fill=colour)
    for y in range(top, bottom + 1, dash_px + gap_px):
        end = min(y + dash_px - 1, bottom)
        draw.rectangle((left, y, min(left + _LINE_PX - 1, right), end), fill=colour)
        draw.rectangle((max(right - _LINE_PX + 1, left), y, right, end), fill=colour)


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
