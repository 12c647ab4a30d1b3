"""Stand-ins for what is slow or heavy: a tiny encoder, an inline pool, a fake engine; and pictures.

``FakeEncoder`` sees colours: a photo's vector says how much of each named colour it holds, a text's
vector which colours it names, in English or Chinese. So "a red photo" finds red photos, and tests
can say beforehand what a search must return. Nothing here starts a thread or process by itself.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from app.core.messages import (
    CancelJob,
    ChangeDone,
    ChangeLibrary,
    Command,
    EngineReady,
    Event,
    IndexFinished,
    IndexProgress,
    JobCancelled,
    LibraryChanged,
    Locate,
    LocatedPhrase,
    OpenPhoto,
    PhotoLocated,
    PhotoOpened,
    Search,
    SearchFinished,
    Shutdown,
    StartIndex,
)
from app.core.settings import Settings
from app.worker.decode_messages import DecodeReply, DecodeRequest
from app.worker.decoder import answer
from app.worker.main import run

Floats = npt.NDArray[np.float32]
Colour = tuple[int, int, int]

COLOURS: dict[str, Colour] = {
    "red": (220, 30, 30),
    "green": (30, 170, 40),
    "blue": (30, 60, 220),
    "yellow": (240, 220, 40),
    "black": (10, 10, 10),
    "white": (245, 245, 245),
}
CHINESE = {"红": "red", "绿": "green", "蓝": "blue", "黄": "yellow", "黑": "black", "白": "white"}
_NAMES = list(COLOURS)
_SIDE = 16  # pixels of a picture that count
_NOISE_DIMS = 10
_NOISE = 0.02
FAKE_DIM = len(_NAMES) + _NOISE_DIMS
INLINE_MEMORY_BYTES = 1 << 30


# ---------------------------------------------------------------- pictures


def make_image(
    colour: str | Colour = "red", size: tuple[int, int] = (64, 48), *, seed: int | None = None
) -> Image.Image:
    """An RGB picture of one colour; with a seed a small mark makes its content its own."""
    image = Image.new("RGB", size, COLOURS[colour] if isinstance(colour, str) else colour)
    if seed is not None:
        rng = np.random.default_rng(seed)
        x, y = int(rng.integers(size[0] - 3)), int(rng.integers(size[1] - 3))
        mark = tuple(int(value) for value in rng.integers(0, 256, 3))
        ImageDraw.Draw(image).rectangle((x, y, x + 2, y + 2), fill=mark)
    return image


def save_photo(
    path: Path,
    colour: str | Colour = "red",
    size: tuple[int, int] = (64, 48),
    *,
    seed: int | None = None,
    **options: Any,
) -> Path:
    """Write a picture in the format of the path's ending; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    make_image(colour, size, seed=seed).save(path, **options)
    return path


def make_album(folder: Path, n_photos: int, *, size: tuple[int, int] = (64, 48)) -> list[Path]:
    """Write PNG photos of all colours in turn, ``red_0000.png`` and so on, each its own content."""
    return [
        save_photo(
            folder / f"{_NAMES[at % len(_NAMES)]}_{at:04d}.png", _NAMES[at % 6], size, seed=at
        )
        for at in range(n_photos)
    ]


def jpeg_bytes(colour: str | Colour = "red", size: tuple[int, int] = (64, 48)) -> bytes:
    """A small JPEG file."""
    buffer = io.BytesIO()
    make_image(colour, size).save(buffer, "JPEG")
    return buffer.getvalue()


# ---------------------------------------------------------------- the encoder


