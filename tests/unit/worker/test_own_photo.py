"""The photo a box is drawn in, and phrases that are looked for in an open photo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.asking import Filters, ImageQuery, Query
from app.core.messages import Locate, PhotoLocated, Search, SearchFinished, SearchRefined
from app.worker import searcher
from tests.engine_bench import EngineBench
from tests.unit.worker.region_album import opened_album, photo_id, refined, save_scene


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineBench]:
    with opened_album(tmp_path_factory.mktemp("regions")) as opened:
        yield opened


CORNER = (0.0, 0.0, 0.25, 0.25)


@pytest.mark.parametrize("box", [None, CORNER])
@pytest.mark.parametrize("by_path", [False, True])
def test_the_photo_that_a_box_is_in_comes_first_with_the_box(
    bench: EngineBench,
    monkeypatch: pytest.MonkeyPatch,
    by_path: bool,
    box: tuple[float, float, float, float] | None,
) -> None:
    own = photo_id(bench, "plain-17")
    picture = ImageQuery(photo_id=own, box=box)
    if by_path:
        path = bench.engine.library.photo(own).absolute_path
        picture = ImageQuery(path=path, box=box)
    for most in (2000, 4):  # all photos are judged, or the likeliest
        for name in ("ALL_PHOTOS", "ALL_PHOTO_VECTORS", "_FROM_FIRST_STEP", "_FROM_REGIONS"):
            monkeypatch.setattr(searcher, name, most)
        job_id = bench.new_id()
        bench.send(Search(job_id, Query(images=(picture,)), 1))
        first = bench.until(SearchFinished, job_id=job_id).hits[0]
        (hit,) = bench.until(SearchRefined, job_id=job_id).hits
        assert first.photo_id == hit.photo_id == own, "as white as two dozen others"
        assert hit.match == "good"
        assert (hit.images[0].region, hit.region) == (box, box)
    elsewhere = Query(images=(picture,), filters=Filters(names=("green",)))
    assert own not in [hit.photo_id for hit in refined(bench, elsewhere)]


@pytest.mark.parametrize("name", ["red-left-0", "red-blue-0", "green-0", "plain-0"])
@pytest.mark.parametrize("text", ["red thing", "red thing on the left", "blue thing"])
def test_a_phrase_fits_an_open_photo_as_well_as_the_search_says(
    bench: EngineBench, name: str, text: str
) -> None:
    own = photo_id(bench, name)
    found = next(hit for hit in refined(bench, Query(text)) if hit.photo_id == own)
    job_id = bench.new_id()
    bench.send(Locate(job_id, own, (text,)))
    (place,) = bench.until(PhotoLocated, job_id=job_id).places
    assert place.score == pytest.approx(found.phrases[0].score, abs=1e-3)


def test_a_picture_from_elsewhere_fits_as_well_as_one_of_the_library(
    bench: EngineBench, tmp_path: Path
) -> None:
    save_scene(tmp_path, "red", {"left": "red"})
    picture = ImageQuery(path=bytes(tmp_path / "red.png"))
    bench.send(Locate(7101, -1, ("red thing", "blue thing"), picture))
    red, blue = bench.until(PhotoLocated, job_id=7101).places
    assert blue.score < 0.5 <= red.score
