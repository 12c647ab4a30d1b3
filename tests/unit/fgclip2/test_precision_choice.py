"""8-bit layers, and the precision that is chosen: by speed, never below the least cosine."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fgclip2 import Encoder, engine_choice, precision_choice
from fgclip2.checkpoint import Checkpoint
from fgclip2.graph_cache import GraphCache
from fgclip2.openvino_engine import EXACT, INT8_CONVOLUTION, OpenvinoEngine, probe_seconds
from fgclip2.probe_sets import make_probe_set
from fgclip2.random_weights import model_config, write_random_checkpoint

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def speeds(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Seconds that each precision seems to take."""
    seconds = {"f32": 3.0, "bf16": 2.0, "int8": 1.0}
    monkeypatch.setattr(precision_choice, "_candidates", lambda: sorted(seconds))
    monkeypatch.setattr(precision_choice, "probe_seconds", lambda names: dict(seconds))
    monkeypatch.setattr(engine_choice, "_TINY_BELOW_WIDTH", 1)
    monkeypatch.setattr(engine_choice, "_torch_sees_gpu", lambda: False)
    return seconds


def test_int8_stays_close(reference_dir: Path) -> None:
    exact = Encoder.load(reference_dir, "openvino", "f32")
    small = Encoder.load(reference_dir, "openvino", "int8")
    assert small.precision == "int8"
    for mode, length in (("short", 64), ("box", 64), ("long", 196)):
        ids = np.random.default_rng(0).integers(3, 600, (8, length))
        cosines = (exact.encode_token_ids(ids, mode) * small.encode_token_ids(ids, mode)).sum(1)
        assert cosines.min() >= 0.995
        assert cosines.min() < 1 - 1e-6  # it did run in 8 bits


def test_int8_stays_close_for_texts_that_reach_further_than_the_calibration(tmp_path: Path) -> None:
    write_random_checkpoint(tmp_path, model_config("tiny"), seed=1)
    exact = Encoder.load(tmp_path, "openvino", "f32")
    small = Encoder.load(tmp_path, "openvino", "int8")
    rng = np.random.default_rng(1)
    ids = rng.integers(3, 600, (60, 196))
    for row in ids:
        n_tokens = rng.integers(3, 196)
        row[n_tokens], row[n_tokens + 1 :] = 1, 0
    cosines = (exact.encode_token_ids(ids, "long") * small.encode_token_ids(ids, "long")).sum(1)
    assert cosines.min() >= 0.995


@pytest.mark.parametrize(
    "text",
    [
        {"eos_token_id": 49407, "pad_token_id": 10**30},
        {"vocab_size": 3},
        {"vocab_size": 1},
        {"max_position_embeddings": 3},
        {"max_position_embeddings": 1, "longtext_len": 1, "keep_len": 1},
    ],
    ids=str,
)
def test_probe_texts_of_any_configuration(text: dict[str, int]) -> None:
    tiny = model_config("tiny")
    config = replace(tiny, text=replace(tiny.text, **text))
    for ids_BL, mode in make_probe_set(config, 0).texts:
        length = config.text.longtext_len if mode == "long" else config.text.max_position_embeddings
        assert ids_BL.shape[1] == length
        assert 0 <= ids_BL.min() <= ids_BL.max() < config.text.vocab_size


def test_int8_layers_are_all_of_both_towers(reference_dir: Path) -> None:
    checkpoint = Checkpoint.open(reference_dir)
    ranges = precision_choice.load_ranges(checkpoint, None)
    config = checkpoint.config
    assert len(ranges) == 6 * (config.vision.num_hidden_layers + config.text.num_hidden_layers)
    assert all(low <= high for low, high in ranges.values())


