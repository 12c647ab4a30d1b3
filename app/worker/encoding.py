"""What the engine needs of an encoder, and how the real one is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from app.core.errors import ModelError
from app.core.settings import Settings
from app.worker.failures import unusable_model

Vectors = npt.NDArray[np.float32]


class EncoderLike(Protocol):
    """The part of ``fgclip2.Encoder`` that the engine uses; tests bring a cheap one."""

    @property
    def name(self) -> str: ...
    @property
    def engine(self) -> str: ...
    @property
    def precision(self) -> str: ...
    @property
    def dim(self) -> int: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def quick_patches(self) -> int: ...
    @property
    def fine_patches(self) -> int: ...

    def encode_images(
        self, images: Sequence[Image.Image], patches: int | Literal["dynamic"] = "dynamic"
    ) -> Vectors: ...

    def encode_texts(self, texts: Sequence[str], mode: str = "auto") -> Vectors: ...

    def encode_dense(
        self, image: Image.Image, patches: int | Literal["dynamic"] = "dynamic"
    ) -> npt.NDArray[np.float32]: ...

    def encode_images_and_dense(
        self,
        images: Sequence[Image.Image],
        patches: int | Literal["dynamic"] = "dynamic",
        *,
        normalize: bool = True,
    ) -> tuple[Vectors, list[npt.NDArray[np.float32]]]: ...

    def token_count(self, text: str) -> int: ...


def load_encoder(model_dir: Path, settings: Settings) -> Any:
    """The encoder in a model directory.

    Raises:
        ModelError: there is none, or it cannot be used; says what ``fgclip2`` said.
    """
    if not (model_dir / "config.json").is_file():
        raise ModelError(f"There is no model in {model_dir}.", directory=str(model_dir))
    from fgclip2 import Encoder, FgclipError

    try:
        return Encoder.load(model_dir, settings.engine, settings.precision)
    except FgclipError as error:
        raise unusable_model(model_dir, error) from error
