"""FG-CLIP 2 encoders: pictures, regions and texts in English and Chinese to vectors of one space.

    from fgclip2 import Encoder
    encoder = Encoder.load("resources/models/finelens-tiny")
    vectors = encoder.encode_images([image])
    queries = encoder.encode_texts(["a dog on a beach", "海滩上的狗"])
    cosines = queries @ vectors.T

Importing this package imports neither torch nor openvino; ``Encoder.load`` imports the one it runs.
"""

from fgclip2.encoder import Encoder
from fgclip2.errors import (
    ConfigError,
    DeviceMemoryError,
    EngineUnavailableError,
    FgclipError,
    ImageError,
    TextError,
    TokenizerError,
    WeightsError,
)
from fgclip2.regions import Region, similar_region

__all__ = [
    "ConfigError",
    "DeviceMemoryError",
    "Encoder",
    "EngineUnavailableError",
    "FgclipError",
    "ImageError",
    "Region",
    "TextError",
    "TokenizerError",
    "WeightsError",
    "similar_region",
]
