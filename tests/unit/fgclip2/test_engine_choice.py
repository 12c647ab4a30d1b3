"""Which engine and precision run when nothing, something, or nonsense is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from fgclip2 import (
    ConfigError,
    DeviceMemoryError,
    Encoder,
    EngineUnavailableError,
    engine_choice,
    openvino_engine,
    openvino_runs,
    torch_engine,
)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"engine": "onnx"}, ConfigError, "engine is 'onnx'; auto, openvino, torch are known"),
        ({"precision": "f16"}, ConfigError, "precision is 'f16'"),
        (
            {"engine": "torch", "precision": "int8"},
            EngineUnavailableError,
            "engine 'torch' does not have",
        ),
    ],
)
def test_unknown_options(
    reference_dir: Path, options: dict[str, str], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        Encoder.load(reference_dir, **options)


def test_a_tiny_model_runs_exactly_on_the_cpu(
    reference_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_choice, "_torch_sees_gpu", lambda: True)
    encoder = Encoder.load(reference_dir)
    assert (encoder.engine, encoder.precision) == ("openvino", "f32")


def test_a_large_model_runs_on_the_gpu(
    reference_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_choice, "_TINY_BELOW_WIDTH", 1)
    monkeypatch.setattr(engine_choice, "_torch_sees_gpu", lambda: True)
    assert Encoder.load(reference_dir).engine == "torch"


def test_an_engine_that_is_not_installed(
    reference_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_choice, "find_spec", lambda name: None)
    with pytest.raises(EngineUnavailableError, match="'torch', which is not installed"):
        Encoder.load(reference_dir, engine="torch")
    with pytest.raises(EngineUnavailableError, match="'openvino', which is not installed"):
        Encoder.load(reference_dir, engine="openvino")


def test_bf16_needs_a_cpu_that_has_it(reference_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openvino_engine, "bf16_is_native", lambda: False)
    with pytest.raises(EngineUnavailableError, match="no bfloat16 units: choose 'f32'"):
        Encoder.load(reference_dir, engine="openvino", precision="bf16")


@pytest.mark.parametrize(("native", "precision"), [(False, "f32"), (True, "bf16")])
def test_a_gpu_that_only_emulates_bf16_runs_in_f32(
    reference_dir: Path, monkeypatch: pytest.MonkeyPatch, native: bool, precision: str
) -> None:
    def is_supported(including_emulation: bool = True) -> bool:
        return including_emulation or native

    monkeypatch.setattr(engine_choice, "_TINY_BELOW_WIDTH", 1)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", is_supported)
    monkeypatch.setattr(torch_engine, "_choose_device", lambda: torch.device("cpu"))
    assert Encoder.load(reference_dir, engine="torch").precision == precision


@pytest.mark.parametrize("engine", ["openvino", "torch"])
def test_bf16_stays_close(reference_dir: Path, engine: str) -> None:
    if engine == "openvino" and not openvino_engine.bf16_is_native():
        pytest.skip("this CPU has no bfloat16 units")
    exact = Encoder.load(reference_dir, engine=engine, precision="f32")
    half = Encoder.load(reference_dir, engine=engine, precision="bf16")
    assert half.precision == "bf16"
    ids = np.random.default_rng(0).integers(3, 600, (8, 64))
    cosines = (exact.encode_token_ids(ids, "short") * half.encode_token_ids(ids, "short")).sum(1)
    assert cosines.min() >= 0.999
    assert cosines.min() < 1 - 1e-7  # it did run in half precision


def limit_torch_to(monkeypatch: pytest.MonkeyPatch, n_items: int) -> list[int]:
    """Let torch run out of memory above so many items; the sizes that were tried."""
    tried: list[int] = []
    for name in ("encode_text", "encode_image_tokens"):
        original = getattr(torch_engine.Fgclip2Model, name)

        def limited(model: object, batch: torch.Tensor, *rest: object, run=original) -> object:
            tried.append(len(batch))
            if len(batch) > n_items:
                raise torch.OutOfMemoryError("out of memory")
            return run(model, batch, *rest)

        monkeypatch.setattr(torch_engine.Fgclip2Model, name, limited)
    return tried


def test_torch_out_of_memory_halves_the_batch(
    reference_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = Encoder.load(reference_dir, engine="torch")
    rng = np.random.default_rng(0)
    ids = rng.integers(3, 600, (11, 64))
    images = [Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)) for _ in range(7)]
    texts, (vectors, maps) = (
        encoder.encode_token_ids(ids, "short"),
        encoder.encode_images_and_dense(images, 16),
    )
    tried = limit_torch_to(monkeypatch, 3)
    np.testing.assert_allclose(encoder.encode_token_ids(ids, "short"), texts, atol=2e-6)
    assert tried == [11, 5, 2, 2, 2, 2, 2, 1]
    tried.clear()
    found, found_maps = encoder.encode_images_and_dense(images, 16)
    np.testing.assert_allclose(found, vectors, atol=2e-6)
    np.testing.assert_allclose(np.stack(found_maps), np.stack(maps), atol=2e-6)
    assert max(tried) <= 8


def test_one_item_that_does_not_fit_is_an_error(
    reference_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = Encoder.load(reference_dir, engine="torch")
    tried = limit_torch_to(monkeypatch, 0)
    with pytest.raises(DeviceMemoryError, match="one item of 64 positions"):
        encoder.encode_token_ids(np.ones((2, 64), np.int64), "short")
    assert tried == [2, 1]


def test_openvino_out_of_memory_is_told_apart(
    reference_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = "std::bad_alloc"

    class Request:
        def start_async(self, *_: object, **__: object) -> None:
            raise RuntimeError(message)

        def wait(self) -> None:
            raise RuntimeError(message)

    class Compiled:
        def create_infer_request(self) -> Request:
            return Request()

    monkeypatch.setattr(
        openvino_runs.Compiler, "compile", lambda *_, **__: openvino_runs.Graph(Compiled(), 2)
    )
    encoder = Encoder.load(reference_dir, engine="openvino")
    ids = np.ones((2, 64), np.int64)
    with pytest.raises(DeviceMemoryError, match="give less at once"):
        encoder.encode_token_ids(ids, "short")
    message = "something else"
    with pytest.raises(RuntimeError, match="something else"):
        encoder.encode_token_ids(ids, "short")


@pytest.mark.parametrize("engine", ["openvino", "torch"])
def test_parts_of_a_batch_make_the_whole(
    reference_dir: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    rng = np.random.default_rng(0)
    images = [Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)) for _ in range(5)]
    ids = rng.integers(3, 600, (5, 64))
    ids.setflags(write=False)
    whole = Encoder.load(reference_dir, engine=engine)
    monkeypatch.setattr(openvino_engine, "_MAX_POSITIONS", 130)
    monkeypatch.setattr(torch_engine, "_MAX_POSITIONS", {"cpu": 130, "cuda": 130, "mps": 130})
    parts = Encoder.load(reference_dir, engine=engine)
    for one, other in zip(
        parts.encode_images_and_dense(images, 64),
        whole.encode_images_and_dense(images, 64),
        strict=True,
    ):
        np.testing.assert_allclose(np.stack(one), np.stack(other), atol=2e-6)
    found, wanted = parts.encode_token_ids(ids, "box"), whole.encode_token_ids(ids, "box")
    np.testing.assert_allclose(found, wanted, atol=2e-6)
    assert len(np.unique(found.round(5), axis=0)) == 5


def test_torch_model_holds_exactly_the_published_names(reference_dir: Path) -> None:
    from fgclip2.checkpoint import Checkpoint
    from fgclip2.layout import tensor_shapes

    checkpoint = Checkpoint.open(reference_dir)
    state = torch_engine.load_model(checkpoint).state_dict()
    assert {name: tuple(t.shape) for name, t in state.items()} == tensor_shapes(checkpoint.config)
    assert json.loads((reference_dir / "config.json").read_text())["model_type"] == "fgclip2"
