"""Filters that are turned round: "not from 2023", 除了2020年, "except christmas 2020"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.asking import Filters, Period
from app.core.language.days_left import leave_a_day, opposite
from app.core.language.filter_words import parse_filter
from app.core.queries import parse_query

TODAY = date(2026, 11, 25)


def _but(first: str, last: str) -> tuple[Period, ...]:
    """All days but those from one to another."""
    before = date.fromisoformat(first) - timedelta(days=1)
    after = date.fromisoformat(last) + timedelta(days=1)
    return ((None, before.isoformat()), (after.isoformat(), None))


BUT_2023 = _but("2023-01-01", "2023-12-31")
BUT_2025 = _but("2025-01-01", "2025-12-31")


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("not 2023", BUT_2023),
        ("but not in 2023", BUT_2023),
        ("photos not from 2023", BUT_2023),
        ("except photos from 2023", BUT_2023),
        ("everything except 2023", BUT_2023),
        ("other than 2023", BUT_2023),
        ("apart from 2023", BUT_2023),
        ("not taken in 2023", BUT_2023),
        ("that I didn't take in 2023", BUT_2023),
        ("exclude 2023", BUT_2023),
        ("nothing from 2023", BUT_2023),
        ("2023 excluded", BUT_2023),
        ("-2023", BUT_2023),
        ("–2023年", BUT_2023),
        ("-2023-05", _but("2023-05-01", "2023-05-31")),
        ("-last summer", _but("2025-06-01", "2025-08-31")),
        ("-去年夏天", _but("2025-06-01", "2025-08-31")),
        ("不是2023年的", BUT_2023),
        ("2023年以外的", BUT_2023),
        ("除了2023年", BUT_2023),
        ("除了2023年以外的照片", BUT_2023),
        ("除去年以外", BUT_2025),
        ("2023年除外", BUT_2023),
        ("去年的不要", BUT_2025),
        ("不要2023年", BUT_2023),
        ("不在2023年拍的", BUT_2023),
        ("没在2023年拍的", BUT_2023),
        ("not 2020 or 2021", _but("2020-01-01", "2021-12-31")),
        ("2022年和2023年以外的", _but("2022-01-01", "2023-12-31")),
        ("not before 2020", (("2020-01-01", None),)),
        ("not after 2020", ((None, "2020-12-31"),)),
        ("from 2020 to 2022 but not 2021",
         (("2020-01-01", "2020-12-31"), ("2022-01-01", "2022-12-31"))),
        ("except christmas 2020", _but("2020-12-24", "2020-12-26")),
        ("except new year 2020",
         ((None, "2019-12-31"), ("2020-01-02", "2020-12-30"), ("2021-01-01", None))),
        ("除了2020年春节以外的照片", _but("2020-01-24", "2020-01-31")),
    ],
)  # fmt: skip
def test_days_are_left_out(typed: str, taken: tuple[Period, ...]) -> None:
    query = parse_query(f"a dog, {typed}", TODAY)
    assert (query.text, query.misread) == ("a dog", ())
    assert query.filters == Filters(taken=taken)


@pytest.mark.parametrize(
    ("typed", "filters"),
    [
        ("not in December", Filters(yearly=(("01-01", "11-30"),))),
        ("不在12月拍的", Filters(yearly=(("01-01", "11-30"),))),
        ("not at christmas", Filters(yearly=(("12-27", "12-23"),))),
        ("not in December and January", Filters(yearly=(("02-01", "11-30"),))),
        ("not on weekends", Filters(weekdays=(0, 1, 2, 3, 4))),
        ("not in portrait orientation", Filters(orientations=("landscape", "square"))),
    ],
)
def test_days_of_every_year_and_week_and_shapes_are_left_out(typed: str, filters: Filters) -> None:
    query = parse_query(f"dogs, {typed}", TODAY)
    assert (query.text, query.filters, query.misread) == ("dogs", filters, ())
    assert parse_filter(typed, TODAY) == filters


@pytest.mark.parametrize(
    "negated",
    ["-type:png", "no jpeg files", "not jpeg or png files", "-folder:trips", "not at Easter",
     "not taken with a Nikon", "png格式以外的"],
)  # fmt: skip
def test_what_no_filter_says_the_other_way_is_named(negated: str) -> None:
    query = parse_query(f"a dog {negated}", TODAY)
    assert (query.text, query.filters) == ("a dog", Filters())
    assert [error.params["filter"] for error in query.misread] == [negated]
    assert "before:2023" in str(query.misread[0])


@pytest.mark.parametrize(
    "typed", ["nothing but sky", "celebrating christmas", "a sign without christmas lights"]
)
def test_words_that_leave_out_no_day_stay(typed: str) -> None:
    assert parse_query(typed, TODAY).filters == Filters()


_DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31)).map(date.isoformat)
_PERIODS = st.tuples(_DAYS, _DAYS).map(sorted).map(tuple)
_YEARLY = st.sampled_from(["01-01", "02-29", "03-01", "12-24", "12-31"])
_ANY_DAYS = st.one_of(
    st.lists(_PERIODS, min_size=1, max_size=3).map(lambda taken: Filters(taken=tuple(taken))),
    st.tuples(_YEARLY, _YEARLY).map(lambda days: Filters(yearly=(days,))),
    st.sets(st.integers(0, 6), min_size=1, max_size=6).map(
        lambda days: Filters(weekdays=tuple(sorted(days)))
    ),
    st.tuples(_PERIODS, _YEARLY, _YEARLY).map(
        lambda each: Filters(taken=(each[0],), yearly=(each[1:],))
    ),
)


@given(_ANY_DAYS, _DAYS)
def test_a_day_passes_a_filter_or_its_opposite(filters: Filters, day: str) -> None:
    others = opposite(filters)
    on_day = Filters(taken=((day, day),))
    if others is not None:
        assert leave_a_day(filters, on_day) != leave_a_day(others, on_day)
    elif filters.taken:
        pytest.fail("days of years are always left by others")
    else:
        assert leave_a_day(filters, on_day)


def test_filters_of_several_kinds_have_no_opposite() -> None:
    year = Filters(taken=(("2023-01-01", "2023-12-31"),))
    assert opposite(Filters()) is None
    assert opposite(replace(year, min_rating=4)) is None
    assert opposite(Filters(taken=(("2023-01-01", None),), yearly=(("05-01", "05-31"),))) is None
    assert opposite(Filters(weekdays=tuple(range(7)))) is None