class FakeEncoder:
    """An encoder that knows six colours, in no time and always the same way.

    Args:
        fingerprint: names the "weights".
        on_encode: called with the number of images before each batch; may raise or wait.
    """

    name = "fake-tiny"
    engine = "fake"
    precision = "f32"
    dim = FAKE_DIM
    quick_patches = 64
    fine_patches = 256

    def __init__(
        self,
        fingerprint: str = "fake-fingerprint",
        on_encode: Callable[[int], None] | None = None,
    ) -> None:
        self.fingerprint = fingerprint
        self.n_images = 0
        self._on_encode = on_encode

    def encode_images(
        self, images: Sequence[Image.Image], patches: int | Literal["dynamic"] = "dynamic"
    ) -> Floats:
        """(B, E) float32 unit rows: the share of each colour, and a little noise of the content."""
        if self._on_encode is not None:
            self._on_encode(len(images))
        self.n_images += len(images)
        if not images:
            return np.zeros((0, FAKE_DIM), np.float32)
        return np.stack([_image_vector(image) for image in images])

    def encode_texts(self, texts: Sequence[str], mode: str = "auto") -> Floats:
        """(B, E) float32 unit rows: the colours that a text names, and a little noise."""
        if not len(texts):
            return np.zeros((0, FAKE_DIM), np.float32)
        return np.stack([_text_vector(text) for text in texts])

    def encode_dense(
        self, image: Image.Image, patches: int | Literal["dynamic"] = "dynamic"
    ) -> Floats:
        """(8, 8, E) float32: each cell as a picture of its own."""
        small = np.asarray(image.convert("RGB").resize((64, 64), Image.Resampling.BOX), np.float32)
        cells = small.reshape(8, 8, 8, 8, 3).swapaxes(1, 2).reshape(64, 8, 8, 3)
        return _vectors(cells.repeat(2, axis=1).repeat(2, axis=2)).reshape(8, 8, FAKE_DIM)

    def encode_images_and_dense(
        self,
        images: Sequence[Image.Image],
        patches: int | Literal["dynamic"] = "dynamic",
        *,
        normalize: bool = True,
    ) -> tuple[Floats, list[Floats]]:
        """Vectors and dense maps of pictures; all of them are unit rows."""
        vectors = np.stack([_image_vector(image) for image in images])
        return vectors, [self.encode_dense(image, patches) for image in images]

    def token_count(self, text: str) -> int:
        """A token a word, and the end mark."""
        return len(text.split()) + 1


def load_fake_encoder(model_dir: Path, settings: Settings) -> FakeEncoder:
    """A loader for ``Engine`` and the command line that needs no model directory."""
    return FakeEncoder()


def _image_vector(image: Image.Image) -> Floats:
    small = image.convert("RGB").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    return _vectors(np.asarray(small, np.float32)[None])[0]


def _vectors(pixels: Floats) -> Floats:
    """(B, E) unit rows of pictures (B, 16, 16, 3): shares of colours, a noise of the content."""
    palette = np.array(list(COLOURS.values()), np.float32)
    distances = np.linalg.norm(pixels.reshape(len(pixels), -1, 1, 3) - palette, axis=-1)
    shares = np.exp(-distances / 40).mean(axis=1)
    return _unit(shares, _content_noise(pixels))


def _text_vector(text: str) -> Floats:
    low = text.lower()
    named = {name for name in _NAMES if name in low}
    named |= {english for chinese, english in CHINESE.items() if chinese in text}
    shares = np.array([float(name in named) for name in _NAMES], np.float32)
    seed = zlib.crc32(low.encode())
    return _unit(shares, np.random.default_rng(seed).normal(0.0, _NOISE, _NOISE_DIMS))


def _content_noise(pixels: Floats) -> Floats:
    """A little of the content in each dimension, nearly the same for two decodes of a photo."""
    projection, phases = _noise_of_content()
    deviations = (pixels - pixels.mean(axis=(1, 2), keepdims=True)).reshape(len(pixels), -1) / 255
    noise: Floats = _NOISE * np.sin(deviations @ projection + phases)
    return noise


@cache
def _noise_of_content() -> tuple[Floats, Floats]:
    rng = np.random.default_rng(0)
    projection = rng.normal(0.0, 2.0, (_SIDE * _SIDE * 3, _NOISE_DIMS))
    return projection, rng.uniform(0.0, 2 * np.pi, _NOISE_DIMS)


def _unit(shares: Floats, noise: Floats) -> Floats:
    vectors = np.concatenate([shares, noise], axis=-1).astype(np.float32)
    unit: Floats = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return unit


