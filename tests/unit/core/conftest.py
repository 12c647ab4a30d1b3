"""Libraries and photos for the tests of ``app.core``."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from app.core.library import Library
from app.core.library.rows import NewPhoto, NewProblem

DIM = 16

MakePhoto = Callable[..., NewPhoto]
MakeProblem = Callable[..., NewProblem]


def unit_rows(n: int, dim: int = DIM, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((n, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def make_vectors() -> Callable[..., np.ndarray]:
    """Random unit rows: ``make_vectors(n, dim=16, seed=0)``."""
    return unit_rows


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def library(directory: Path) -> Iterator[Library]:
    with Library.open(directory, write=True) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of photos with a Chinese name; its files are only names."""
    path = tmp_path / "相片"
    path.mkdir()
    return path


@pytest.fixture
def root_id(library: Library, folder: Path) -> int:
    return library.add_root(os.fsencode(folder)).id


@pytest.fixture
def model_id(library: Library) -> int:
    return library.use_model("fingerprint-1", "tiny", DIM)


@pytest.fixture
def make_photo(root_id: int) -> MakePhoto:
    """A photo by number or path; content, vector and thumbnail follow from ``content``."""

    def make(name: int | bytes, content: bytes | None = None, **facts: object) -> NewPhoto:
        path = b"photo-%d.jpg" % name if isinstance(name, int) else name
        content = content or path
        seed = int.from_bytes(hashlib.sha256(content).digest()[:4], "big")
        values: dict[str, object] = {
            "root_id": root_id,
            "path": path,
            "size_bytes": len(content),
            "mtime_ns": 1_700_000_000_000_000_000,
            "inode": 7,
            "content_hash": hashlib.sha256(content).digest(),
            "width_px": 640,
            "height_px": 480,
            "taken_at": None,
            "camera": None,
            "format": "jpeg",
            "average_rgb": 0x336699,
            "thumbnail": b"jpeg of " + content,
            "vector": unit_rows(1, seed=seed)[0],
            "patches": 256,
        }
        values.update(facts)
        return NewPhoto(**values)  # type: ignore[arg-type]

    return make


@pytest.fixture
def make_problem(root_id: int) -> MakeProblem:
    def make(path: bytes, **facts: object) -> NewProblem:
        values: dict[str, object] = {
            "root_id": root_id,
            "path": path,
            "size_bytes": 3,
            "mtime_ns": 5,
            "inode": 9,
            "reason": "truncated",
            "detail": "ends after 3 bytes",
            "decoder_version": "1",
        }
        values.update(facts)
        return NewProblem(**values)  # type: ignore[arg-type]

    return make
