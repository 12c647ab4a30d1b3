"""Photo sets with damaged archives, records and pictures: each one is named."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.unit.trainer.small_runs import stage_two
from trainer.data.photo_sources import PhotoSource
from trainer.data.photos import PhotoSet
from trainer.distributed import Group
from trainer.errors import DataError, SampleError
from trainer.evaluation.photo_sets import classes
from trainer.loop import open_data
from trainer.starts import sample_patches
from trainer.vocabulary import train_vocabulary

GOOD = {"file": "a.png", "width": 48, "height": 40, "split": "train"}
BAD_LINES: list[bytes] = [
    b"{not json",
    b"[1]",
    b"\xff\xfe",
    json.dumps(GOOD).encode(),
    json.dumps(GOOD | {"label_en": " ", "label_zh": "x"}).encode(),
    json.dumps(GOOD | {"captions_en": [""], "captions_zh": ["x"]}).encode(),
    json.dumps(GOOD | {"captions_en": "a text", "captions_zh": ["x"]}).encode(),
    json.dumps(GOOD | {"label_en": "a", "label_zh": "x", "width": "wide"}).encode(),
    json.dumps(GOOD | {"label_en": "a", "label_zh": "x", "width": float("inf")}).encode(),
    json.dumps(GOOD | {"label_en": "a", "label_zh": "x", "box": [0, 0, 40, 30]}).encode(),
    100_000 * b"[",
]


def _write(folder: Path, *lines: bytes, **pictures: bytes) -> None:
    (folder / "own.jsonl.gz").write_bytes(gzip.compress(b"\n".join(lines) + b"\n"))
    with zipfile.ZipFile(folder / "own.zip", "w") as archive:
        for stem, data in pictures.items():
            archive.writestr(f"{stem}.png", data)


def test_damaged_records_are_left_out_and_named(photo_sets: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(photo_sets / "fruit.zip") as archive:
        picture = archive.read("fruit-000.png")
    good = json.dumps(GOOD | {"label_en": "red apple", "label_zh": "红苹果"}).encode()
    _write(tmp_path, good, b"", *BAD_LINES, a=picture)
    photos = PhotoSet(tmp_path, "train", None, 40)
    assert len(photos) == 1
    assert photos.picture(0).size == (48, 40)
    numbers = [int(name.rpartition("line ")[2]) for name in photos.unreadable]
    assert numbers == list(range(3, 3 + len(BAD_LINES)))
    assert all(message.startswith(name) for name, message in photos.unreadable.items())
    boxed = photos.unreadable[f"{tmp_path / 'own.jsonl.gz'}, line 12"]
    assert "box is [0, 0, 40, 30], far outside of 0..1: divide" in boxed
    with pytest.raises(DataError, match=r"11 records cannot be used.*line 3"):
        classes(tmp_path, tmp_path, 16, "train")


def test_a_set_of_damaged_records_alone_says_what_is_wrong_with_them(tmp_path: Path) -> None:
    record = GOOD | {"label_en": "red apple", "label_zh": "红苹果", "box": [0, 0, 40, 30]}
    _write(tmp_path, json.dumps(record).encode(), json.dumps(record).encode())
    with pytest.raises(DataError, match=r"2 records cannot be used, .*line 1: box is \[0, 0, 40"):
        PhotoSet(tmp_path, "train")


def test_each_unreadable_picture_counts_once(photo_sets: Path, tmp_path: Path) -> None:
    records: list[dict[str, Any]] = [
        GOOD | {"file": f"{stem}.png", "label_en": f"thing {stem}", "label_zh": stem}
        for stem in "abcd"
    ]
    with zipfile.ZipFile(photo_sets / "fruit.zip") as archive:
        picture = archive.read("fruit-000.png")
    lines = [json.dumps(record).encode() for record in records]
    _write(tmp_path, *lines, BAD_LINES[0], a=picture, b=b"broken", c=picture[:90])
    (tmp_path / "run").mkdir()
    vocabulary = train_vocabulary(["abc def ghi"] * 30, 280)
    (tmp_path / "run" / "tokenizer.model").write_bytes(vocabulary)
    recipe = stage_two(
        tmp_path, "sources={'photos': 1.0}", "archive_weights={'own': 1.0}", "vocab_size=280"
    )
    data = open_data(recipe, tmp_path / "run", Group(0, 1))
    data.maker.make(0)
    named = {Path(name).name for name in data.unreadable}
    assert named == {"own.jsonl.gz, line 5", "b.png", "c.png", "d.png"}
    assert data.photos is not None
    assert len(sample_patches(data.photos, 0))  # the readable one, by the rule of its size


def test_damaged_archives_are_refused(photo_sets: Path, tmp_path: Path) -> None:
    good = json.dumps(GOOD | {"label_en": "a", "label_zh": "x"}).encode()
    _write(tmp_path, good)
    (tmp_path / "own.zip").write_bytes(b"no zip")
    with pytest.raises(DataError, match=r"own\.zip cannot be read"):
        PhotoSet(tmp_path, "train")
    with pytest.raises(DataError, match=r"gone\.jsonl\.gz cannot be read"):
        PhotoSet(tmp_path, "train", ["gone"])
    whole = (tmp_path / "own.jsonl.gz").read_bytes()
    (tmp_path / "own.jsonl.gz").write_bytes(whole[:-12])
    with pytest.raises(DataError, match=r"own\.jsonl\.gz cannot be read"):
        PhotoSet(tmp_path, "train", ["own"])
    photos = PhotoSet(photo_sets, "train", ["people"], 40)
    with pytest.raises(SampleError, match=r"people\.zip/people-003\.png: "):
        photos.picture(3)
    assert len(PhotoSource(photos, {"people": 1.0})) == 12
