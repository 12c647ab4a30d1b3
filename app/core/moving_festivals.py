"""Festivals that move from year to year, and on which days of a year they are.

Easter and those on the second Sunday of a month and the like are computed; those of the Chinese
calendar are listed from 1930 to 2060. In ``Filters.yearly`` such a festival stands as its name,
twice.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache

# Year, and from it on Spring Festival, Dragon Boat Festival and Mid-Autumn, MMDD each.
_LUNAR_LINES = (
    "1930 0130-0601-1006 0217-0620-0926 0206-0608-0915 0126-0528-1004 0214-0616-0923",
    "1935 0204-0605-0912 0124-0623-0930 0211-0613-0919 0131-0602-1008 0219-0621-0927",
    "1940 0208-0610-0916 0127-0530-1005 0215-0618-0924 0205-0607-0914 0125-0625-1001",
    "1945 0213-0614-0920 0202-0604-0910 0122-0623-0929 0210-0611-0917 0129-0601-1006",
    "1950 0217-0619-0926 0206-0609-0915 0127-0528-1003 0214-0615-0922 0203-0605-0911",
    "1955 0124-0624-0930 0212-0613-0919 0131-0602-0908 0218-0621-0927 0208-0610-0917",
    "1960 0128-0529-1005 0215-0617-0924 0205-0606-0913 0125-0625-1002 0213-0614-0920",
    "1965 0202-0604-0910 0121-0623-0929 0209-0612-0918 0130-0531-1006 0217-0619-0926",
    "1970 0206-0608-0915 0127-0528-1003 0215-0615-0922 0203-0605-0911 0123-0624-0930",
    "1975 0211-0614-0920 0131-0602-0908 0218-0621-0927 0207-0610-0917 0128-0530-1005",
    "1980 0216-0617-0923 0205-0606-0912 0125-0625-1001 0213-0615-0921 0202-0604-0910",
    "1985 0220-0622-0929 0209-0611-0918 0129-0531-1007 0217-0618-0925 0206-0608-0914",
    "1990 0127-0528-1003 0215-0616-0922 0204-0605-0911 0123-0624-0930 0210-0613-0920",
    "1995 0131-0602-0909 0219-0620-0927 0207-0609-0916 0128-0530-1005 0216-0618-0924",
    "2000 0205-0606-0912 0124-0625-1001 0212-0615-0921 0201-0604-0911 0122-0622-0928",
    "2005 0209-0611-0918 0129-0531-1006 0218-0619-0925 0207-0608-0914 0126-0528-1003",
    "2010 0214-0616-0922 0203-0606-0912 0123-0623-0930 0210-0612-0919 0131-0602-0908",
    "2015 0219-0620-0927 0208-0609-0915 0128-0530-1004 0216-0618-0924 0205-0607-0913",
    "2020 0125-0625-1001 0212-0614-0921 0201-0603-0910 0122-0622-0929 0210-0610-0917",
    "2025 0129-0531-1006 0217-0619-0925 0206-0609-0915 0126-0528-1003 0213-0616-0922",
    "2030 0203-0605-0912 0123-0624-1001 0211-0612-0919 0131-0601-0908 0219-0620-0927",
    "2035 0208-0610-0916 0128-0530-1004 0215-0618-0924 0204-0607-0913 0124-0527-1002",
    "2040 0212-0614-0920 0201-0603-0910 0122-0622-0928 0210-0611-0917 0130-0531-1005",
    "2045 0217-0619-0925 0206-0608-0915 0126-0529-1004 0214-0615-0922 0202-0604-0911",
    "2050 0123-0623-0930 0211-0613-0919 0201-0601-0907 0219-0620-0926 0208-0610-0916",
    "2055 0128-0530-1005 0215-0617-0924 0204-0606-0913 0124-0625-1002 0212-0614-0921",
    "2060 0202-0603-0909",
)
# Double Seven and Double Nine of the same years; a leap month may lie before or between them.
_DOUBLE_LINES = (
    "1930 0830-1030 0820-1019 0808-1008 0827-1027 0816-1016",
    "1935 0805-1006 0823-1023 0812-1012 0802-1031 0821-1021",
    "1940 0810-1009 0829-1028 0818-1018 0807-1007 0825-1025",
    "1945 0814-1014 0803-1003 0822-1022 0811-1011 0801-1030",
    "1950 0820-1019 0809-1009 0826-1027 0816-1016 0805-1005",
    "1955 0824-1024 0812-1012 0802-1031 0821-1021 0810-1010",
    "1960 0828-1028 0817-1018 0806-1007 0825-1025 0814-1014",
    "1965 0803-1003 0822-1022 0812-1012 0731-1030 0819-1019",
    "1970 0808-1008 0827-1027 0815-1015 0805-1004 0824-1023",
    "1975 0813-1013 0802-1031 0821-1021 0810-1010 0829-1029",
    "1980 0817-1017 0806-1006 0825-1025 0815-1014 0803-1003",
    "1985 0822-1022 0812-1012 0830-1031 0818-1019 0808-1008",
    "1990 0826-1026 0816-1016 0805-1004 0824-1023 0813-1013",
    "1995 0802-1101 0820-1020 0809-1010 0828-1028 0817-1017",
    "2000 0806-1006 0825-1025 0815-1014 0804-1004 0822-1022",
    "2005 0811-1011 0731-1030 0819-1019 0807-1007 0826-1026",
    "2010 0816-1016 0806-1005 0823-1023 0813-1013 0802-1002",
    "2015 0820-1021 0809-1009 0828-1028 0817-1017 0807-1007",
    "2020 0825-1025 0814-1014 0804-1004 0822-1023 0810-1011",
    "2025 0829-1029 0819-1018 0808-1008 0826-1026 0816-1016",
    "2030 0805-1005 0824-1024 0812-1012 0801-1001 0820-1020",
    "2035 0810-1009 0828-1027 0817-1017 0807-1007 0826-1026",
    "2040 0814-1014 0803-1003 0822-1022 0811-1011 0731-1029",
    "2045 0819-1018 0808-1008 0827-1027 0816-1016 0805-1005",
    "2050 0823-1024 0812-1013 0801-1030 0820-1020 0810-1009",
    "2055 0829-1028 0817-1017 0806-1006 0825-1025 0814-1014",
    "2060 0802-1002",
)
_LUNAR_FIRST_YEAR = 1930
_LUNAR, _DOUBLE = (
    tuple(days for line in lines for days in line.split()[1:])
    for lines in (_LUNAR_LINES, _DOUBLE_LINES)
)


def moving_names() -> tuple[str, ...]:
    """Return the names that these festivals have in filters."""
    return tuple(_FESTIVALS)


def is_moving(name: str) -> bool:
    """Tell whether a day of ``Filters.yearly`` is the name of such a festival."""
    return name in _FESTIVALS


@cache
def days_of_festival(name: str) -> tuple[tuple[str, str], ...]:
    """Return the first and last day of a festival, YYYY-MM-DD, in all years that are known."""
    days, first, last = _FESTIVALS[name]
    years = range(_LUNAR_FIRST_YEAR, _LUNAR_FIRST_YEAR + len(_LUNAR))
    return tuple(
        (
            (days(year) + timedelta(days=first)).isoformat(),
            (days(year) + timedelta(days=last)).isoformat(),
        )
        for year in years
    )


def festival_in(name: str, year: int) -> tuple[str, str] | None:
    """Return the first and last day of a festival in a year; None where it is not known."""
    at = year - _LUNAR_FIRST_YEAR
    return days_of_festival(name)[at] if 0 <= at < len(_LUNAR) else None


def _easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (the rule of Meeus, Jones and Butcher)."""
    century, in_century = divmod(year, 100)
    leap_centuries, rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * (year % 19) + century - leap_centuries - correction + 15) % 30
    sunday = (32 + 2 * rest + 2 * (in_century // 4) - moon - in_century % 4) % 7
    late = (year % 19 + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _nth(n: int, weekday: int, month: int) -> Callable[[int], date]:
    """Return what gives the n-th such day of a month; Monday is 0."""

    def day(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))

    return day


def _lunar(which: int, days: Sequence[str] = _LUNAR) -> Callable[[int], date]:
    def day(year: int) -> date:
        text = days[year - _LUNAR_FIRST_YEAR].split("-")[which]
        return date(year, int(text[:2]), int(text[2:]))

    return day


# How the day of a year is found, and the first and last day of the festival, counted from it.
_FESTIVALS: dict[str, tuple[Callable[[int], date], int, int]] = {
    "easter": (_easter, -2, 1),  # Good Friday to Easter Monday
    "good friday": (_easter, -2, -2),
    "easter sunday": (_easter, 0, 0),
    "easter monday": (_easter, 1, 1),
    "mother's day": (_nth(2, calendar.SUNDAY, 5), 0, 0),
    "father's day": (_nth(3, calendar.SUNDAY, 6), 0, 0),
    "thanksgiving": (_nth(4, calendar.THURSDAY, 11), 0, 0),
    "spring festival": (_lunar(0), -1, 6),  # from the eve to the seventh day
    "spring festival's eve": (_lunar(0), -1, -1),
    "spring festival's day": (_lunar(0), 0, 0),
    "lantern festival": (_lunar(0), 14, 14),
    "dragon boat festival": (_lunar(1), 0, 0),
    "double seventh festival": (_lunar(0, _DOUBLE), 0, 0),
    "ghost festival": (_lunar(0, _DOUBLE), 8, 8),  # the fifteenth of the same month
    "mid-autumn festival": (_lunar(2), 0, 0),
    "double ninth festival": (_lunar(1, _DOUBLE), 0, 0),
}
