"""Both towers through torch: on a GPU where there is one, else on the CPU."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import torch

from fgclip2.checkpoint import Checkpoint
from fgclip2.engine import Floats, Grid, TextMode, VisionFeatures
from fgclip2.errors import DeviceMemoryError, EngineUnavailableError
from fgclip2.torch_model import Fgclip2Model

# Activations of about this many positions are held at once, whatever the batch.
_MAX_POSITIONS = {"cpu": 4096, "mps": 16384, "cuda": 65536}
_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")
_DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16}


def gpu_is_present() -> bool:
    """Whether torch sees a CUDA or an Apple GPU."""
    return torch.cuda.is_available() or torch.backends.mps.is_available()


def gpu_has_bfloat16() -> bool:
    """Whether there is a GPU that multiplies bfloat16 itself."""
    kind = "cuda" if torch.cuda.is_available() else "mps"
    return gpu_is_present() and has_bfloat16(torch.device(kind))


def has_bfloat16(device: torch.device) -> bool:
    """Whether this device multiplies bfloat16 itself; others emulate it slowly."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return device.type == "mps"


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
        if precision == "bf16" and self._device.type == "cuda" and not has_bfloat16(self._device):
            raise EngineUnavailableError(
                "precision is 'bf16' and this GPU has no bfloat16: choose 'f32'"
            )
        self.precision = precision
        self._max_positions = _MAX_POSITIONS[self._device.type]
        self._dtype = _DTYPES[precision]
        self._model = load_model(checkpoint).to(self._device, self._dtype).eval()

    def encode_patches(
        self, groups: Iterable[tuple[Floats, Grid]], *, pooled: bool, dense: bool
    ) -> Iterator[VisionFeatures]:
        """See ``Engine``."""
        for patches_BPI, grid in groups:

            def run(
                part: slice, patches_BPI: Floats = patches_BPI, grid: Grid = grid
            ) -> VisionFeatures:
                return self._run_vision(patches_BPI[part], grid, pooled, dense)

            yield VisionFeatures.joined(self._run_parts(run, patches_BPI.shape))

    def encode_tokens(self, ids_BL: npt.NDArray[np.int64], mode: TextMode) -> Floats:
        """See ``Engine``."""

        def run(part: slice) -> Floats:
            ids = torch.tensor(ids_BL[part], device=self._device)
            return _to_numpy(self._model.encode_text(ids, mode))

        return np.concatenate(self._run_parts(run, ids_BL.shape))

    def _run_parts(self, run: Callable[[slice], _Result], shape: tuple[int, ...]) -> list[_Result]:
        """Results of all parts of a batch; a part that does not fit is halved, also for later.

        Raises:
            DeviceMemoryError: a single item does not fit.
        """
        results: list[_Result] = []
        start = 0
        while start < shape[0]:
            size = max(1, self._max_positions // shape[1])
            try:
                with torch.inference_mode():
                    results.append(run(slice(start, start + size)))
                start += size
                continue
            except torch.OutOfMemoryError as error:
                if min(size, shape[0] - start) == 1:
                    raise DeviceMemoryError(
                        f"one item of {shape[1]} positions does not fit into the memory of"
                        f" {self._device}: choose fewer patches or close other programs"
                    ) from error
            # Out here the failed run's tensors are no longer held by its traceback.
            self._max_positions = min(size, shape[0] - start) // 2 * shape[1]
            _log.warning("Out of memory on %s: going on with half as much", self._device)
            if self._device.type == "cuda":
                torch.cuda.empty_cache()
        return results

    def _run_vision(
        self, patches_BPI: Floats, grid: Grid, pooled: bool, dense: bool
    ) -> VisionFeatures:
        patches = torch.from_numpy(patches_BPI).to(self._device, self._dtype)
        hidden = self._model.encode_image_tokens(patches, None, [grid] * len(patches))
        return VisionFeatures(
            _to_numpy(self._model.pool(hidden, None)) if pooled else None,
            _to_numpy(self._model.dense(hidden, None)) if dense else None,
        )


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
