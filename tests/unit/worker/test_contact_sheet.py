"""Contact sheets: the parts of a question are told apart, in the legend and on the photos."""

from __future__ import annotations

import io
from itertools import combinations

import pytest
from PIL import Image, ImageColor, ImageDraw

from app.core.messages import Hit, PhraseHit
from app.core.part_marks import MAX_PIECES, PART_COLORS, part_color
from app.worker import contact_sheet
from tests.unit.ui.samples import photo

N_MARKS = MAX_PIECES * len(PART_COLORS)
BOX = (0.2, 0.2, 0.8, 0.8)


def sheet(names: list[str], number: int) -> Image.Image:
    """A sheet of one photo on which the place of one phrase is framed."""
    phrases = tuple(
        PhraseHit(name, 0.9 if at == number else 0.0, BOX) for at, name in enumerate(names)
    )
    found = [(Hit(1, 0.9, "good", BOX, phrases), photo(1))]
    data = contact_sheet.contact_sheet("things", names, found, {}, "png")
    return Image.open(io.BytesIO(data)).convert("RGB")


def photo_of(page: Image.Image) -> Image.Image:
    """The photo at the bottom of a page."""
    place = contact_sheet._MARGIN_PX + contact_sheet._CELL_PX
    return page.crop((0, page.height - place - 60, place, page.height))


def test_places_of_any_two_phrases_are_framed_differently() -> None:
    names = [f"thing {number}" for number in range(N_MARKS)]
    frames = [photo_of(sheet(names, number)).tobytes() for number in range(N_MARKS)]
    assert not any(one == other for one, other in combinations(frames, 2))


@pytest.mark.parametrize("number", [0, 1, N_MARKS - 1])
def test_the_frame_has_the_colour_that_it_has_in_the_window(number: int) -> None:
    page = sheet([f"thing {number}" for number in range(N_MARKS)], number)
    colours = photo_of(page).getcolors(1 << 16) or []
    assert ImageColor.getrgb(part_color(number)) in [colour for _count, colour in colours]


@pytest.mark.parametrize("name", ["a thing", "a thing with a long name"])
def test_the_legend_names_every_phrase_without_leaving_the_page(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    written: list[tuple[str, float, float]] = []
    draw_text = ImageDraw.ImageDraw.text

    def text(
        draw: ImageDraw.ImageDraw, corner: tuple[float, float], shown: str, **kwargs: object
    ) -> None:
        written.append((shown, corner[0], corner[0] + draw.textlength(shown, kwargs["font"])))
        draw_text(draw, corner, shown, **kwargs)

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", text)
    names = [f"{name} {number}" for number in range(N_MARKS)]
    page = sheet(names, 0)
    legend = [entry for entry in written if entry[0] in names]
    assert [shown for shown, _left, _right in legend] == names
    assert max(right for _shown, _left, right in legend) <= page.width - contact_sheet._MARGIN_PX
