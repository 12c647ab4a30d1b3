"""How shapes get onto a canvas: the flat style, and what all styles share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from trainer.data.scenes_art import Part, Rgb, extent, moved
from trainer.data.scenes_fills import Grain, finished, gradient, solid
from trainer.data.scenes_palette import lookup

Box = tuple[float, float, float, float]
Corner = tuple[int, int]
Finish = tuple[str, Box]  # a name of FINISH_FILLS, and the extent of the whole thing
PAPER: Rgb = (250, 246, 236)
FINISHED_PAINTS = ("main", "dark", "light")


class Painter:
    """Flat colours; the other styles override how one part is laid on the canvas.

    Positions are pixels of the finished picture. Everything is deterministic in ``seed``.
    """

    outline = 0.0  # how far paint reaches beyond a shape, in shares of the picture's short side

    def __init__(self, size_px: tuple[int, int], seed: int) -> None:
        self.size_px = size_px
        self.rng = np.random.default_rng(seed)
        self.zoom = self._choose_zoom()
        self.canvas = Image.new("RGB", self._canvas_size(), PAPER)
        self.unit = min(self.canvas.size) / 100  # one hundredth of the short side, canvas pixels

    def _choose_zoom(self) -> float:
        return 3.0 if min(self.size_px) < 200 else 2.0

    def _canvas_size(self) -> tuple[int, int]:
        return math.ceil(self.size_px[0] * self.zoom), math.ceil(self.size_px[1] * self.zoom)

    # ------------------------------------------------------------ the interface

    def backdrop(self, parts: Sequence[Part], palette: Mapping[str, Rgb]) -> None:
        """Paint what lies behind all things."""
        for part in self._prepared(parts):
            self._lay(part, palette, None, behind=True)

    def thing(self, parts: Sequence[Part], palette: Mapping[str, Rgb], finish: str) -> Box:
        """Paint one thing and return the box of the pixels it covers, clipped to the picture."""
        prepared = self._prepared(parts)
        x0, y0, x1, y1 = extent(prepared)
        self._before_thing(prepared)
        for part in prepared:
            grain = (x0, y0, x1, y1) if finish != "plain" and _takes(part, x0, y0, x1, y1) else None
            self._lay(part, palette, (finish, grain) if grain else None, behind=False)
        return self._covered(prepared)

    def shadow(self, box: Box) -> None:
        """Darken the ground below a thing that stands on it."""
        x0, _y0, x1, y1 = (value * self.zoom for value in box)
        half, flat = (x1 - x0) * 0.5, (x1 - x0) * 0.085
        centre = ((x0 + x1) / 2, y1 - flat * 0.35)
        self._lay_shadow((centre[0] - half, centre[1] - flat, centre[0] + half, centre[1] + flat))

    def picture(self) -> Image.Image:
        """The finished picture."""
        return self.canvas.resize(self.size_px, Image.Resampling.BOX)

    # ------------------------------------------------------------ what styles change

    def _prepared(self, parts: Sequence[Part]) -> list[Part]:
        return moved(parts, (self.zoom, self.zoom), (0.0, 0.0))

    def _before_thing(self, parts: Sequence[Part]) -> None:
        """Lay something under a whole thing."""

    def _lay(
        self,
        part: Part,
        palette: Mapping[str, Rgb],
        finish: Finish | None,
        *,
        behind: bool,
    ) -> None:
        if part.paint_below is None and finish is None:
            self._draw().polygon(corners(part), fill=lookup(palette, part.paint))
            return
        mask, corner = self._mask(part)
        if mask is not None:
            fill = self._fill(part, palette, finish, mask.size, corner)
            self.canvas.paste(image_of(fill), corner, mask)

    def _lay_shadow(self, box: Box) -> None:
        x0, y0 = math.floor(box[0]), math.floor(box[1])
        size = (max(2, math.ceil(box[2]) - x0), max(2, math.ceil(box[3]) - y0))
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).ellipse((0, 0, size[0] - 1, size[1] - 1), fill=60)
        self.canvas.paste((30, 26, 56), (x0, y0), mask)

    def _covered(self, parts: Sequence[Part]) -> Box:
        reach = self.outline * min(self.size_px)
        x0, y0, x1, y1 = (value / self.zoom for value in extent(parts))
        width, height = self.size_px
        return (
            max(0.0, x0 - reach),
            max(0.0, y0 - reach),
            min(float(width), x1 + reach),
            min(float(height), y1 + reach),
        )

    # ------------------------------------------------------------ shared pieces

    def _draw(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.canvas)

    def _mask(self, part: Part, pad: int = 0) -> tuple[Image.Image | None, tuple[int, int]]:
        """The shape as a mask of its own size, and where its upper left corner lies."""
        low = np.floor(part.points.min(axis=0)).astype(int) - pad
        high = np.ceil(part.points.max(axis=0)).astype(int) + 1 + pad
        low, high = np.maximum(low, 0), np.minimum(high, self.canvas.size)
        if (high <= low).any():
            return None, (0, 0)
        mask = Image.new("L", tuple((high - low).tolist()), 0)
        ImageDraw.Draw(mask).polygon(corners(part, low), fill=255)
        return mask, (int(low[0]), int(low[1]))

    def _fill(
        self,
        part: Part,
        palette: Mapping[str, Rgb],
        finish: Finish | None,
        size: tuple[int, int],
        corner: Corner,
    ) -> np.ndarray:
        """(H, W, 3) float32 colours of a part over its mask."""
        width, height = size
        rgb = lookup(palette, part.paint)
        if part.paint_below is not None:
            return gradient(rgb, lookup(palette, part.paint_below), height, width)
        if finish is None:
            return solid(rgb, height, width)
        name, (x0, y0, x1, y1) = finish
        step = max((y1 - y0) / 9, (x1 - x0) / 14, 2.2 * self.zoom)
        x = (np.arange(corner[0], corner[0] + width)[None, :] - x0) / step
        y = (np.arange(corner[1], corner[1] + height)[:, None] - y0) / step
        pattern = finished(name, lookup(palette, "main"), Grain(x, y, (x1 - x0) / step))
        if part.paint == "dark":
            return pattern * 0.84
        return pattern + (255 - pattern) * 0.14 if part.paint == "light" else pattern


class MaskedPainter(Painter):
    """For styles that shade a part by its mask; ``_shade`` returns colours and strength."""

    pad_share = 0.0  # room round a mask, in shares of the short side

    def _lay(
        self,
        part: Part,
        palette: Mapping[str, Rgb],
        finish: Finish | None,
        *,
        behind: bool,
    ) -> None:
        mask, corner = self._mask(part, pad=round(self.pad_share * min(self.canvas.size)))
        if mask is None:
            return
        fill = self._fill(part, palette, finish, mask.size, corner)
        colours, strength = self._shade(part, fill, mask, corner, behind=behind)
        self.canvas.paste(image_of(colours), corner, strength)

    def _shade(
        self, part: Part, fill: np.ndarray, mask: Image.Image, corner: Corner, *, behind: bool
    ) -> tuple[np.ndarray, Image.Image]:
        raise NotImplementedError

    def _cut(self, texture: np.ndarray, mask: Image.Image, corner: tuple[int, int]) -> np.ndarray:
        """The part of a texture of the canvas' size that lies under a mask."""
        return texture[corner[1] : corner[1] + mask.height, corner[0] : corner[0] + mask.width]

    def _lay_shadow(self, box: Box) -> None:
        _soft_ellipse(self.canvas, box, 80)


