"""An album of drawn scenes whose regions are known: coloured squares on white."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.core.asking import Query
from app.core.messages import Hit, Search, SearchFinished, SearchRefined
from tests.engine_bench import EngineBench
from tests.fakes import COLOURS, make_image

SIDE = 320
PLACES = {"left": (16, 112, 112, 208), "right": (208, 112, 304, 208)}
WHITE = "white"


def save_scene(folder: Path, name: str, things: dict[str, str]) -> None:
    """A white picture with a coloured square at each of some places."""
    picture = make_image(WHITE, (SIDE, SIDE))
    for place, colour in things.items():
        picture.paste(COLOURS[colour], PLACES[place])
    picture.save(folder / f"{name}.png")


@contextmanager
def opened_album(base: Path) -> Iterator[EngineBench]:
    """An engine with an album of 40 scenes, indexed with regions."""
    folder = base / "album"
    folder.mkdir()
    for number in range(4):
        save_scene(folder, f"red-left-{number}", {"left": "red"})
        save_scene(folder, f"red-right-{number}", {"right": "red"})
        save_scene(folder, f"red-blue-{number}", {"left": "red", "right": "blue"})
        save_scene(folder, f"green-{number}", {"left": "green"})
    for number in range(24):
        save_scene(folder, f"plain-{number}", {})
    with EngineBench(base / "library") as opened:
        opened.index(folder)
        yield opened


def refined(bench: EngineBench, query: Query, limit: int = 100) -> tuple[Hit, ...]:
    job_id = bench.new_id()
    bench.send(Search(job_id, query, limit))
    first = bench.until(SearchFinished, job_id=job_id)
    assert first.refining
    return bench.until(SearchRefined, job_id=job_id).hits


def names(bench: EngineBench, hits: tuple[Hit, ...]) -> list[str]:
    photos = bench.engine.library.photos([hit.photo_id for hit in hits])
    return [photo.path.decode().removesuffix(".png") for photo in photos]


def photo_id(bench: EngineBench, name: str) -> int:
    library = bench.engine.library
    return next(
        photo.id
        for photo in library.photos(library.photo_ids())
        if photo.path.decode() == f"{name}.png"
    )


def unit_box(place: str) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (side / SIDE for side in PLACES[place])
    return x0, y0, x1, y1