def test_the_fastest_is_chosen_and_remembered(
    reference_dir: Path,
    tmp_path: Path,
    speeds: dict[str, float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Encoder.load(reference_dir, cache_dir=tmp_path).precision == "int8"
    monkeypatch.setattr(precision_choice, "probe_seconds", None)  # not measured again
    assert Encoder.load(reference_dir, cache_dir=tmp_path).precision == "int8"


def test_the_exact_one_is_chosen_where_it_is_fastest(
    reference_dir: Path, tmp_path: Path, speeds: dict[str, float]
) -> None:
    speeds["f32"] = 0.5
    assert Encoder.load(reference_dir, cache_dir=tmp_path).precision == "f32"


def test_none_below_the_least_cosine_is_chosen(
    reference_dir: Path, tmp_path: Path, speeds: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    cosines = iter([0.9989, 0.5])
    monkeypatch.setattr(precision_choice, "least_cosine", lambda *_: next(cosines))
    monkeypatch.setattr(precision_choice, "OpenvinoEngine", _always_exact)
    chosen = precision_choice.choose_precision(Checkpoint.open(reference_dir), GraphCache(tmp_path))
    assert chosen == EXACT


def _always_exact(checkpoint: Checkpoint, *_: object) -> OpenvinoEngine:
    return OpenvinoEngine(checkpoint, EXACT)


@pytest.mark.parametrize(
    ("measured", "arithmetic"),
    [
        ({"f32": 2.0, "bf16": 1.0, "int8": 1.0}, "bf16"),
        ({"f32": 1.0, "bf16": 2.0, "int8": 1.0}, "f32"),
        ({"f32": 1.0, "int8": 1.0}, "f32"),
    ],
)
def test_what_is_not_8_bit_takes_the_faster_arithmetic(
    reference_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    measured: dict[str, float],
    arithmetic: str,
) -> None:
    monkeypatch.setattr(precision_choice, "_candidates", lambda: sorted(measured))
    monkeypatch.setattr(precision_choice, "probe_seconds", lambda names: dict(measured))
    checkpoint, cache = Checkpoint.open(reference_dir), GraphCache(tmp_path)
    assert precision_choice.load_precision("int8", checkpoint, cache).arithmetic == arithmetic
    monkeypatch.setattr(precision_choice, "probe_seconds", None)  # not measured again
    assert precision_choice.load_precision("int8", checkpoint, cache).arithmetic == arithmetic


@pytest.mark.parametrize(("seconds", "expected"), [(2.0, True), (5.0, False)])
def test_int8_takes_its_faster_form(
    reference_dir: Path,
    tmp_path: Path,
    speeds: dict[str, float],
    seconds: float,
    expected: bool,
) -> None:
    speeds |= {"f32": 3.0, "bf16": 6.0, "int8": 4.0, INT8_CONVOLUTION: seconds}
    checkpoint, cache = Checkpoint.open(reference_dir), GraphCache(tmp_path)
    eight_bit = precision_choice.load_precision("int8", checkpoint, cache).eight_bit
    assert eight_bit is not None
    assert eight_bit.kernels.as_convolution is expected


def test_int8_counts_in_its_faster_form() -> None:
    seconds = {"f32": 3.0, "bf16": 2.0, "int8": 4.0, INT8_CONVOLUTION: 1.0}
    assert precision_choice._by_speed(seconds) == ["int8", "bf16", "f32"]
    seconds[INT8_CONVOLUTION] = 5.0
    assert precision_choice._by_speed(seconds) == ["bf16", "f32", "int8"]


def test_least_cosine() -> None:
    rows = np.eye(3, dtype=np.float32)
    assert precision_choice.least_cosine(2 * rows, rows) == 1.0
    assert precision_choice.least_cosine(rows[[0, 1, 1]], rows) == 0.0
    assert precision_choice.least_cosine(rows * np.nan, rows) == -1.0


def test_the_probe_runs() -> None:
    names = precision_choice._candidates()
    assert {"f32", "int8", INT8_CONVOLUTION} <= set(names)
    seconds = probe_seconds(names)
    assert set(seconds) == set(names)
    assert all(0 < value < 60 for value in seconds.values())


LIMITED = """
import sys
import numpy as np
from PIL import Image
from fgclip2 import Encoder
from fgclip2.checkpoint import Checkpoint
from fgclip2.openvino_engine import EXACT, OpenvinoEngine, Precision, sums_are_narrow
from fgclip2.openvino_linear import EightBit, Kernels
from fgclip2.precision_choice import load_ranges
rng = np.random.default_rng(0)
ids = rng.integers(3, 600, (8, 64))
soft = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)).resize((320, 240))
checkpoint = Checkpoint.open(sys.argv[1])
ranges, is_narrow = load_ranges(checkpoint, None), sums_are_narrow()
forms = [EightBit(ranges, Kernels(form, is_narrow)) for form in (False, True)]
exact, *small = (
    np.concatenate([encoder.encode_token_ids(ids, "short"), encoder.encode_images([soft], 256)])
    for encoder in (
        Encoder(checkpoint, OpenvinoEngine(checkpoint, precision))
        for precision in (EXACT, *(Precision("int8", "f32", form) for form in forms))
    )
)
print(is_narrow, *((exact * found).sum(1).min() for found in small))
"""


def test_int8_is_exact_enough_without_newer_instructions(reference_dir: Path) -> None:
    """AVX2 adds pairs of 8-bit products in 16 bits, which may overflow."""
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(reference_dir)],
        cwd=ROOT,
        env={**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX2"},
        capture_output=True,
        text=True,
        check=True,
    )
    is_narrow, *cosines = done.stdout.split()
    assert is_narrow == "True"
    assert len(cosines) == 2
    assert min(map(float, cosines)) >= 0.995
