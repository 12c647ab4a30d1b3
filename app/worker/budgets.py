"""How many patches a photo gets in each pass; without NumPy, since decoders ask too."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.core.settings import Settings
    from app.worker.encoding import EncoderLike

_MAX_QUICK_PATCHES = 256


def patch_budget(encoder: EncoderLike, settings: Settings) -> int:
    """Patches a photo gets in the quick pass: the setting, else the model's own, at most 256."""
    if settings.quick_patches is not None:
        return settings.quick_patches
    return min(encoder.quick_patches, _MAX_QUICK_PATCHES)


def fine_budget(most_patches: int, width_px: int, height_px: int) -> int:
    """Patches a photo gets in the fine pass: the published rule by its size.

    At most what the model is good at, its ``fine_patches``: a small one has never seen more.
    """
    from fgclip2.images import dynamic_budget

    return min(dynamic_budget(width_px, height_px), most_patches)
