"""The cache of compiled graphs: used when whole, made again when not, never needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np
import pytest

from fgclip2 import Encoder, graph_cache, openvino_graph
from fgclip2.checkpoint import Checkpoint
from fgclip2.graph_cache import GraphCache, stored_fingerprint

KEY = {"graph": "tower", "model": "abc"}


def encode(checkpoint_dir: Path, cache_dir: Path, precision: str = "f32") -> np.ndarray:
    encoder = Encoder.load(checkpoint_dir, "openvino", precision, cache_dir=cache_dir)
    ids = np.random.default_rng(0).integers(3, 400, (3, 64))
    return encoder.encode_token_ids(ids, "short")


def graphs(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.graph"))


def count_builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    built: list[str] = []
    original = openvino_graph.text_tower

    def text_tower(*arguments: object, **named: object) -> object:
        built.append("text")
        return original(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(openvino_graph, "text_tower", text_tower)
    return built


@pytest.mark.parametrize("precision", ["f32", "int8"])
def test_a_second_start_takes_the_stored_graph(
    reference_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, precision: str
) -> None:
    built = count_builds(monkeypatch)
    first = encode(reference_dir, tmp_path, precision)
    assert len(built) == len(graphs(tmp_path)) == 1
    np.testing.assert_array_equal(encode(reference_dir, tmp_path, precision), first)
    assert len(built) == 1


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def spoil_facts(path: Path) -> None:
    path.with_suffix(".json").write_text("{")


@pytest.mark.parametrize(
    "damage", [cut, flip, Path.unlink, spoil_facts, lambda p: p.write_text("")]
)
def test_a_damaged_graph_is_made_again(
    reference_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[Path], object],
) -> None:
    built = count_builds(monkeypatch)
    first = encode(reference_dir, tmp_path)
    damage(graphs(tmp_path)[0])
    np.testing.assert_array_equal(encode(reference_dir, tmp_path), first)
    assert len(built) == 2
    np.testing.assert_array_equal(encode(reference_dir, tmp_path), first)
    assert len(built) == 2


def test_a_whole_graph_that_openvino_refuses_is_made_again(
    reference_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = count_builds(monkeypatch)
    first = encode(reference_dir, tmp_path)
    facts = json.loads(graphs(tmp_path)[0].with_suffix(".json").read_text())
    key = {name: value for name, value in facts["key"].items() if name != "kind"}
    GraphCache(tmp_path).store_graph(key, lambda stream: stream.write(b"no graph at all" * 100))
    np.testing.assert_array_equal(encode(reference_dir, tmp_path), first)
    assert len(built) == 2


def test_changed_facts_are_not_believed(tmp_path: Path) -> None:
    cache = GraphCache(tmp_path)
    cache.store_facts(KEY, {"ranges": {"layer": [-1.5, 2.5]}})
    assert cache.load_facts(KEY) == {"key": KEY, "ranges": {"layer": [-1.5, 2.5]}}
    (path,) = tmp_path.iterdir()
    path.write_text(path.read_text().replace("-1.5", "-7.5"))
    assert cache.load_facts(KEY) is None


def test_other_weights_are_another_graph(checkpoint_dir: Path, tmp_path: Path) -> None:
    cache_dir = tmp_path / "cache"
    first = encode(checkpoint_dir, cache_dir)
    weights = checkpoint_dir / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2 + 1] ^= 0x10
    weights.write_bytes(content)
    assert np.abs(encode(checkpoint_dir, cache_dir) - first).max() > 0
    assert len(graphs(cache_dir)) == 2


def test_a_folder_that_cannot_be_written_is_no_error(reference_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    wanted = encode(reference_dir, tmp_path / "good")
    np.testing.assert_array_equal(encode(reference_dir, tmp_path / "file" / "cache"), wanted)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk is played by /dev/full")
def test_a_full_disk_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Path.open

    def open_full(path: Path, mode: str = "r", **options: object) -> IO[bytes]:
        is_graph = ".graph." in path.name
        return original(Path("/dev/full") if is_graph else path, mode, buffering=0)

    def export(stream: BinaryIO) -> None:
        with suppress(OSError):  # as OpenVINO does
            stream.write(bytes(1000))

    cache = GraphCache(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", open_full)
        assert not cache.store_graph(KEY, export)
    assert cache.load_graph(KEY) is None
    assert list(tmp_path.iterdir()) == []
    assert cache.store_graph(KEY, export)


def test_old_graphs_go_when_the_folder_grows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph_cache, "MAX_CACHE_BYTES", 2500)
    cache = GraphCache(tmp_path)
    for place in range(4):
        cache.store_graph({**KEY, "place": str(place)}, lambda stream: stream.write(bytes(1000)))
    assert cache.load_graph({**KEY, "place": "3"}) is not None
    assert len(graphs(tmp_path)) == 2


def test_a_tiny_model_writes_no_cache(
    reference_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    encoder = Encoder.load(reference_dir, "openvino")
    assert encoder.encode_token_ids(np.ones((1, 64), np.int64), "short").shape == (1, 64)
    assert list(tmp_path.iterdir()) == []


def test_the_fingerprint_is_hashed_once(
    checkpoint_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[int] = []
    original = Checkpoint.fingerprint

    def fingerprint(checkpoint: Checkpoint) -> str:
        hashed.append(1)
        return original(checkpoint)

    monkeypatch.setattr(Checkpoint, "fingerprint", fingerprint)
    cache = GraphCache(tmp_path / "cache")
    first = stored_fingerprint(Checkpoint.open(checkpoint_dir), cache)
    assert stored_fingerprint(Checkpoint.open(checkpoint_dir), cache) == first
    assert len(hashed) == 1
    weights = checkpoint_dir / "model.safetensors"
    weights.write_bytes(weights.read_bytes())
    assert stored_fingerprint(Checkpoint.open(checkpoint_dir), cache) == first
    assert len(hashed) == 2
