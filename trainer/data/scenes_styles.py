"""How a scene is painted: the same shapes in seven styles, with Pillow and numpy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from trainer.data.scenes_art import Part, Rgb, extent, moved, wobbled
from trainer.data.scenes_fills import Grain, finished, gradient, solid
from trainer.data.scenes_palette import darker, lookup, mixed

Box = tuple[float, float, float, float]
Corner = tuple[int, int]
Finish = tuple[str, Box]  # a name of FINISH_FILLS, and the extent of the whole thing
PAPER: Rgb = (250, 246, 236)
INK: Rgb = (46, 40, 56)
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
            self._draw().polygon(_flat(part), fill=lookup(palette, part.paint))
            return
        mask, corner = self._mask(part)
        if mask is not None:
            fill = self._fill(part, palette, finish, mask.size, corner)
            self.canvas.paste(_image(fill), corner, mask)

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
        ImageDraw.Draw(mask).polygon(_flat(part, low), fill=255)
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
        closed = [*_flat(part), *_flat(part)[:2]]
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
            draw.polygon(_flat(part), fill=255)
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
        self.canvas.paste(_image(colours), corner, strength)

    def _shade(
        self, part: Part, fill: np.ndarray, mask: Image.Image, corner: Corner, *, behind: bool
    ) -> tuple[np.ndarray, Image.Image]:
        raise NotImplementedError

    def _cut(self, texture: np.ndarray, mask: Image.Image, corner: tuple[int, int]) -> np.ndarray:
        """The part of a texture of the canvas' size that lies under a mask."""
        return texture[corner[1] : corner[1] + mask.height, corner[0] : corner[0] + mask.width]

    def _lay_shadow(self, box: Box) -> None:
        _soft_ellipse(self.canvas, box, 80)


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
        return _image(np.asarray(super().picture(), dtype=np.float32) + grain)


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
        return _image(rough).resize(self.size_px, Image.Resampling.BOX)


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
            closed = [*_flat(drawn), *_flat(drawn)[:2]]
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


def _takes(part: Part, x0: float, y0: float, x1: float, y1: float) -> bool:
    """Whether a part is body enough to show the thing's finish."""
    if part.thin or part.paint not in FINISHED_PAINTS:
        return False
    left, top, right, low = extent([part])
    return (right - left) * (low - top) > 0.05 * (x1 - x0) * (y1 - y0)


def _flat(part: Part, origin: np.ndarray | None = None) -> list[float]:
    points = part.points if origin is None else part.points - origin
    return points.ravel().tolist()


def _image(colours: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8))


def _pushed(mask: Image.Image, right: int, down: int) -> Image.Image:
    """Move a mask within its frame; nothing comes in from outside."""
    area = (-right, -down, mask.width - right, mask.height - down)
    return mask.transform(mask.size, Image.Transform.EXTENT, area)


def _soft_ellipse(canvas: Image.Image, box: Box, strength: int) -> None:
    blur = max(1.0, (box[3] - box[1]) * 0.3)
    pad = math.ceil(blur * 2)
    x0, y0 = math.floor(box[0]) - pad, math.floor(box[1]) - pad
    size = (math.ceil(box[2] - box[0]) + 2 * pad, math.ceil(box[3] - box[1]) + 2 * pad)
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).ellipse((pad, pad, size[0] - pad, size[1] - pad), fill=strength)
    canvas.paste((30, 26, 56), (x0, y0), mask.filter(ImageFilter.GaussianBlur(blur)))


def _clouds(rng: np.random.Generator, height: int, width: int, cells: Sequence[int]) -> np.ndarray:
    """(H, W) float32 smooth noise about -1..1, summed from grids of so many cells."""
    total = np.zeros((height, width), dtype=np.float32)
    for n in cells:
        grid = rng.normal(0, 0.6, size=(max(2, n * height // max(height, width)) + 1, n + 1))
        small = Image.fromarray(grid.astype(np.float32))
        total += np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))
    return total / math.sqrt(len(cells))
