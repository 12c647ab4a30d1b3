"""Filters in words: one short text for each thing that narrows, and the filters without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QDate, QLocale, Qt

from app.core.asking import Filters, Period
from app.core.language.days_left import opposite
from app.core.moving_festivals import is_moving

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class FilterText:
    """One filter for people, and what is left without it."""

    text: str
    without: Filters


def filter_texts(filters: Filters, root_name: Callable[[int], str]) -> list[FilterText]:
    """Return the filters that narrow, in a fixed order.

    Args:
        filters: set by controls or found in words.
        root_name: the name of a folder of the library by its number.
    """
    gone = QCoreApplication.translate("FilterText", "a folder that was removed")
    texts = [
        FilterText(
            root_name(root_id) or gone, replace(filters, root_ids=_less(filters.root_ids, root_id))
        )
        for root_id in filters.root_ids
    ]
    texts += [
        FilterText(_in_folder(word), replace(filters, folders=_less(filters.folders, word)))
        for word in filters.folders
    ]
    texts += [
        FilterText(text, replace(filters, taken=left)) for text, left in _taken_texts(filters)
    ]
    texts += [
        FilterText(yearly_text(*days), replace(filters, yearly=_less(filters.yearly, days)))
        for days in filters.yearly
    ]
    texts += [
        FilterText(text, replace(filters, weekdays=_without(filters.weekdays, days)))
        for text, days in _weekday_texts(filters.weekdays)
    ]
    texts += [
        FilterText(word, replace(filters, cameras=_less(filters.cameras, word)))
        for word in filters.cameras
    ]
    if filters.min_rating:
        texts.append(FilterText(stars_text(filters.min_rating), replace(filters, min_rating=0)))
    if filters.favourite:
        favourites = QCoreApplication.translate("FilterText", "favourites")
        texts.append(FilterText(favourites, replace(filters, favourite=False)))
    texts += [
        FilterText(kind.upper(), replace(filters, formats=_less(filters.formats, kind)))
        for kind in filters.formats
    ]
    texts += [
        FilterText(
            orientation_texts()[shape],
            replace(filters, orientations=_less(filters.orientations, shape)),
        )
        for shape in filters.orientations
    ]
    texts += [
        FilterText(_named(word), replace(filters, names=_less(filters.names, word)))
        for word in filters.names
    ]
    return texts


def misread_text(params: Mapping[str, str]) -> str:
    """Return why a filter is not understood, and what to write instead.

    Args:
        params: those of a ``FilterError``.
    """
    hints = {
        "value": QCoreApplication.translate(
            "FilterText", "A value is missing, as in camera:nikon or folder:trips."
        ),
        "date": QCoreApplication.translate(
            "FilterText",
            "Write days as 2023, 2023-05, 2023-05-31, 2019..2021, “last summer” or “去年夏天”.",
        ),
        "rating": QCoreApplication.translate(
            "FilterText", "Write 0 to 5 stars, as in rating:4 or rating>=4."
        ),
        "is": QCoreApplication.translate("FilterText", "Write is:favourite."),
        "type": QCoreApplication.translate(
            "FilterText", "Write a file type, as in type:jpeg, type:png or type:heic."
        ),
        "orientation": QCoreApplication.translate(
            "FilterText", "Write landscape, portrait or square."
        ),
        "negated": QCoreApplication.translate(
            "FilterText", "Filters say which photos stay, as in before:2023 or since:2024."
        ),
        "order": QCoreApplication.translate(
            "FilterText",
            "Photos come in the order in which they fit. Write days, as in before:2015.",
        ),
    }
    known = QCoreApplication.translate(
        "FilterText", "Use camera:nikon, rating>=4, date:2023-05, type:png or folder:trips."
    )
    if params.get("reason") == "contradicting":
        return QCoreApplication.translate(
            "FilterText", "“{filter}” leaves no day of the other dates. Leave one of them out."
        ).format(filter=params.get("filter", ""))
    sentence = QCoreApplication.translate("FilterText", "“{filter}” is no filter. {hint}")
    hint = hints.get(params.get("reason", ""), known)
    return sentence.format(filter=params.get("filter", ""), hint=hint)


def orientation_texts() -> dict[str, str]:
    """Return the words for each orientation."""
    return {
        "landscape": QCoreApplication.translate("FilterText", "landscape format"),
        "portrait": QCoreApplication.translate("FilterText", "portrait format"),
        "square": QCoreApplication.translate("FilterText", "square format"),
    }


def stars_text(rating: int) -> str:
    """Return so many stars or more, as people write it."""
    stars = "★" * rating
    if rating == 5:
        return stars
    return QCoreApplication.translate("FilterText", "{stars} or more").format(stars=stars)


def dates_text(first: str | None, last: str | None) -> str:
    """Return a range of days, as short as it can be said: a year, a month, a day, from, until."""
    start = QDate.fromString(first or "", Qt.DateFormat.ISODate)
    end = QDate.fromString(last or "", Qt.DateFormat.ISODate)
    if start.isValid() and end.isValid():
        if start == QDate(start.year(), 1, 1) and end == QDate(start.year(), 12, 31):
            return str(start.year())
        if start.day() == 1 and end == start.addMonths(1).addDays(-1):
            return QLocale().toString(start, _month_format())
        return _day(start) if start == end else f"{_day(start)} – {_day(end)}"
    if start.isValid():
        return QCoreApplication.translate("FilterText", "from {0}").format(_day(start))
    return QCoreApplication.translate("FilterText", "until {0}").format(_day(end))


def _taken_texts(filters: Filters) -> list[tuple[str, tuple[Period, ...]]]:
    """Return periods in words, each with those that are left without it.

    Periods without a beginning and without an end leave days out, and are said by those.
    """
    left_out = _left_out(filters.taken)
    if not left_out:
        return [(dates_text(*period), _less(filters.taken, period)) for period in filters.taken]
    but = QCoreApplication.translate("FilterText", "not {days}")
    return [
        (but.format(days=dates_text(*days)), _other_days(_less(left_out, days)))
        for days in left_out
    ]


def _left_out(taken: tuple[Period, ...]) -> tuple[Period, ...]:
    """Return the periods between some, if these begin and end nowhere; else none."""
    is_open = any(first is None for first, _ in taken) and any(last is None for _, last in taken)
    return _other_days(taken) if is_open else ()


def _other_days(taken: tuple[Period, ...]) -> tuple[Period, ...]:
    """Return the periods of all days that are in none of some periods; of no periods, none."""
    others = opposite(Filters(taken=taken))
    return () if others is None else others.taken


def yearly_text(first: str, last: str) -> str:
    """Return days of every year, MM-DD both or a festival: a month, a day, from one to another."""
    of_any_year = QCoreApplication.translate("FilterText", "{days} of any year")
    if is_moving(first):
        return of_any_year.format(days=_festival_texts()[first])
    start = QDate.fromString(f"2000-{first}", Qt.DateFormat.ISODate)
    end = QDate.fromString(f"2000-{last}", Qt.DateFormat.ISODate)
    if start.day() == 1 and end == start.addMonths(1).addDays(-1):
        days = QLocale().standaloneMonthName(start.month())
    else:
        form = QCoreApplication.translate("FilterText", "d MMMM", "a day of any year, Qt's format")
        days = " – ".join(dict.fromkeys(QLocale().toString(day, form) for day in (start, end)))
    return of_any_year.format(days=days)


def _festival_texts() -> dict[str, str]:
    return {
        "easter": QCoreApplication.translate("FilterText", "Easter"),
        "good friday": QCoreApplication.translate("FilterText", "Good Friday"),
        "easter sunday": QCoreApplication.translate("FilterText", "Easter Sunday"),
        "easter monday": QCoreApplication.translate("FilterText", "Easter Monday"),
        "mother's day": QCoreApplication.translate("FilterText", "Mother’s Day"),
        "father's day": QCoreApplication.translate("FilterText", "Father’s Day"),
        "thanksgiving": QCoreApplication.translate("FilterText", "Thanksgiving"),
        "spring festival": QCoreApplication.translate("FilterText", "Chinese New Year"),
        "spring festival's eve": QCoreApplication.translate("FilterText", "Chinese New Year’s Eve"),
        "spring festival's day": QCoreApplication.translate("FilterText", "Chinese New Year’s Day"),
        "lantern festival": QCoreApplication.translate("FilterText", "Lantern Festival"),
        "dragon boat festival": QCoreApplication.translate("FilterText", "Dragon Boat Festival"),
        "double seventh festival": QCoreApplication.translate("FilterText", "Qixi Festival"),
        "ghost festival": QCoreApplication.translate("FilterText", "Ghost Festival"),
        "mid-autumn festival": QCoreApplication.translate("FilterText", "Mid-Autumn Festival"),
        "double ninth festival": QCoreApplication.translate("FilterText", "Double Ninth Festival"),
    }


def _weekday_texts(weekdays: tuple[int, ...]) -> list[tuple[str, tuple[int, ...]]]:
    """Return days of the week in words, each with the numbers that it stands for."""
    if set(weekdays) == {5, 6}:
        return [(QCoreApplication.translate("FilterText", "weekends"), weekdays)]
    if set(weekdays) == {0, 1, 2, 3, 4}:
        return [(QCoreApplication.translate("FilterText", "weekdays"), weekdays)]
    any_day = QCoreApplication.translate("FilterText", "any {weekday}")
    names = {day: QLocale().standaloneDayName(day + 1) for day in weekdays}
    return [(any_day.format(weekday=name), (day,)) for day, name in names.items()]


def _day(date: QDate) -> str:
    return QLocale().toString(date, QLocale.FormatType.ShortFormat)


def _month_format() -> str:
    return QCoreApplication.translate("FilterText", "MMMM yyyy", "a month of a year, Qt's format")


def _in_folder(word: str) -> str:
    return QCoreApplication.translate("FilterText", "folder {0}").format(word)


def _named(word: str) -> str:
    return QCoreApplication.translate("FilterText", "named {0}").format(word)


def _without(items: tuple[_Item, ...], others: tuple[_Item, ...]) -> tuple[_Item, ...]:
    return tuple(each for each in items if each not in others)


def _less(items: tuple[_Item, ...], item: _Item) -> tuple[_Item, ...]:
    return _without(items, (item,))
