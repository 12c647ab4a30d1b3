"""The styles a scene can be painted in; all paint the same shapes, with Pillow and numpy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from trainer.data.scenes_art import Part, Rgb, wobbled
from trainer.data.scenes_painter import (
    PAPER,
    Box,
    Corner,
    Finish,
    MaskedPainter,
    Painter,
    corners,
    image_of,
)
from trainer.data.scenes_palette import darker, lookup, mixed

INK: Rgb = (46, 40, 56)


class CartoonPainter(Painter):
    """Dark outlines and a shade at the lower right."""

    outline = 0.006

    def _lay(
        self,
        part: Part,
        palette: Mapping[str, Rgb],
        finish: Finish | None,
        *,
        behind: bool,
    ) -> None:
        super()._lay(part, palette, finish, behind=behind)
        if behind:
            return
        mask, corner = (None, (0, 0)) if part.thin else self._mask(part)
        if mask is not None and min(mask.size) > 8 * self.zoom:
            step = max(1, round(min(mask.size) * 0.09))
            shade = ImageChops.subtract(mask, _pushed(mask, -step, -step))
            self.canvas.paste(INK, corner, shade.point(lambda value: value * 34 // 255))
        width = self.unit * (0.5 if part.thin else 1.0)
        rgb = mixed(darker(lookup(palette, part.paint), 0.45), INK, 0.55)
        closed = [*corners(part), *corners(part)[:2]]
        self._draw().line(closed, fill=rgb, width=max(2, round(width)), joint="curve")


class PixelPainter(Painter):
    """Big pixels, few colours, a dark rim."""

    def _choose_zoom(self) -> float:
        return 1 / max(2, round(min(self.size_px) / 116))

    def _before_thing(self, parts: Sequence[Part]) -> None:
        mask = self._union(parts)
        self.canvas.paste(INK, (0, 0), mask)

    def _union(self, parts: Sequence[Part]) -> Image.Image:
        mask = Image.new("L", self.canvas.size, 0)
        draw = ImageDraw.Draw(mask)
        for part in parts:
            draw.polygon(corners(part), fill=255)
        return mask.filter(ImageFilter.MaxFilter(3))

    def _covered(self, parts: Sequence[Part]) -> Box:
        x0, y0, x1, y1 = self._union(parts).getbbox() or (0, 0, 1, 1)
        width, height = self.size_px
        block = 1 / self.zoom
        return x0 * block, y0 * block, min(width, x1 * block), min(height, y1 * block)

    def picture(self) -> Image.Image:
        few = self.canvas.quantize(40, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        block = round(1 / self.zoom)
        big = few.convert("RGB").resize(
            (few.width * block, few.height * block), Image.Resampling.NEAREST
        )
        return big.crop((0, 0, *self.size_px))


class ClayPainter(MaskedPainter):
    """Rounded bodies lit from the upper left."""

    def _shade(
        self, part: Part, fill: np.ndarray, mask: Image.Image, corner: Corner, *, behind: bool
    ) -> tuple[np.ndarray, Image.Image]:
        short = min(mask.size)
        if behind and short > 0.5 * min(self.canvas.size):
            return fill, mask
        radius = float(np.clip(short * 0.16, self.zoom, 5.0 * self.unit))
        if behind:
            radius *= 0.5
        soft = mask.filter(ImageFilter.GaussianBlur(radius))
        height = np.asarray(soft, dtype=np.float32) / 255
        slope_y, slope_x = np.gradient(height) if short > 3 else (height * 0, height * 0)
        light = -(0.62 * slope_x + 0.78 * slope_y) * radius
        lit = np.asarray(np.clip(light, -0.45, 0.45))[..., None]
        colours = fill * (1 + 0.95 * np.minimum(lit, 0)) + (255 - fill) * 0.75 * np.maximum(lit, 0)
        deep = np.clip(1.0 - height, 0, 1)[..., None]
        return colours * (1 - 0.10 * deep), mask


class PapercutPainter(MaskedPainter):
    """Layers of paper, each with its shadow on the one below."""

    pad_share = 0.02
    outline = 0.002

    def _shade(
        self, part: Part, fill: np.ndarray, mask: Image.Image, corner: Corner, *, behind: bool
    ) -> tuple[np.ndarray, Image.Image]:
        reach = self.unit * (0.35 if part.thin else 0.9)
        step = max(1, round(reach))
        cast = _pushed(mask, step, round(step * 1.3))
        cast = cast.filter(ImageFilter.GaussianBlur(reach * 0.8))
        self.canvas.paste((34, 26, 50), corner, cast.point(lambda value: value * 96 // 255))
        rim = ImageChops.subtract(mask, _pushed(mask, max(1, step // 3), max(1, step // 3)))
        lift = np.asarray(rim, dtype=np.float32)[..., None] / 255
        return fill + (255 - fill) * 0.35 * lift, mask

    def picture(self) -> Image.Image:
        grain = self.rng.normal(0, 3.0, size=(self.size_px[1], self.size_px[0], 1))
        return image_of(np.asarray(super().picture(), dtype=np.float32) + grain)


class WatercolourPainter(MaskedPainter):
    """Uneven washes with darker rims on rough paper."""

    outline = 0.004

    def __init__(self, size_px: tuple[int, int], seed: int) -> None:
        super().__init__(size_px, seed)
        width, height = self.canvas.size
        self.wash = _clouds(self.rng, height, width, (4, 9, 22, 70))
        self.tooth = _clouds(self.rng, height, width, (160, 320))

    def _prepared(self, parts: Sequence[Part]) -> list[Part]:
        return wobbled(super()._prepared(parts), 0.22 * self.unit, np.random.default_rng(7))

    def _shade(
        self, part: Part, fill: np.ndarray, mask: Image.Image, corner: Corner, *, behind: bool
    ) -> tuple[np.ndarray, Image.Image]:
        wash = self._cut(self.wash, mask, corner)[..., None]
        inner = mask.filter(ImageFilter.GaussianBlur(self.unit * (0.4 if part.thin else 0.9)))
        rim = np.clip(1.25 - np.asarray(inner, dtype=np.float32) / 255, 0, 1)[..., None]
        paper = np.array(PAPER, dtype=np.float32)
        thin_wash = (0.22 if behind else 0.10) + 0.14 * wash
        colours = fill + (paper - fill) * np.clip(thin_wash, -0.06, 0.45)
        colours = colours * (1 - (0.18 if behind else 0.34) * rim**2)
        strength = mask.filter(ImageFilter.GaussianBlur(self.zoom * 0.5))
        return colours, strength.point(lambda value: value * 242 // 255)

    def picture(self) -> Image.Image:
        tooth = 1 + 0.035 * self.tooth[..., None]
        rough = np.asarray(self.canvas, dtype=np.float32) * tooth
        return image_of(rough).resize(self.size_px, Image.Resampling.BOX)


class PencilPainter(MaskedPainter):
    """Coloured pencil: hatching and a dark, unsteady line."""

    outline = 0.005

    def __init__(self, size_px: tuple[int, int], seed: int) -> None:
        super().__init__(size_px, seed)
        self.hatches = [self._hatching(angle) for angle in (-38, -52, 24)]
        self.n_laid = 0

    def _hatching(self, angle: float) -> np.ndarray:
        """(H, W) float32: 1 on a stroke, 0 between two."""
        width, height = self.canvas.size
        x, y = np.arange(width)[None, :], np.arange(height)[:, None]
        c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        across = (x * s - y * c) / (1.7 * self.unit)
        uneven = _clouds(self.rng, height, width, (6, 18)) * 0.5
        fine = _clouds(self.rng, height, width, (120,)) * 0.3
        return np.clip(0.62 + 0.6 * np.sin((across + uneven) * 2 * math.pi) + fine, 0, 1)

    def _prepared(self, parts: Sequence[Part]) -> list[Part]:
        return wobbled(super()._prepared(parts), 0.18 * self.unit, np.random.default_rng(11))

    def _shade(
        self, part: Part, fill: np.ndarray, mask: Image.Image, corner: Corner, *, behind: bool
    ) -> tuple[np.ndarray, Image.Image]:
        self.n_laid += 1
        hatch = self._cut(self.hatches[self.n_laid % len(self.hatches)], mask, corner)[..., None]
        paper = np.array(PAPER, dtype=np.float32)
        pale = fill + (paper - fill) * (0.62 if behind else 0.34)
        full = fill * 0.96 + (paper - fill) * (0.30 if behind else 0.0)
        return pale + (full - pale) * hatch, mask

    def _lay(
        self,
        part: Part,
        palette: Mapping[str, Rgb],
        finish: Finish | None,
        *,
        behind: bool,
    ) -> None:
        super()._lay(part, palette, finish, behind=behind)
        if behind:
            return
        rgb = mixed(darker(lookup(palette, part.paint), 0.5), INK, 0.35)
        width = max(1, round(self.unit * (0.3 if part.thin else 0.5)))
        for again in range(1 if part.thin else 2):
            drawn = part
            if again:
                drawn = wobbled([part], 0.3 * self.unit, np.random.default_rng(again))[0]
            closed = [*corners(drawn), *corners(drawn)[:2]]
            self._draw().line(closed, fill=rgb, width=width, joint="curve")


STYLE_PAINTERS: dict[str, type[Painter]] = {
    "flat": Painter,
    "cartoon": CartoonPainter,
    "watercolour": WatercolourPainter,
    "pixel": PixelPainter,
    "pencil": PencilPainter,
    "clay": ClayPainter,
    "papercut": PapercutPainter,
}


def _pushed(mask: Image.Image, right: int, down: int) -> Image.Image:
    """Move a mask within its frame; nothing comes in from outside."""
    area = (-right, -down, mask.width - right, mask.height - down)
    return mask.transform(mask.size, Image.Transform.EXTENT, area)


def _clouds(rng: np.random.Generator, height: int, width: int, cells: Sequence[int]) -> np.ndarray:
    """(H, W) float32 smooth noise about -1..1, summed from grids of so many cells."""
    total = np.zeros((height, width), dtype=np.float32)
    for n in cells:
        grid = rng.normal(0, 0.6, size=(max(2, n * height // max(height, width)) + 1, n + 1))
        small = Image.fromarray(grid.astype(np.float32))
        total += np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))
    return total / math.sqrt(len(cells))
