"""Festivals that move: their days in years that are known from calendars."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from app.core.moving_festivals import days_of_festival, festival_in, moving_names


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("easter sunday", "1961-04-02 1999-04-04 2000-04-23 2008-03-23 2011-04-24 2019-04-21"
         " 2020-04-12 2021-04-04 2024-03-31 2025-04-20 2038-04-25"),
        ("good friday", "2020-04-10 2021-04-02 2024-03-29"),
        ("easter monday", "2020-04-13 2024-04-01"),
        ("mother's day", "2020-05-10 2021-05-09 2022-05-08 2023-05-14 2024-05-12"),
        ("father's day", "2020-06-21 2021-06-20 2024-06-16"),
        ("thanksgiving", "2021-11-25 2022-11-24 2023-11-23 2024-11-28"),
        ("spring festival's eve", "2000-02-04 2020-01-24 2024-02-09"),
        ("spring festival's day", "1985-02-20 2000-02-05 2012-01-23 2020-01-25 2021-02-12"
         " 2022-02-01 2023-01-22 2024-02-10 2025-01-29"),
        ("lantern festival", "2020-02-08 2022-02-15 2023-02-05 2024-02-24"),
        ("dragon boat festival", "2020-06-25 2021-06-14 2022-06-03 2023-06-22 2024-06-10"
         " 2025-05-31"),
        ("mid-autumn festival", "1978-09-17 2020-10-01 2021-09-21 2022-09-10 2023-09-29"
         " 2024-09-17 2025-10-06"),
        ("double seventh festival", "2006-07-31 2020-08-25 2021-08-14 2022-08-04 2023-08-22"
         " 2024-08-10"),
        ("ghost festival", "2020-09-02 2023-08-30 2024-08-18"),
        ("double ninth festival", "2020-10-25 2021-10-14 2022-10-04 2023-10-23 2024-10-11"),
    ],
)  # fmt: skip
def test_days_that_are_known(name: str, days: str) -> None:
    for day in days.split():
        assert festival_in(name, int(day[:4])) == (day, day)


def test_festivals_of_several_days() -> None:
    assert festival_in("easter", 2021) == ("2021-04-02", "2021-04-05")
    assert festival_in("spring festival", 2024) == ("2024-02-09", "2024-02-16")
    assert festival_in("spring festival", 1929) is None
    assert festival_in("spring festival", 2061) is None
    assert len(days_of_festival("easter")) == 2060 - 1930 + 1


def test_every_year_has_each_within_its_season() -> None:
    """Nothing in the table is out of place: a lunar year lasts 12 or 13 months of 29 or 30 days."""
    for name in ("spring festival", "dragon boat festival", "mid-autumn festival"):
        first_days = [date.fromisoformat(first) for first, _ in days_of_festival(name)]
        for day, following in pairwise(first_days):
            assert (following - day).days in (353, 354, 355, 383, 384, 385)
    years = range(1930, 2061)
    for name in moving_names():
        assert [int(first[:4]) for first, _ in days_of_festival(name)] == list(years)
    for year in years:
        new_year, dragons, autumn = (
            date.fromisoformat(found[-1])
            for name in ("lantern festival", "dragon boat festival", "mid-autumn festival")
            if (found := festival_in(name, year)) is not None
        )
        assert (dragons - new_year).days + 14 in range(4 * 29 + 3, 5 * 30 + 6)
        assert (autumn - dragons).days in range(97, 130)
        sevens, nines = (
            date.fromisoformat(found[-1])
            for name in ("double seventh festival", "double ninth festival")
            if (found := festival_in(name, year)) is not None
        )
        assert (autumn - sevens).days in (37, 38, 66, 67, 68)
        assert (nines - autumn).days in (23, 24, 53, 54)
