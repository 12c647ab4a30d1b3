"""Pictures of a batch cut, mirrored, lit anew and put together, all at once on their device.

What ``trainer.data.mixed_batches`` does to one picture after the other on the CPU.
Shapes: B pictures, S side of a stored one, H and W sides in pixels, P patches, V values of a patch.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from fgclip2.images import PATCH_SIZE
from trainer.data.mixed_batches import LIGHT, LIT_SHARE, MOST_PASTED, STRETCH
from trainer.recipes import Recipe

_GREY = (0.299, 0.587, 0.114)


@dataclass(frozen=True, slots=True)
class Chance:
    """Random numbers of one batch, on the device of the generator."""

    generator: torch.Generator

    def rand(self, *sizes: int) -> Tensor:
        """Uniform in 0..1, float32."""
        return torch.rand(*sizes, generator=self.generator, device=self.generator.device)

    def between(self, low: float, high: float, *sizes: int) -> Tensor:
        """Uniform in ``low`` to ``high``."""
        return low + (high - low) * self.rand(*sizes)


def cut_views(
    stored_B3SS: Tensor,
    aspect_B: Tensor,
    may_flip_B: Tensor,
    size: tuple[int, int],
    recipe: Recipe,
    chance: Chance,
) -> Tensor:
    """A random cut of each picture, mirrored where it may be, in other light.

    Args:
        stored_B3SS: uint8, squeezed to squares.
        aspect_B: width by height before that.
        may_flip_B: bool.
        size: height and width of the cuts.
        recipe: says how much may be cut off, and whether the light changes.
        chance: decides.

    Returns:
        (B, 3, H, W) float32, levels in 0..255. Where the shape of a cut does not fit a picture, it
        is half squeezed and half cut more. Without antialiasing: stored pictures should not be much
        larger than cuts.
    """
    count, (height, width) = len(stored_B3SS), size
    area_B = chance.between(recipe.least_crop_area, 1.0, count)
    stretch_B = chance.between(-STRETCH, STRETCH, count).exp()
    ratio_B = width / height * stretch_B**2 / aspect_B
    share_B2 = torch.stack([area_B * ratio_B, area_B / ratio_B], dim=1).sqrt().clamp(max=1)
    low_B2 = chance.rand(count, 2) * (1 - share_B2)
    mirrored_B = may_flip_B & (chance.rand(count) < 0.5)
    across_W, down_H = (
        (torch.arange(side, device=stored_B3SS.device) + 0.5) / side for side in (width, height)
    )
    across_BW = torch.where(mirrored_B[:, None], 1 - across_W[None], across_W[None])
    x_BW = low_B2[:, :1] + share_B2[:, :1] * across_BW
    y_BH = low_B2[:, 1:] + share_B2[:, 1:] * down_H[None]
    at_BHW2 = torch.stack(
        [x_BW[:, None].expand(-1, height, -1), y_BH[:, :, None].expand(-1, -1, width)], dim=-1
    )
    views_B3HW = functional.grid_sample(
        stored_B3SS.float(), at_BHW2 * 2 - 1, padding_mode="border", align_corners=False
    )
    return _relit(views_B3HW, chance) if recipe.relight else views_B3HW


def paste_parts(
    views_B3HW: Tensor, other_B: Tensor, mixed_B: Tensor, chance: Chance
) -> tuple[Tensor, Tensor]:
    """Pictures with a random rectangle of another one at its place (arXiv 1905.04899).

    Args:
        views_B3HW: of the batch.
        other_B: the place of the other one.
        mixed_B: bool, which pictures get one.
        chance: decides which rectangles.

    Returns:
        The pictures, and the share that is covered: up to half, 0 where nothing is.
    """
    count, _, height, width = views_B3HW.shape
    side_B = chance.between(0.0, MOST_PASTED, count).sqrt()
    sides_B2 = torch.stack([(width * side_B).long(), (height * side_B).long()], dim=1).clamp(min=1)
    room_B2 = torch.tensor([width, height], device=side_B.device) - sides_B2 + 1
    low_B2 = (chance.rand(count, 2) * room_B2).long()
    x_W, y_H = (torch.arange(side, device=side_B.device) for side in (width, height))
    inside_BW = (x_W >= low_B2[:, :1]) & (x_W < (low_B2 + sides_B2)[:, :1])
    inside_BH = (y_H >= low_B2[:, 1:]) & (y_H < (low_B2 + sides_B2)[:, 1:])
    inside_B1HW = (inside_BH[:, :, None] & inside_BW[:, None] & mixed_B[:, None, None])[:, None]
    covered_B = sides_B2.prod(dim=1) / (width * height) * mixed_B
    return torch.where(inside_B1HW, views_B3HW[other_B], views_B3HW), covered_B


def patched(views_B3HW: Tensor) -> Tensor:
    """(B, P, V) float32 in -1..1, values in the order of ``fgclip2.images.patchify``."""
    count, _, height, width = views_B3HW.shape
    split = views_B3HW.reshape(
        count, 3, height // PATCH_SIZE, PATCH_SIZE, width // PATCH_SIZE, PATCH_SIZE
    )
    patches_BPV = split.permute(0, 2, 4, 3, 5, 1).reshape(count, -1, PATCH_SIZE * PATCH_SIZE * 3)
    return (patches_BPV / 255 - 0.5) / 0.5


def _relit(views_B3HW: Tensor, chance: Chance) -> Tensor:
    """With a little more or less brightness, contrast and colour, as ``mixed_batches.relit``."""
    weights_3 = torch.tensor(_GREY, device=views_B3HW.device)
    for kind in ("brightness", "contrast", "colour"):
        count = len(views_B3HW)
        factor_B = chance.between(*LIGHT, count)
        factor_B = torch.where(chance.rand(count) < LIT_SHARE, factor_B, 1.0)
        grey_B1HW = torch.einsum("bchw,c->bhw", views_B3HW, weights_3)[:, None]
        middle = {
            "brightness": torch.zeros_like(grey_B1HW[:, :, :1, :1]),
            "contrast": grey_B1HW.mean(dim=(2, 3), keepdim=True),
            "colour": grey_B1HW,
        }[kind]
        views_B3HW = torch.lerp(middle, views_B3HW, factor_B[:, None, None, None]).clamp(0, 255)
    return views_B3HW