# ---------------------------------------------------------------- decoders


class InlinePool:
    """A decoder pool without processes: every request is answered before ``submit`` returns."""

    def __init__(
        self, decode: Callable[[DecodeRequest], DecodeReply] | None = None, n_processes: int = 2
    ) -> None:
        self.n_processes = n_processes
        self.requests: list[DecodeRequest] = []
        self.closed = False
        self._decode = decode or (lambda request: answer(request, INLINE_MEMORY_BYTES))

    def submit(self, request: DecodeRequest, *, urgent: bool = False) -> Future[DecodeReply]:
        """The finished future of a request."""
        self.requests.append(request)
        future: Future[DecodeReply] = Future()
        future.set_result(self._decode(request))
        return future

    def close(self) -> None:
        """Nothing runs; remembered for tests."""
        self.closed = True


class HeldPool(InlinePool):
    """A pool whose answers wait until a test calls ``release``."""

    def __init__(self, decode: Callable[[DecodeRequest], DecodeReply] | None = None) -> None:
        super().__init__(decode)
        self.waiting: list[tuple[DecodeRequest, Future[DecodeReply]]] = []

    def submit(self, request: DecodeRequest, *, urgent: bool = False) -> Future[DecodeReply]:
        """A future that waits."""
        self.requests.append(request)
        future: Future[DecodeReply] = Future()
        self.waiting.append((request, future))
        return future

    def release(self) -> None:
        """Answer everything that waits."""
        waiting, self.waiting = self.waiting, []
        for request, future in waiting:
            if future.set_running_or_notify_cancel():
                future.set_result(self._decode(request))


# ---------------------------------------------------------------- engines


def run_with_fake_encoder(
    connection: Connection, settings_dict: dict[str, Any], library_dir: str, model_dir: str
) -> None:
    """The real engine process with the fake encoder: a target for ``EngineLink`` and for spawn."""
    run(connection, settings_dict, library_dir, model_dir, loader=load_fake_encoder)


READY = EngineReady("fake-tiny", "fake-fingerprint", FAKE_DIM, "fake", "f32", 1)


class FakeEngine:
    """Answers every command with plausible events at once; no library, no model, no decoders."""

    def __init__(self, send: Callable[[Event], None]) -> None:
        self._send = send
        self.received: list[Command] = []
        self.stopping = False
        send(READY)

    def receive(self, command: Command) -> None:
        """Answer one command."""
        self.received.append(command)
        match command:
            case Shutdown():
                self.stopping = True
            case StartIndex(job_id):
                self._send(IndexProgress(job_id, "indexing", 1, 2, 1, 2, 0, 5.0, 1.0))
                self._send(LibraryChanged(1, photos=True, roots=True))
                self._send(IndexFinished(job_id, 2, 2, 0, 0, 0, (), 0.1))
            case CancelJob(job_id):
                self._send(JobCancelled(job_id))
            case ChangeLibrary(job_id, change):
                self._send(LibraryChanged(2, photos=True, marks=True))
                self._send(ChangeDone(job_id, change))
            case Search(job_id, query):
                self._send(SearchFinished(job_id, query.text, "fake-tiny", 1.0, ()))
            case Locate(job_id, photo_id, texts, _image):
                heat = np.zeros(4, np.float32).tobytes()
                box = (0.0, 0.0, 0.5, 0.5)
                places = tuple(LocatedPhrase(text, 0.9, box, heat) for text in texts)
                self._send(PhotoLocated(job_id, photo_id, 2, 2, places))
            case OpenPhoto(job_id, photo_id):
                pixels = make_image("red", (4, 3)).tobytes()
                self._send(PhotoOpened(job_id, photo_id, 4, 3, 4, 3, pixels))


def run_fake_engine(
    connection: Connection, settings_dict: dict[str, Any], library_dir: str, model_dir: str
) -> None:
    """A process with a ``FakeEngine``: a target for ``EngineLink``."""
    engine = FakeEngine(connection.send)
    while not engine.stopping:
        try:
            engine.receive(connection.recv())
        except EOFError:
            return
