"""Batches made ahead by processes: those that a thread makes, with all that is said about them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from fgclip2.images import patchify
from tests.unit.trainer.small_runs import SIZES
from trainer.data.batches import prefetch
from trainer.data.packing import Batch, normalised, pack
from trainer.data.photos import PhotoSet
from trainer.distributed import Group
from trainer.errors import DataError, RecipeError, SampleError
from trainer.loop import Data, open_data, train
from trainer.recipes import resolve

SMALL = [
    *SIZES, "batch_size=12", "steps=3", "warmup_steps=1", "patches=((0.0, 9),)", "precision=f32",
    "archive_weights={'fruit': 0.8, 'people': 0.2}", "sources={'photos': 1.0}", "optimizer=adamw",
]  # fmt: skip
ALONE = Group(0, 1)
# On machines with fewer cores than processes.
pytestmark = pytest.mark.filterwarnings("ignore:This DataLoader will create")


@pytest.fixture
def data(photo_sets: Path, tmp_path: Path) -> Data:
    return open_data(resolve("tiny", [*SMALL, f"photos={photo_sets}"]), tmp_path, ALONE)


def test_processes_make_what_a_thread_makes(data: Data) -> None:
    by_processes = list(prefetch(data.maker, 2, 9, 3))
    for one, other in zip(prefetch(data.maker, 2, 9), by_processes, strict=True):
        assert torch.equal(one.levels_BPV, other.levels_BPV)
        assert torch.equal(one.short.ids_UL, other.short.ids_UL)
        assert one.shapes == other.shapes
    assert not multiprocessing.active_children()


def test_a_run_with_processes_equals_one_without(photo_sets: Path, tmp_path: Path) -> None:
    recipe = resolve("tiny", [*SMALL, f"photos={photo_sets}"])
    folders = [
        train(replace(recipe, data_processes=n), tmp_path / str(n), resume=False) for n in (0, 2)
    ]
    one, other = ((folder / "model.safetensors").read_bytes() for folder in folders)
    assert one == other


def test_what_processes_cannot_read_is_named_here(data: Data) -> None:
    assert not data.unreadable
    list(prefetch(data.maker, 0, 12, 2))
    assert [name for name in data.unreadable if name.endswith("people-003.png")]


def test_processes_end_where_batches_are_no_longer_wanted(data: Data) -> None:
    with closing(prefetch(data.maker, 0, 50, 2)) as batches:
        next(batches)
        assert len(multiprocessing.active_children()) == 2
    assert not multiprocessing.active_children()


class _Failing:
    """Makes no batch but an error."""

    def __init__(self, error: Exception | None) -> None:
        self.unreadable: dict[str, str] = {}
        self._error = error

    def make(self, step: int) -> Batch:
        if self._error is None:
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError
        raise self._error


@pytest.mark.parametrize("n_processes", [0, 2])
@pytest.mark.parametrize("error", [DataError("no photos: look"), SampleError("a.jpg", "broken")])
def test_an_error_is_the_same_wherever_it_happens(n_processes: int, error: Exception) -> None:
    with pytest.raises(type(error)) as raised:
        list(prefetch(_Failing(error), 0, 4, n_processes))
    assert str(raised.value) == str(error)


def test_a_process_that_is_killed_is_an_error_with_advice() -> None:
    with pytest.raises(DataError, match=r"set data_processes lower than 2 if memory ran out"):
        list(prefetch(_Failing(None), 0, 4, 2))


def test_processes_are_refused_where_there_is_no_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    resolve("tiny", [])
    with pytest.raises(RecipeError, match="data_processes is 2; set it to 0: this system"):
        resolve("tiny", ["data_processes=2"])


def test_a_forked_process_reads_archives_of_its_own(photo_sets: Path) -> None:
    photos = PhotoSet(photo_sets, "train", ["fruit"], 40)
    opened = photos._zips["fruit"]

    def read() -> None:
        photos.picture(0)
        os._exit(7 if photos._zips["fruit"] is not opened else 1)

    process = multiprocessing.get_context("fork").Process(target=read)
    process.start()
    process.join(30)
    assert process.exitcode == 7
    photos.picture(1)
    assert photos._zips["fruit"] is opened


def test_levels_become_what_the_encoders_take() -> None:
    levels = np.arange(16 * 16 * 3, dtype=np.uint16).astype(np.uint8).reshape(16, 16, 3)
    picture = Image.fromarray(levels)
    packed, mask, shapes = pack([picture])
    assert (packed.dtype, mask, shapes) == (torch.uint8, None, [(1, 1)])
    assert np.array_equal(normalised(packed)[0].numpy(), patchify(picture))
