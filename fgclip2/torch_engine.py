"""Both towers through torch: on a GPU where there is one, else on the CPU."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import torch

from fgclip2.checkpoint import Checkpoint
from fgclip2.engine import Floats, Grid, TextMode, VisionFeatures
from fgclip2.errors import DeviceMemoryError, EngineUnavailableError
from fgclip2.torch_model import Fgclip2Model

_DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16}


def gpu_is_present() -> bool:
    """Whether torch sees a CUDA or an Apple GPU."""
    return torch.cuda.is_available() or torch.backends.mps.is_available()


class TorchEngine:
    """The ``Engine`` for GPUs, and the reference on CPUs.

    Args:
        checkpoint: read once; the engine does not need it afterwards.
        precision: ``f32`` or ``bf16``.

    Raises:
        EngineUnavailableError: this device has no bfloat16.
    """

    name = "torch"

    def __init__(self, checkpoint: Checkpoint, precision: str) -> None:
        self._device = _choose_device()
        if (
            precision == "bf16"
            and self._device.type == "cuda"
            and not torch.cuda.is_bf16_supported()
        ):
            raise EngineUnavailableError(
                "precision is 'bf16' and this GPU has no bfloat16: choose 'f32'"
            )
        self.precision = precision
        self._dtype = _DTYPES[precision]
        self._model = load_model(checkpoint).to(self._device, self._dtype).eval()

    def encode_patches(
        self, patches_BPI: Floats, grid: Grid, *, pooled: bool, dense: bool
    ) -> VisionFeatures:
        """See ``Engine``."""
        with self._guarded(patches_BPI.shape):
            patches = torch.from_numpy(patches_BPI).to(self._device, self._dtype)
            hidden = self._model.encode_image_tokens(patches, None, [grid] * len(patches))
            return VisionFeatures(
                _to_numpy(self._model.pool(hidden, None)) if pooled else None,
                _to_numpy(self._model.dense(hidden, None)) if dense else None,
            )

    def encode_tokens(self, ids_BL: npt.NDArray[np.int64], mode: TextMode) -> Floats:
        """See ``Engine``."""
        with self._guarded(ids_BL.shape):
            ids = torch.from_numpy(ids_BL).to(self._device)
            return _to_numpy(self._model.encode_text(ids, mode))

    @contextmanager
    def _guarded(self, shape: tuple[int, ...]) -> Iterator[None]:
        try:
            with torch.inference_mode():
                yield
        except torch.OutOfMemoryError as error:
            raise DeviceMemoryError(
                f"a batch of {shape} does not fit into the memory of {self._device}:"
                " give fewer images or patches at once"
            ) from error


def load_model(checkpoint: Checkpoint) -> Fgclip2Model:
    """The torch model with the weights of a checkpoint, float32, on the CPU."""
    with torch.device("meta"):
        model = Fgclip2Model(checkpoint.config)
    state = {name: torch.from_numpy(checkpoint[name].copy()) for name in model.state_dict()}
    model.load_state_dict(state, strict=True, assign=True)
    return model


def _choose_device() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def _to_numpy(tensor: torch.Tensor) -> Floats:
    array: Floats = tensor.float().cpu().numpy()
    return array
