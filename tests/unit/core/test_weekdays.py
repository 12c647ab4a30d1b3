"""Days of the week: which words are read, and which stay in the question."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.asking import Filters
from app.core.language.filter_words import parse_filter
from app.core.language.weekdays import find_weekdays
from app.core.queries import parse_query

TODAY = date(2026, 11, 25)  # a Wednesday


def shown(filters: Filters) -> str:
    """Return the days of filters in one line: days of the week, then periods."""
    numbers = "".join(map(str, filters.weekdays))
    yearly = [f"{first}..{last}" for first, last in filters.yearly]
    taken = [f"{first or ''}..{last or ''}" for first, last in filters.taken]
    return " ".join([*([numbers] if numbers else []), *yearly, *taken])


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        # of any week
        ("Mondays | on Mondays | every Monday | on a Monday | taken on Mondays | Monday to Monday"
         " | 周一 | 星期一 | 礼拜一 | 每周一 | 每个星期一 | 周一拍的照片 | 在周一", "0"),
        ("weekends | on weekends | weekend | weekend photos | every weekend | Saturdays and Sundays"
         " | 周末 | 每个周末 | 周末拍的 | 双休日 | 周六周日 | 周六日 | 周六和周日", "56"),
        ("weekdays | on weekdays | working days | Monday to Friday | from Monday to Friday"
         " | Mondays to Fridays | 工作日 | 周一到周五 | 周一至五", "01234"),
        ("Fridays to Mondays | 周五到周一", "0456"),
        ("Mondays, Wednesdays | 周一、三 | 周一，周三", "02"),
        ("星期天拍的 | 周日 | 礼拜天 | Sundays", "6"),
        # of one
        ("on Monday | Monday | from Monday | photos from Monday | taken Monday | 这周一",
         "2026-11-23..2026-11-23"),
        ("on Wednesday", "2026-11-25..2026-11-25"),
        ("last Wednesday | 上周三", "2026-11-18..2026-11-18"),
        ("last Saturday | on Saturday | 上周六", "2026-11-21..2026-11-21"),
        ("at the weekend | over the weekend | on Saturday and Sunday", "2026-11-21..2026-11-22"),
        ("on Friday or Sunday", "2026-11-20..2026-11-20 2026-11-22..2026-11-22"),
        ("between Saturday and Monday", "2026-11-21..2026-11-23"),
        ("since Monday | 周一以来", "2026-11-23.."),
        ("before Monday | 周一之前", "..2026-11-22"),
        ("after the weekend", "2026-11-23.."),
        ("around Monday", "2026-11-20..2026-11-26"),
        # beside another date
        ("Saturday 6 May 2023 | Sat, 6 May 2023 | on Saturday, May 6, 2023 | 6 May 2023 (Saturday)"
         " | 2023年5月6日星期六 | 2023年5月6日（周六）", "2023-05-06..2023-05-06"),
        ("Mondays in 2023 | on Monday in 2023 | 2023年的周一", "0 2023-01-01..2023-12-31"),
        ("Sunday, May 6 | 5月6日星期天", "6 05-06..05-06"),
        ("on Monday last week | 上周的星期一", "0 2026-11-16..2026-11-22"),
        ("last weekend in May | weekends in May", "56 05-01..05-31"),
        ("the first Sunday of September", "6 09-01..09-30"),
        ("weekends last summer | 去年夏天的周末", "56 2025-06-01..2025-08-31"),
    ],
)  # fmt: skip
def test_days_of_the_week(texts: str, days: str) -> None:
    for text in texts.split(" | "):
        query = parse_query(text, TODAY)
        assert (text, shown(query.filters), query.phrases) == (text, days, ())


@pytest.mark.parametrize(
    ("typed", "rest", "days"),
    [
        ("dogs on Monday", "dogs", "2026-11-23..2026-11-23"),
        ("a market on Sundays in Paris", "a market in Paris", "6"),
        ("no people on weekends", "", "56"),
        ("Sunday roast on Sundays", "Sunday roast", "6"),
        ("周六晚上的聚会", "聚会", "5"),
        ("last Friday night dogs", "dogs", "2026-11-20..2026-11-20"),
        ("on Saturday morning with friends", "friends", "2026-11-21..2026-11-21"),
        ("周末下午在咖啡馆", "在咖啡馆", "56"),
        ("folder:trips weekends", "", "56"),
        ("周末去爬山", "去爬山", "56"),
        ("周六周日的公园", "公园", "56"),
        ("北京周末拍的雪", "北京 雪", "56"),
    ],
)
def test_they_leave_the_sentence(typed: str, rest: str, days: str) -> None:
    query = parse_query(typed, TODAY)
    assert (query.text, shown(query.filters)) == (rest, days)


@pytest.mark.parametrize(
    "typed",
    ["Sunday dinner", "casual Fridays", "Black Friday", "on Black Friday", "black friday 2020",
     "next Saturday", "first Saturday", "enjoying the weekend", "the weekend", "a calm weekday",
     "sat on the sun", "wed", "2023 sun", "2023 Sunday dinner", "weekend bag", "Friday's menu",
     "周末派对", "周末愉快", "黑色星期五", "星期五餐厅", "疯狂星期四", "三周六天", "周三只狗",
     "一周年", "圆周一圈", "周日本旅行", "周日报"],
)  # fmt: skip
def test_what_a_photo_shows_stays(typed: str) -> None:
    assert list(find_weekdays(typed, TODAY, ())) == []
    assert parse_query(typed, TODAY).filters.weekdays == ()


def test_a_day_of_the_week_that_a_date_is_not_contradicts_it() -> None:
    query = parse_query("Sunday 6 May 2023", TODAY)
    assert query.filters == Filters(taken=(("2023-05-06", "2023-05-06"),))
    assert [error.params["filter"] for error in query.misread] == ["Sunday"]
    negated = parse_query("dogs, not on Mondays", TODAY)
    assert (negated.filters, negated.misread) == (Filters(weekdays=(1, 2, 3, 4, 5, 6)), ())


@pytest.mark.parametrize("text", ["date:weekends", "weekends", "on weekends", "周末", "date:周末"])
def test_a_single_filter_may_be_days_of_the_week(text: str) -> None:
    assert parse_filter(text, TODAY) == Filters(weekdays=(5, 6))
    assert parse_filter("since:Monday", TODAY) == Filters(taken=(("2026-11-23", None),))


_WORDS = st.sampled_from(
    ["Monday", "Sundays", "sat", "weekend", "the", "on", "to", "and", "every", "a", "since", "6",
     "May", "2023", "周", "星期", "六", "日", "周末", "每", "到", "和", "的", "拍", " ", ",", "("]
)  # fmt: skip


@given(st.lists(_WORDS, max_size=12), st.sampled_from(["", " "]))
def test_any_words_give_days_in_order(words: list[str], space: str) -> None:
    text = space.join(words)
    last = 0
    for found in find_weekdays(text, TODAY, ()):
        assert last <= found.start < found.stop <= len(text)
        last = found.stop
        assert bool(found.weekdays) is not bool(found.periods)
    parse_query(text, TODAY)