def _takes(part: Part, x0: float, y0: float, x1: float, y1: float) -> bool:
    """Whether a part is body enough to show the thing's finish."""
    if part.thin or part.paint not in FINISHED_PAINTS:
        return False
    left, top, right, low = extent([part])
    return (right - left) * (low - top) > 0.05 * (x1 - x0) * (y1 - y0)


def corners(part: Part, origin: np.ndarray | None = None) -> list[float]:
    """Coordinates x, y, x, y ... as Pillow takes them, relative to ``origin``."""
    points = part.points if origin is None else part.points - origin
    return points.ravel().tolist()


def image_of(colours: np.ndarray) -> Image.Image:
    """Make a picture of (H, W, 3) colours in 0..255."""
    return Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8))


def _soft_ellipse(canvas: Image.Image, box: Box, strength: int) -> None:
    blur = max(1.0, (box[3] - box[1]) * 0.3)
    pad = math.ceil(blur * 2)
    x0, y0 = math.floor(box[0]) - pad, math.floor(box[1]) - pad
    size = (math.ceil(box[2] - box[0]) + 2 * pad, math.ceil(box[3] - box[1]) + 2 * pad)
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).ellipse((pad, pad, size[0] - pad, size[1] - pad), fill=strength)
    canvas.paste((30, 26, 56), (x0, y0), mask.filter(ImageFilter.GaussianBlur(blur)))
