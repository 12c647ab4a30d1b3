"""From the upright photo to the screen and back, exact under zoom and pan; pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.core.asking import Box

Point = tuple[float, float]
FIT_MARGIN_PX = 16.0
MAX_DEVICE_SCALE = 8.0


@dataclass(frozen=True, slots=True)
class ViewTransform:
    """How one photo lies in one view.

    Photo points are 0..1 of the upright photo, view points logical pixels from the top left.

    Attributes:
        photo_px: width and height of the upright original.
        view_px: width and height of the view.
        ratio: device pixels per logical pixel.
        scale: logical pixels per photo pixel.
        center: the point of the photo, in photo pixels, in the middle of the view.
        fit: whether the whole photo is shown as large as it can, also after a resize.
    """

    photo_px: tuple[int, int]
    view_px: tuple[int, int]
    ratio: float = 1.0
    scale: float = 1.0
    center: Point = (0.0, 0.0)
    fit: bool = True

    @classmethod
    def fitting(
        cls, photo_px: tuple[int, int], view_px: tuple[int, int], ratio: float = 1.0
    ) -> ViewTransform:
        """Show the whole photo in the middle of the view."""
        photo_px = (max(1, photo_px[0]), max(1, photo_px[1]))
        view_px = (max(1, view_px[0]), max(1, view_px[1]))
        return cls(photo_px, view_px, ratio)._fitted()

    @property
    def fit_scale(self) -> float:
        """The scale at which the whole photo just fits."""
        width, height = (max(8.0, side - 2 * FIT_MARGIN_PX) for side in self.view_px)
        return min(width / self.photo_px[0], height / self.photo_px[1])

    @property
    def full_scale(self) -> float:
        """The scale of 100 %: one pixel of the photo is one of the device."""
        return 1.0 / self.ratio

    @property
    def device_scale(self) -> float:
        """Device pixels per photo pixel; 1 is 100 %."""
        return self.scale * self.ratio

    @property
    def left_top(self) -> Point:
        """Where the photo's top left corner lies in the view."""
        return (
            self.view_px[0] / 2 - self.center[0] * self.scale,
            self.view_px[1] / 2 - self.center[1] * self.scale,
        )

    @property
    def shown_px(self) -> Point:
        """Width and height of the whole photo in the view's pixels."""
        return self.photo_px[0] * self.scale, self.photo_px[1] * self.scale

    def to_view(self, point: Point) -> Point:
        """A point of the photo, 0..1, in the view."""
        (left, top), (width, height) = self.left_top, self.shown_px
        return left + point[0] * width, top + point[1] * height

    def to_photo(self, point: Point) -> Point:
        """A point of the view in 0..1 of the photo; outside of it below 0 or above 1."""
        (left, top), (width, height) = self.left_top, self.shown_px
        return (point[0] - left) / width, (point[1] - top) / height

    def box_to_view(self, box: Box) -> Box:
        """A box of the photo in the view."""
        x0, y0 = self.to_view((box[0], box[1]))
        x1, y1 = self.to_view((box[2], box[3]))
        return x0, y0, x1, y1

    def zoomed_to(self, scale: float, anchor: Point) -> ViewTransform:
        """Another scale; the photo's point under ``anchor``, a view point, stays there."""
        scale = max(self._least_scale(), min(self._greatest_scale(), scale))
        x, y = self.to_photo(anchor)
        width, height = self.photo_px
        center = (
            x * width + (self.view_px[0] / 2 - anchor[0]) / scale,
            y * height + (self.view_px[1] / 2 - anchor[1]) / scale,
        )
        return replace(self, scale=scale, center=center, fit=False)._kept_in_view()

    def zoomed_by(self, factor: float, anchor: Point) -> ViewTransform:
        return self.zoomed_to(self.scale * factor, anchor)

    def toggled(self, anchor: Point) -> ViewTransform:
        """From fit to 100 % at a view point, from anything else to fit."""
        if not self.fit:
            return self._fitted()
        # A photo that is small on the screen already shows all its pixels: then 200 % is news.
        scale = self.full_scale if self.full_scale > self.fit_scale * 1.01 else 2 * self.fit_scale
        return self.zoomed_to(scale, anchor)

    def panned(self, dx: float, dy: float) -> ViewTransform:
        """The photo moved with the pointer by some view pixels."""
        center = (self.center[0] - dx / self.scale, self.center[1] - dy / self.scale)
        return replace(self, center=center)._kept_in_view()

    def resized(self, view_px: tuple[int, int], ratio: float) -> ViewTransform:
        """The same in a view of another size."""
        size = (max(1, view_px[0]), max(1, view_px[1]))
        moved = replace(self, view_px=size, ratio=ratio)
        return moved._fitted() if self.fit else moved._kept_in_view()

    def _fitted(self) -> ViewTransform:
        center = (self.photo_px[0] / 2, self.photo_px[1] / 2)
        return replace(self, scale=self.fit_scale, center=center, fit=True)

    def _least_scale(self) -> float:
        return min(self.fit_scale, self.full_scale)

    def _greatest_scale(self) -> float:
        return max(MAX_DEVICE_SCALE / self.ratio, 2 * self.fit_scale)

    def _kept_in_view(self) -> ViewTransform:
        """No empty space beside a photo that could fill it; a smaller photo is centred."""
        kept = []
        for center, photo, view in zip(self.center, self.photo_px, self.view_px, strict=True):
            half = view / self.scale / 2
            kept.append(photo / 2 if 2 * half >= photo else min(photo - half, max(half, center)))
        return replace(self, center=(kept[0], kept[1]))
