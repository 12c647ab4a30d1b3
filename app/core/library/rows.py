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

from app.core.asking import Query

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

    def __len__(self) -> int:
        return len(self.boxes)


@dataclass(frozen=True, slots=True, eq=False)
class PackedRegions:
    """Regions of several photos, as they are stored; M regions in all, those of a photo together.

    Attributes:
        photo_ids: (n,) int64, photos that have regions.
        starts: (n,) int64, the first region of each photo; counts run to the next start.
        boxes: (M, 4) float32 in 0..1.
        codes: (M, E) int8.
        scales: (M,) float32; a vector is its codes times its scale.
    """

    photo_ids: Int64Array
    starts: Int64Array
    boxes: Float32Array
    codes: Int8Array
    scales: Float32Array

    def __len__(self) -> int:
        return len(self.scales)

    def vectors(self) -> Float32Array:
        """Return all region vectors, (M, E) float32."""
        widened: Float32Array = self.codes.astype(np.float32) * self.scales[:, None]
        return widened

    def counts(self) -> Int64Array:
        """Return how many regions each photo has, (n,) int64."""
        return np.diff(self.starts, append=len(self)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Example:
    """An example of a concept: ``picture`` is a JPEG of it, ``photo_id`` None once that is gone."""

    id: int
    concept_id: int
    photo_id: int | None
    box: tuple[float, float, float, float] | None
    accepted: bool
    picture: bytes


@dataclass(frozen=True, slots=True)
class Concept:
    """A named concept; how many examples were accepted and rejected."""

    id: int
    name: str
    n_accepted: int
    n_rejected: int


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A question kept under a name."""

    id: int
    name: str
    query: Query


@dataclass(frozen=True, slots=True)
class PastSearch:
    """A question of the history; ``asked_at`` is ISO 8601 in UTC."""

    id: int
    query: Query
    asked_at: str
