"""Every mode that Pillow decodes to, made plain 8-bit sRGB."""

from __future__ import annotations

import io

from PIL import Image, ImageCms

_PLAIN_MODES = frozenset({"L", "RGB", "CMYK", "LAB", "LA", "RGBA"})
_BROKEN_PROFILE = (ImageCms.PyCMSError, OSError, ValueError, TypeError, SyntaxError)


def to_plain_mode(image: Image.Image) -> Image.Image:
    """The image with 8 bits a channel and no palette: L, RGB, CMYK, LAB, LA or RGBA.

    These modes can be scaled down without artefacts. Deep grey is scaled to its own depth.
    """
    if image.mode in _PLAIN_MODES:
        if image.mode in ("L", "RGB") and "transparency" in image.info:
            return image.convert("RGBA")
        return image
    if image.mode == "P":
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode.startswith("I") or image.mode == "F":
        return _deep_grey(image)
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("PA", "La", "RGBa"):
        return image.convert("LA" if image.mode == "La" else "RGBA")
    return image.convert("RGB")


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB in the sRGB space from a plain mode; transparent parts become white.

    Args:
        image: in one of the modes that ``to_plain_mode`` returns.
        profile: the embedded ICC profile; one that is damaged or does not fit is ignored.
    """
    if image.mode in ("LA", "RGBA"):
        image = _on_white(image)
    if image.mode == "LAB":
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    if profile:
        converted = _through_profile(image, profile)
        if converted is not None:
            return converted
    return image if image.mode == "RGB" else image.convert("RGB")


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if image.mode == "RGB" and "srgb" in ImageCms.getProfileDescription(source).lower():
            return image
        return ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except _BROKEN_PROFILE:
        return None


def _on_white(image: Image.Image) -> Image.Image:
    alpha = image.getchannel("A")
    plain = image.convert("L" if image.mode == "LA" else "RGB")
    if alpha.getextrema() == (255, 255):
        return plain
    white = Image.new(plain.mode, plain.size, 255 if plain.mode == "L" else (255, 255, 255))
    return Image.composite(plain, white, alpha)


def _deep_grey(image: Image.Image) -> Image.Image:
    """8-bit grey from 16 or 32-bit integers or floats.

    Integers are scaled by the smallest whole depth (8 to 32 bits) that holds the brightest value,
    since 10, 12 and 14-bit data lie unscaled in 16-bit files. Floats in 0..1 are taken as such,
    larger ones by the same depths, negative ones are stretched over their own range.
    """
    import numpy as np

    values = np.asarray(image)
    if values.dtype.kind == "f":
        values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
        low, high = float(values.min()), float(values.max())
        if low >= 0.0:
            low, high = 0.0, 1.0 if high <= 1.0 else 2.0 ** max(int(high).bit_length(), 8) - 1.0
        grey = ((values - low) * (255.0 / max(high - low, 1e-12))).astype(np.uint8)
    else:
        brightest = max(int(values.max()), 0)
        shift = max(brightest.bit_length(), 8) - 8
        grey = (np.maximum(values, 0) >> shift).astype(np.uint8)
    return Image.fromarray(grey)
