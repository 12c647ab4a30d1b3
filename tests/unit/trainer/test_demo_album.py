"""The committed demo album is what its script draws, and small."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scripts.build_demo_album import EXIF_DATE_TAKEN, EXIF_FOLDER, SPECS, draw, facts, read_specs
from scripts.build_demo_album import taken_at as date_of

DEMO = Path(__file__).resolve().parents[3] / "resources" / "demo"
MAX_BYTES = 6_000_000


@pytest.fixture(scope="module")
def photos() -> list[dict]:  # type: ignore[type-arg]
    return json.loads((DEMO / "album.json").read_text(encoding="utf-8"))["photos"]


def test_album_has_48_small_pictures(photos: list[dict]) -> None:  # type: ignore[type-arg]
    files = sorted(path.name for path in (DEMO / "album").iterdir())
    assert files == sorted(photo["file"] for photo in photos)
    assert len(files) == 48
    assert sum(path.stat().st_size for path in (DEMO / "album").iterdir()) < MAX_BYTES
    assert {Path(name).suffix for name in files} == {".jpg", ".webp"}
    assert len({photo["style"] for photo in photos}) == 7
    assert len({photo["background"] for photo in photos}) == 16


def test_pictures_have_their_size_and_date(photos: list[dict]) -> None:  # type: ignore[type-arg]
    for index, photo in enumerate(photos):
        with Image.open(DEMO / "album" / photo["file"]) as image:
            assert list(image.size) == photo["size_px"]
            assert 768 <= max(image.size) <= 1024
            stamp = image.getexif().get_ifd(EXIF_FOLDER)[EXIF_DATE_TAKEN]
        assert stamp == date_of(index).strftime("%Y:%m:%d %H:%M:%S")


def test_boxes_and_texts_are_there(photos: list[dict]) -> None:  # type: ignore[type-arg]
    for photo in photos:
        assert photo["short"]["en"].endswith(".")
        assert photo["short"]["zh"].endswith("。")
        assert photo["objects"]
        for each in photo["objects"]:
            x0, y0, x1, y1 = each["box"]
            assert 0 <= x0 < x1 <= 1
            assert 0 <= y0 < y1 <= 1
            assert each["phrase"]["en"]
            assert each["phrase"]["zh"]


@pytest.mark.parametrize("index", [0, 22, 41])
def test_script_draws_what_is_committed(index: int, photos: list[dict]) -> None:  # type: ignore[type-arg]
    spec = read_specs(SPECS.read_text(encoding="utf-8"))[index]
    scene = draw(spec)
    photo = photos[index]
    assert facts(photo["file"], spec, scene, date_of(index)) == photo
    with Image.open(DEMO / "album" / photo["file"]) as image:
        committed = np.asarray(image.convert("RGB"), dtype=np.int16)
    drawn = np.asarray(scene.image, dtype=np.int16)
    assert np.abs(committed - drawn).mean() < 4  # only what the file format lost


def test_a_wrong_line_is_named() -> None:
    with pytest.raises(ValueError, match="no such kind: unicorn"):
        read_specs("a 10x10 beach:0 flat 1 | unicorn red")
