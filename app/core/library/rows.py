"""Rows of the library as plain data: what goes in and what comes out.

Paths are bytes as the file system gives them; ``path`` is relative to its root with the system's
separator, ``display`` is the same for people. Sizes are bytes, times nanoseconds since 1970 unless
a name says otherwise. Vectors are unit rows; E is the dimension of the model's space.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

RootState = Literal["online", "offline"]

Float32Array = npt.NDArray[np.float32]
Float16Array = npt.NDArray[np.float16]
Int64Array = npt.NDArray[np.int64]
Int8Array = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that the user added; ``n_indexed`` counts photos with a vector of one model."""

    id: int
    path: bytes
    display: str
    state: RootState
    n_photos: int
    n_indexed: int


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of the library; width and height are those of the upright picture."""

    id: int
    root_id: int
    root_path: bytes
    path: bytes
    display: str
    size_bytes: int
    mtime_ns: int
    inode: int
    content_hash: bytes
    width_px: int
    height_px: int
    taken_at: str | None
    camera: str | None
    format: str
    average_rgb: int

    @property
    def absolute_path(self) -> bytes:
        """The path of the file, whether or not it is there now."""
        return os.path.join(self.root_path, self.path)


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A decoded file on its way into the library.

    ``thumbnail`` is JPEG data; ``vector`` is (E,) float32 of unit length, or None while the photo
    waits for its vector; ``patches`` is the patch budget it was encoded with; ``average_rgb`` is
    0xRRGGBB.
    """

    root_id: int
    path: bytes
    size_bytes: int
    mtime_ns: int
    inode: int
    content_hash: bytes
    width_px: int
    height_px: int
    taken_at: str | None
    camera: str | None
    format: str
    average_rgb: int
    thumbnail: bytes | None = None
    vector: Float32Array | None = None
    patches: int = 0


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What the library remembers of a file. Equal size, mtime and inode mean: nothing to do.

    For a problem ``photo_id`` is None and ``decoder_version`` says which decoder refused the file.
    ``has_thumbnail`` is False when the thumbnail has to be made again. ``taken_out``: people do not
    want the photo in the library although its file is there.
    """

    photo_id: int | None
    size_bytes: int
    mtime_ns: int
    inode: int
    has_vector: bool
    problem: bool
    decoder_version: str | None = None
    has_thumbnail: bool = True
    taken_out: bool = False


@dataclass(frozen=True, slots=True)
class NewProblem:
    """A file that could not be used, with the facts that tell when to try it again."""

    root_id: int
    path: bytes
    size_bytes: int
    mtime_ns: int
    inode: int
    reason: str
    detail: str
    decoder_version: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that could not be used; ``seen_at`` is ISO 8601 in UTC."""

    id: int
    root_id: int
    root_path: bytes
    path: bytes
    display: str
    reason: str
    detail: str
    seen_at: str

    @property
    def absolute_path(self) -> bytes:
        """The path of the file, whether or not it is there now."""
        return os.path.join(self.root_path, self.path)


@dataclass(frozen=True, slots=True)
class Model:
    """A model that the library has vectors of; its fingerprint names the weights."""

    id: int
    fingerprint: str
    name: str
    dim: int
    n_vectors: int


@dataclass(frozen=True, slots=True)
class Album:
    """An album and how many of its photos can be seen now."""

    id: int
    name: str
    n_photos: int


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """Region vectors of one photo: boxes (K, 4) float32 in 0..1, vectors (K, E) float32."""

    boxes: Float32Array
    vectors: Float32Array
