"""Filters taken out of the words that say them."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest

from app.core.asking import Filters
from app.core.queries import parse_query
from app.core.taking_out import without_filter, without_misread

TODAY = date(2026, 11, 25)


def without(text: str, **left: object) -> str:
    """A text without a filter; ``left``: what is to stay in the fields that change."""
    filters = parse_query(text, TODAY).filters
    return without_filter(text, replace(filters, **left), TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("red umbrella in 2023, wet street", "red umbrella, wet street"),
        ("penguins, 2023, red", "penguins, red"),
        ("photos from last summer of a dog", "photos of a dog"),
        ("summer 2023 after 2023-07-10, a dog", "a dog"),
        ("2023 in 2023 dogs", "dogs"),
        ('"2023" sign in 2023', '"2023" sign'),
        ("christmas 2023 tree", "christmas, tree"),
        ("a dog (2023)", "a dog"),
        ("2023. a dog", "a dog"),
        ("雪地里的企鹅，2023年", "雪地里的企鹅"),
        ("去年夏天在海边", "在海边"),
        ("狗、2023年、猫", "狗、猫"),
        ("猫，2023年，不要狗", "猫，不要狗"),
        ("2023", ""),
    ],
)
def test_words_of_a_date_go_and_the_rest_stays(text: str, expected: str) -> None:
    said = without(text, taken=())
    assert said == expected
    before, after = parse_query(text, TODAY), parse_query(said, TODAY)
    assert after.phrases == before.phrases or before.text.startswith("photos from")
    assert after.filters == replace(before.filters, taken=())


def test_one_of_several_goes_and_the_others_stay() -> None:
    several = "2022, 2024 dogs, camera:nikon, rating>=4, vertical photos"
    year = ("2024-01-01", "2024-12-31")
    assert without(several, taken=(year,)) == "2024 dogs, camera:nikon, rating>=4, vertical photos"
    assert without(several, cameras=()) == "2022, 2024 dogs, rating>=4, vertical photos"
    assert without(several, min_rating=0) == "2022, 2024 dogs, camera:nikon, vertical photos"
    assert without(several, orientations=()) == "2022, 2024 dogs, camera:nikon, rating>=4, photos"
    assert without("Sundays in 2023", weekdays=()) == "in 2023"
    assert without("Sundays in 2023", taken=()) == "Sundays"


def test_words_that_say_two_at_once_go_whole() -> None:
    assert without("2019 or 2021 dogs", taken=(("2021-01-01", "2021-12-31"),)) == "dogs"
    assert without("type:jpg,png a dog", formats=("png",)) == "a dog"


def test_any_filter_can_be_taken_out() -> None:
    text = (
        "a dog, folder:trips name:beach camera:canon is:favourite type:png rating>=4"
        " orientation:square in 2023 at christmas on Mondays"
    )
    filters = parse_query(text, TODAY).filters
    said = [field.name for field in fields(Filters) if getattr(filters, field.name)]
    assert len(said) == len(fields(Filters)) - 1, "all but the numbers of folders can be said"
    empty = Filters()
    for name in said:
        left = replace(filters, **{name: getattr(empty, name)})
        after = parse_query(without_filter(text, left, TODAY), TODAY)
        assert (after.filters, [each.text for each in after.phrases]) == (left, ["a dog"])


def test_words_that_are_no_filter_go() -> None:
    text = "a dog date:2023-13, rating:9 by the sea"
    assert without_misread(text, 0, TODAY) == "a dog, rating:9 by the sea"
    assert without_misread(text, 1, TODAY) == "a dog date:2023-13, by the sea"
    assert without_misread("since May, until 2020", 0, TODAY) == "since May"


def test_a_text_that_is_too_long_to_be_read_keeps_its_end() -> None:
    text = "a dog in 2023, " + "very " * 500 + "late"
    said = without(text, taken=())
    assert said.startswith("a dog, very")
    assert said.endswith("late")


def test_a_filter_that_the_words_do_not_say_changes_nothing() -> None:
    assert without("a dog in 2023") == "a dog in 2023"
    assert without("a dog in 2023", favourite=True) == "a dog in 2023"
