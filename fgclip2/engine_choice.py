"""Which engine and which precision to run, when the caller leaves it open."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from fgclip2.checkpoint import Checkpoint
from fgclip2.engine import Engine
from fgclip2.errors import ConfigError, EngineUnavailableError
from fgclip2.graph_cache import GraphCache

ENGINES = ("auto", "openvino", "torch")
PRECISIONS = ("auto", "f32", "bf16", "int8")

_TINY_BELOW_WIDTH = 512


def create_engine(
    checkpoint: Checkpoint, engine: str, precision: str, cache: GraphCache | None = None
) -> Engine:
    """The engine for ``Encoder.load``; only its own library is imported.

    Raises:
        ConfigError: an option that is not known or not available.
        EngineUnavailableError: the engine or the precision cannot run here.
    """
    if engine not in ENGINES:
        raise ConfigError(f"engine is {engine!r}; {', '.join(ENGINES)} are known")
    if precision not in PRECISIONS:
        raise ConfigError(f"precision is {precision!r}; {', '.join(PRECISIONS)} are known")
    tiny = is_tiny(checkpoint)
    wants_gpu = engine == "auto" and precision != "int8" and not tiny
    if engine == "torch" or (wants_gpu and _torch_sees_gpu()):
        return _create_torch(checkpoint, precision, is_tiny=tiny)
    return _create_openvino(checkpoint, precision, cache, is_tiny=tiny)


def is_tiny(checkpoint: Checkpoint) -> bool:
    """Whether a model is quick enough anywhere: it runs exactly, without GPU or cache."""
    return checkpoint.config.dim < _TINY_BELOW_WIDTH


def _create_openvino(
    checkpoint: Checkpoint, precision: str, cache: GraphCache | None, *, is_tiny: bool
) -> Engine:
    _need("openvino")
    from fgclip2.openvino_engine import EXACT, OpenvinoEngine
    from fgclip2.precision_choice import choose_precision, load_precision

    if precision != "auto":
        chosen = load_precision(precision, checkpoint, cache)
    else:
        chosen = EXACT if is_tiny else choose_precision(checkpoint, cache)
    return OpenvinoEngine(checkpoint, chosen, cache)


def _create_torch(checkpoint: Checkpoint, precision: str, *, is_tiny: bool) -> Engine:
    _need("torch")
    if precision == "int8":
        raise EngineUnavailableError(
            "precision is 'int8', which the engine 'torch' does not have: choose 'bf16' or 'f32'"
        )
    from fgclip2.torch_engine import TorchEngine, gpu_has_bfloat16

    if precision == "auto":
        precision = "bf16" if not is_tiny and gpu_has_bfloat16() else "f32"
    return TorchEngine(checkpoint, precision)


def _need(module: str) -> None:
    if find_spec(module) is None:
        raise EngineUnavailableError(
            f"the engine {module!r} needs the Python package {module!r}, which is not installed"
        )


def _torch_sees_gpu() -> bool:
    """Whether torch is installed and finds a GPU; torch is imported only if there may be one."""
    may_have_gpu = sys.platform == "darwin" or Path("/dev/nvidiactl").exists()
    if not may_have_gpu or find_spec("torch") is None:
        return False
    from fgclip2.torch_engine import gpu_is_present

    return gpu_is_present()
