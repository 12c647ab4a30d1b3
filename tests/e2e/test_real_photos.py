"""The bundled model on real photos, through the command line.

An album of 400 photos: up to 40 of each kind asked for and of kinds that are like them, photos of
the validation split first, and photos with people's captions. Figures on validation photos alone
are in the model card.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETS = ("rooms", "weather", "catsdogs")
FILLING_SET = "flickr8k"
N_PHOTOS = 400
N_OF_A_KIND = 40
N_FIRST = 10
N_FITTING = 6
QUERIES = {
    "a kitchen": "kitchen",
    "一间卧室": "bedroom",
    "sunrise": "sunrise",
    "a cat": "cat",
    "一只狗": "dog",
}


def _labels(folder: Path) -> dict[str, tuple[str, set[str]]]:
    """File name -> archive and what the photo shows, by its class or by its captions."""
    found: dict[str, tuple[str, set[str]]] = {}
    for name in SETS:
        kinds: dict[str, int] = {}
        for record in sorted(_records(folder, name), key=lambda record: record["split"] != "val"):
            kind = record["label_en"]
            kinds[kind] = kinds.get(kind, 0) + 1
            if kinds[kind] <= N_OF_A_KIND and len(found) < N_PHOTOS:
                found[record["file"]] = (name, {kind})
    for record in _records(folder, FILLING_SET):
        if record["split"] == "val" and len(found) < N_PHOTOS:
            found[record["file"]] = (FILLING_SET, _words(record))
    return found


def _records(folder: Path, name: str) -> list[dict[str, Any]]:
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _words(record: dict[str, Any]) -> set[str]:
    """What at least three of the five people who described a photo named."""
    texts = [caption.lower().replace("dogs", "dog").split() for caption in record["captions_en"]]
    return {w for words in texts for w in words if sum(w in other for other in texts) >= 3}


def _finelens(*arguments: str, library: Path) -> dict[str, object]:
    command = [sys.executable, "-m", "app", *arguments, "--library", str(library), "--json"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stderr
    result: dict[str, object] = json.loads(ended.stdout)
    return result


@pytest.fixture(scope="module")
def library(shared_photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of 400 photos in a folder with a Chinese name, indexed by the command line."""
    labels = _labels(shared_photos)
    folder = tmp_path_factory.mktemp("real") / "照片 假期"
    folder.mkdir()
    for file, (archive, _) in labels.items():
        with zipfile.ZipFile(shared_photos / f"{archive}.zip") as zipped:
            zipped.extract(file, folder)
    library = tmp_path_factory.mktemp("library")
    summary = _finelens("index", str(folder), library=library)
    assert (summary["found"], summary["indexed"], summary["problems"]) == (N_PHOTOS, N_PHOTOS, [])
    return library


@pytest.mark.timeout(300)
def test_most_of_the_first_ten_fit(library: Path, shared_photos: Path) -> None:
    """All questions in one test: with one each, several test processes would index the photos."""
    labels = _labels(shared_photos)
    unfit: dict[str, list[list[str]]] = {}
    for query, wanted in QUERIES.items():
        found = _finelens("search", query, "--limit", str(N_FIRST), library=library)
        results = found["results"]
        assert isinstance(results, list)
        assert len(results) == N_FIRST
        names = [Path(result["path"]).name for result in results]
        if sum(wanted in labels[name][1] for name in names) < N_FITTING:
            unfit[query] = [sorted(labels[name][1]) for name in names]
    assert unfit == {}
