"""Draw the application's icon: resources/icons/finelens.svg, PNG files of several sizes, and the
collections of them that Windows (.ico) and macOS (.icns) take.

One list of shapes serves both: a lens over a small landscape, one place of it framed.
Run it from the project's root folder: python -m scripts.build_icon
"""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw

ICONS = Path(__file__).resolve().parents[1] / "resources" / "icons"
SIZES_PX = (16, 24, 32, 48, 64, 128, 256, 512)
ICO_MAX_PX = 256
SMALL_PX = 32  # up to here the landscape is left out
SUPERSAMPLING = 4

GROUND = "#2b4c8c"
RIM = "#ffffff"
SKY, SUN, FAR, NEAR = "#cfe8f5", "#ffd166", "#5fa8a0", "#2f7f7a"
FRAME = "#ff7a59"
CENTRE, LENS_R, RIM_WIDTH = (45.0, 44.0), 25.0, 6.5
SUN_AT = (53.0, 36.5)
HANDLE = ((64.5, 63.5), (81.0, 80.0))
# Upper edges of hills, in units of the lens' radius from its centre.
FAR_HILL = ((-1.0, 0.35), (-0.42, -0.22), (0.1, 0.3), (0.42, 0.02), (1.0, 0.5))
NEAR_HILL = ((-1.0, 0.55), (-0.3, 0.38), (0.4, 0.62), (1.0, 0.42))


def _hill(edge: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    """The hill as it is seen in the lens; SVG readers of small libraries know no clipping."""
    inside = []
    for (x0, y0), (x1, y1) in pairwise(edge):
        steps = [(x0 + (x1 - x0) * k / 60, y0 + (y1 - y0) * k / 60) for k in range(61)]
        inside += [(x, y) for x, y in steps if math.hypot(x, y) < 1]
    start, end = (math.atan2(y, x) for x, y in (inside[-1], inside[0]))
    arc = [start + (end - start) * k / 40 for k in range(41)]
    points = inside[::6] + inside[-1:] + [(math.cos(angle), math.sin(angle)) for angle in arc]
    return [(CENTRE[0] + x * LENS_R, CENTRE[1] + y * LENS_R) for x, y in points]


def _frame_corners() -> list[list[tuple[float, float]]]:
    """Four corner marks round the sun."""
    x, y, half, arm = *SUN_AT, 8.2, 4.4
    marks = []
    for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        corner = (x + sx * half, y + sy * half)
        ends = [(corner[0] - sx * arm, corner[1]), corner, (corner[0], corner[1] - sy * arm)]
        marks.append(ends)
    return marks


def picture(side_px: int) -> Image.Image:
    """(side, side) RGBA with a transparent outside."""
    scale = side_px * SUPERSAMPLING / 100
    simple = side_px <= SMALL_PX
    image = Image.new("RGBA", (side_px * SUPERSAMPLING,) * 2, (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle(_scaled(((2, 2), (98, 98)), scale), radius=22 * scale, fill=GROUND)
    _round_line(pen, HANDLE, 15.0 if simple else 12.0, RIM, scale)
    pen.ellipse(_circle(CENTRE, LENS_R + RIM_WIDTH * (1.3 if simple else 1), scale), fill=RIM)
    lens = _lens(image.size, scale, simple)
    image.paste(lens, (0, 0), _lens_mask(image.size, scale))
    return image.resize((side_px, side_px), Image.Resampling.LANCZOS)


def _lens(size: tuple[int, int], scale: float, simple: bool) -> Image.Image:
    lens = Image.new("RGBA", size, SKY)
    pen = ImageDraw.Draw(lens)
    pen.polygon(_scaled(_hill(FAR_HILL), scale), fill=FAR)
    pen.polygon(_scaled(_hill(NEAR_HILL), scale), fill=NEAR)
    pen.ellipse(_circle(SUN_AT, 7.5 if simple else 5.0, scale), fill=FRAME if simple else SUN)
    for mark in [] if simple else _frame_corners():
        for ends in (mark[:2], mark[1:]):
            _round_line(pen, ends, 2.2, FRAME, scale)
    return lens


def _lens_mask(size: tuple[int, int], scale: float) -> Image.Image:
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).ellipse(_circle(CENTRE, LENS_R, scale), fill=255)
    return mask


def _scaled(points: object, scale: float) -> list[tuple[float, float]]:
    return [(x * scale, y * scale) for x, y in points]  # type: ignore[attr-defined]


def _circle(centre: tuple[float, float], r: float, scale: float) -> list[tuple[float, float]]:
    x, y = centre
    return _scaled(((x - r, y - r), (x + r, y + r)), scale)


def _round_line(
    pen: ImageDraw.ImageDraw, ends: object, width: float, fill: str, scale: float
) -> None:
    points = _scaled(ends, scale)
    pen.line(points, fill=fill, width=math.ceil(width * scale))
    for x, y in points:
        r = width * scale / 2
        pen.ellipse((x - r, y - r, x + r, y + r), fill=fill)


def svg() -> str:
    """The same picture as SVG."""
    (x0, y0), (x1, y1) = HANDLE
    cx, cy = CENTRE
    marks = "".join(f'<polyline points="{_pairs(mark)}"/>' for mark in _frame_corners())
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">
<rect x="2" y="2" width="96" height="96" rx="22" fill="{GROUND}"/>
<line x1="{x0}" y1="{y0}" x2="{x1}" y2="{y1}" stroke="{RIM}" stroke-width="12"
 stroke-linecap="round"/>
<circle cx="{cx}" cy="{cy}" r="{LENS_R + RIM_WIDTH}" fill="{RIM}"/>
<circle cx="{cx}" cy="{cy}" r="{LENS_R}" fill="{SKY}"/>
<polygon points="{_pairs(_hill(FAR_HILL))}" fill="{FAR}"/>
<polygon points="{_pairs(_hill(NEAR_HILL))}" fill="{NEAR}"/>
<circle cx="{SUN_AT[0]}" cy="{SUN_AT[1]}" r="5" fill="{SUN}"/>
<g fill="none" stroke="{FRAME}" stroke-width="2.2" stroke-linecap="round"
 stroke-linejoin="round">{marks}</g>
</svg>
"""


def _pairs(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)


def main() -> None:
    ICONS.mkdir(parents=True, exist_ok=True)
    (ICONS / "finelens.svg").write_text(svg(), encoding="utf-8")
    for side_px in SIZES_PX:
        picture(side_px).save(ICONS / f"finelens-{side_px}.png", optimize=True)
    pictures = [picture(side_px) for side_px in SIZES_PX]
    small = [each for each in pictures if each.width <= ICO_MAX_PX]
    ico_sizes = [each.size for each in small]
    small[-1].save(ICONS / "finelens.ico", sizes=ico_sizes, append_images=small[:-1])
    pictures[-1].save(ICONS / "finelens.icns", append_images=pictures[:-1])


if __name__ == "__main__":
    main()
