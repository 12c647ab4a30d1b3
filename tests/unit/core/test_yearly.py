"""Days named without a year: which words are read, and which stay in the question."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.asking import Filters, Period, YearDays
from app.core.errors import FilterError
from app.core.language.combining import combined, exclude_each_other
from app.core.language.filter_words import parse_filter
from app.core.language.yearly import find_yearly
from app.core.moving_festivals import festival_in, is_moving
from app.core.queries import parse_query

TODAY = date(2026, 11, 25)


def shown(filters: Filters) -> str:
    """Return the days of filters in one line: those of every year, then those of one."""
    taken = [(first or "", last or "") for first, last in filters.taken]
    return " ".join(f"{first}..{last}" for first, last in (*filters.yearly, *taken))


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        ("May 1 | 1 May | May 1st | the 1st of May | may 1 | on May 1 | 5月1日 | 五月一号"
         " | 5 月 1 日",
         "05-01..05-01"),
        ("May | in May | during may | photos from May | May photos | 5月 | 五月 | 五月份 | 每年5月"
         " | 五月拍的照片", "05-01..05-31"),
        ("in late May | late May | end of May | the end of May | 5月底 | 五月下旬", "05-21..05-31"),
        ("February 29 | 2月29日", "02-29..02-29"),
        ("December | in Dec | 12月", "12-01..12-31"),
        ("May 1-7 | May 1 to May 7 | from May 1 to May 7 | 1-7 May | 5月1日到7日 | 5月1-7日"
         " | 5月1日至5月7日", "05-01..05-07"),
        ("May to August | between May and August | 5月到8月 | 5-8月 | 五月到八月", "05-01..08-31"),
        ("November to February | 11月到2月", "11-01..02-29"),
        ("May 28 to June 3 | 5月28日到6月3日", "05-28..06-03"),
        ("in January and March | January and March | 一月和三月 | 1月、3月",
         "01-01..01-31 03-01..03-31"),
        ("in January, March and May | January, March, and May | 1月、3月和5月",
         "01-01..01-31 03-01..03-31 05-01..05-31"),
        ("christmas | Christmas | xmas | at christmas | every christmas | over the christmas"
         " | christmas photos | 圣诞节 | 圣诞 | 每年圣诞节 | 圣诞节拍的照片", "12-24..12-26"),
        ("christmas eve | on Christmas Eve | 平安夜 | 圣诞夜", "12-24..12-24"),
        ("new year's eve | New Year’s Eve | 跨年夜", "12-31..12-31"),
        ("new year's day | 元旦 | 元旦那天", "01-01..01-01"),
        ("christmas to new year's day | photos between christmas and new year", "12-24..01-01"),
        ("christmas and new year's day", "12-24..12-26 01-01..01-01"),
        ("国庆节 | 国庆 | 国庆假期 | 国庆期间", "10-01..10-07"),
        ("around national day | 国庆前后 | 国庆节左右", "09-28..10-10"),
        ("around christmas", "12-21..12-29"),
        ("around May 5 | 5月5日前后 | 5月5日左右", "05-02..05-08"),
        ("around May | 5月前后", "04-16..06-15"),
        ("清明 | 清明节 | qingming festival", "04-04..04-06"),
        ("the first week of May | 5月第一周 | 五月的第一个星期", "05-01..05-07"),
        ("last week in May | 5月最后一周", "05-25..05-31"),
        ("the day after Christmas", "12-27..12-27"),
        ("the day before Christmas | 圣诞节前一天", "12-23..12-23"),
        ("the week after national day | 国庆节后一周", "10-08..10-14"),
        ("暑假 | 暑假拍的照片", "07-01..08-31"),
        ("month of May", "05-01..05-31"),
        ("week of May 5", "05-02..05-08"),
        # those that move
        ("easter | at Easter | every Easter | Easter weekend | 复活节 | 每年复活节",
         "easter..easter"),
        ("春节 | 春节期间 | 过年拍的 | 过年时的照片 | Chinese New Year | lunar new year",
         "spring festival..spring festival"),
        ("除夕夜 | 大年三十 | Chinese New Year's Eve",
         "spring festival's eve..spring festival's eve"),
        ("大年初一 | 正月初一 | Chinese New Year's Day",
         "spring festival's day..spring festival's day"),
        ("元宵节 | 正月十五", "lantern festival..lantern festival"),
        ("七夕 | 七夕节拍的照片 | 农历七月初七 | Qixi Festival",
         "double seventh festival..double seventh festival"),
        ("重阳 | 重阳节 | double ninth festival", "double ninth festival..double ninth festival"),
        ("中元节 | ghost festival", "ghost festival..ghost festival"),
        ("冬至 | winter solstice", "12-21..12-22"),
        ("端午 | 端午节 | Dragon Boat Festival", "dragon boat festival..dragon boat festival"),
        ("中秋 | 中秋节拍的照片 | 农历八月十五 | mid-autumn festival",
         "mid-autumn festival..mid-autumn festival"),
        ("mother's day | Mother’s Day | on mothers' day | 母亲节", "mother's day..mother's day"),
        ("christmas and easter", "12-24..12-26 easter..easter"),
        ("last easter", "2025-04-18..2025-04-21"),
        ("this easter", "2026-04-03..2026-04-06"),
        ("since easter | 复活节以来", "2026-04-03.."),
        ("before Chinese New Year | 春节之前", "..2026-02-15"),
        ("五一 | 劳动节 | 五一假期", "05-01..05-05"),
        ("halloween | 万圣节", "10-31..10-31"),
        ("July 4 | 4th of July | independence day", "07-04..07-04"),
        # of one year
        ("last christmas", "2025-12-24..2025-12-26"),
        ("this christmas", "2026-12-24..2026-12-26"),
        ("since May | since May 1 | 5月以来 | 5月1日以来", "2026-05-01.."),
        ("since christmas", "2025-12-24.."),
        ("国庆以来", "2026-10-01.."),
        ("after May 1", "2026-05-02.."),
        ("before May | before May 1 | 5月1日以前 | 5月1日之前", "..2026-04-30"),
    ],
)  # fmt: skip
def test_days_without_a_year(texts: str, days: str) -> None:
    for text in texts.split(" | "):
        query = parse_query(text, TODAY)
        assert (text, shown(query.filters), query.phrases) == (text, days, ())


@pytest.mark.parametrize(
    ("typed", "rest", "days"),
    [
        ("christmas 2023", "", "12-24..12-26 2023-01-01..2023-12-31"),
        ("2023 christmas", "", "12-24..12-26 2023-01-01..2023-12-31"),
        ("去年圣诞节", "", "12-24..12-26 2025-01-01..2025-12-31"),
        ("2023年国庆节的照片", "", "10-01..10-07 2023-01-01..2023-12-31"),
        ("Easter 2021", "", "easter..easter 2021-01-01..2021-12-31"),
        ("2024年春节", "", "spring festival..spring festival 2024-01-01..2024-12-31"),
        ("去年中秋节拍的月亮", "月亮",
         "mid-autumn festival..mid-autumn festival 2025-01-01..2025-12-31"),
        ("端午 赛龙舟", "赛龙舟", "dragon boat festival..dragon boat festival"),
        ("christmas 2019 or 2021", "",
         "12-24..12-26 2019-01-01..2019-12-31 2021-01-01..2021-12-31"),
        ("2023年十一", "", "10-01..10-07 2023-01-01..2023-12-31"),
        ("2023年十一月", "", "2023-11-01..2023-11-30"),
        ("国庆后的照片", "", "2026-10-01.."),
        ("last year's christmas", "", "12-24..12-26 2025-01-01..2025-12-31"),
        ("christmas two years ago", "", "12-24..12-26 2024-01-01..2024-12-31"),
        ("christmas tree two years ago", "christmas tree", "2024-01-01..2024-12-31"),
        ("christmas tree 2023", "christmas tree", "2023-01-01..2023-12-31"),
        ("snow at christmas with family", "snow with family", "12-24..12-26"),
        ("sunset in August", "sunset", "08-01..08-31"),
        ("4th of july parade", "parade", "07-04..07-04"),
        ("五月的花海", "花海", "05-01..05-31"),
        ("12月北京雪景", "北京雪景", "12-01..12-31"),
        ("10月1日的阅兵", "阅兵", "10-01..10-01"),
        ("国庆节拍的天安门", "天安门", "10-01..10-07"),
        ("元旦那天的海边", "海边", "01-01..01-01"),
    ],
)  # fmt: skip
def test_days_leave_the_sentence(typed: str, rest: str, days: str) -> None:
    query = parse_query(typed, TODAY)
    assert (query.text, shown(query.filters)) == (rest, days)


@pytest.mark.parametrize(
    "typed",
    ["christmas tree", "a christmas tree in the snow", "merry christmas", "father christmas",
     "people celebrating christmas", "nightmare before christmas", "christmas lights at night",
     "halloween pumpkin", "new year's resolution", "valentine's day dinner", "圣诞树", "圣诞老人",
     "圣诞节的礼物", "国庆节的天安门", "红色的圣诞节", "元旦晚会", "五一广场", "a May pole",
     "maypole", "what this may be", "may be", "march", "soldiers on the march",
     "a girl named June", "April smiling", "dogs may and june", "december snow", "the mayor",
     "Jordan", "May 5 people", "五月天", "五月花号", "十月革命", "三月兔", "三月三", "5个月",
     "第五月", "31 April", "2月30日", "5月前", "2月14", "春节联欢晚会", "中秋月饼", "easter eggs",
     "Easter Island", "thanksgiving turkey", "清明上河图", "christmas to easter", "元宵",
     "暑假作业", "十一", "春节前一周", "the day after easter", "5/6", "2023-13"],
)  # fmt: skip
def test_what_a_photo_shows_stays(typed: str) -> None:
    assert list(find_yearly(typed, TODAY)) == []


@pytest.mark.parametrize("typed", ["圣诞节以外的照片", "不在圣诞节拍的", "not at christmas"])
def test_a_festival_is_not_turned_into_its_opposite(typed: str) -> None:
    query = parse_query(typed, TODAY)
    assert (query.filters, query.misread) == (Filters(yearly=(("12-27", "12-23"),)), ())


def test_an_excluded_festival_is_a_thing() -> None:
    query = parse_query("a street, no christmas lights", TODAY)
    assert [(each.text, each.need) for each in query.phrases] == [
        ("a street", "optional"), ("christmas lights", "excluded"),
    ]  # fmt: skip
    assert query.filters == Filters()


@given(
    st.dates(date(2000, 1, 1), date(2000, 12, 31)),
    st.sampled_from(["%B %d", "%d %B", "%b %d", "the %dth of %B", "%m月%d日", "%m月%d号"]),
)
def test_every_day_is_read_back(day: date, form: str) -> None:
    days = day.isoformat()[5:]
    assert parse_filter(day.strftime(form), TODAY) == Filters(yearly=((days, days),))


@pytest.mark.parametrize("text", ["date:May 1", "date=5月1日", "May 1", "on May 1"])
def test_a_single_filter_may_leave_out_the_year(text: str) -> None:
    filters = parse_filter(text, TODAY)
    assert filters == Filters(yearly=(("05-01", "05-01"),))
    assert parse_filter("since:May 1", TODAY) == Filters(taken=(("2026-05-01", None),))
    with pytest.raises(FilterError):
        parse_filter("date:May 40", TODAY)


# ---------------------------------------------------------------- together with others


def test_a_festival_outside_of_the_year_that_is_named_contradicts_it() -> None:
    query = parse_query("christmas, May 2023", TODAY)
    assert query.filters == Filters(taken=(("2023-05-01", "2023-05-31"),))
    assert [error.params["filter"] for error in query.misread] == ["christmas"]


_FIRST_DAY = date(2021, 1, 1)
_NEAR = [_FIRST_DAY + timedelta(days=n) for n in range(3 * 365)]
_LATER = [_FIRST_DAY + timedelta(days=n) for n in range(3 * 365, 28 * 366)]
_NEAR_DAYS = st.sampled_from(_NEAR[::31])
_PERIODS = st.tuples(_NEAR_DAYS, _NEAR_DAYS).map(
    lambda days: (min(days).isoformat(), max(days).isoformat())
)
_YEAR_DAYS = st.tuples(_NEAR_DAYS, _NEAR_DAYS).map(
    lambda days: (days[0].isoformat()[5:], days[1].isoformat()[5:])
)
_FESTIVALS = st.sampled_from([("easter", "easter"), ("spring festival", "spring festival")])
_FILTERS = st.builds(
    Filters,
    taken=st.lists(_PERIODS, max_size=2).map(tuple),
    yearly=st.lists(_YEAR_DAYS | _FESTIVALS, max_size=2).map(tuple),
    weekdays=st.lists(st.integers(0, 6), max_size=3, unique=True).map(tuple),
)


def _passes(day: date, filters: Filters) -> bool:
    text = day.isoformat()

    def is_in(period: Period | None) -> bool:
        return period is not None and (period[0] or "") <= text <= (period[1] or "9")

    def is_yearly(days: YearDays) -> bool:
        first, last = days
        if is_moving(first):
            return is_in(festival_in(first, day.year))
        if first <= last:
            return first <= text[5:] <= last
        return text[5:] >= first or text[5:] <= last

    taken, yearly, weekdays = filters.taken, filters.yearly, filters.weekdays
    is_of_week = not weekdays or day.weekday() in weekdays
    is_taken = not taken or any(map(is_in, taken))
    return is_of_week and is_taken and (not yearly or any(map(is_yearly, yearly)))


def _have_day(*several: Filters) -> bool:
    """Tell by trying all days; none is near where no period says so."""
    days = _NEAR if any(filters.taken for filters in several) else [*_NEAR, *_LATER]
    return any(all(_passes(day, filters) for filters in several) for day in days)


@given(_FILTERS, _FILTERS)
def test_filters_exclude_each_other_if_no_day_passes_both(one: Filters, other: Filters) -> None:
    assert exclude_each_other(one, other) is not _have_day(one, other)


@given(st.lists(_FILTERS, max_size=3))
def test_what_is_left_of_several_filters_leaves_days(given_filters: list[Filters]) -> None:
    parts = [Filters(taken=each.taken) for each in given_filters]
    parts += [Filters(yearly=each.yearly) for each in given_filters]
    parts += [Filters(weekdays=each.weekdays) for each in given_filters]
    together, _ = combined(parts)
    assert _have_day(together)


@pytest.mark.parametrize(
    ("one", "other", "excluded"),
    [
        (Filters(formats=("png",)), Filters(formats=("jpeg", "heic")), True),
        (Filters(formats=("png", "jpeg")), Filters(formats=("jpeg",)), False),
        (Filters(orientations=("square",)), Filters(orientations=("portrait",)), True),
        (Filters(cameras=("nikon",)), Filters(cameras=("d750",)), False),
        (Filters(taken=((None, "2019-12-31"),)), Filters(taken=(("2020-01-01", None),)), True),
        (Filters(taken=((None, "2019-12-31"),)), Filters(yearly=(("05-01", "05-01"),)), False),
        (Filters(), Filters(formats=("png",)), False),
        # May 1 is a Saturday and a Sunday in these years; some 29th of February is a Sunday
        (Filters(taken=(("2021-01-01", "2022-12-31"),), yearly=(("05-01", "05-01"),)),
         Filters(weekdays=(0,)), True),
        (Filters(taken=(("2021-01-01", None),), yearly=(("02-29", "02-29"),)),
         Filters(weekdays=(6,)), False),
        (Filters(taken=((None, "1929-12-31"),)), Filters(yearly=(("easter", "easter"),)), True),
        # three that fit each other two by two
        (Filters(yearly=(("02-01", "03-04"),)),
         Filters(taken=(("2021-04-04", "2022-02-08"),), yearly=(("03-04", "01-01"),)), True),
    ],
)  # fmt: skip
def test_types_and_shapes_exclude_each_other_too(
    one: Filters, other: Filters, excluded: bool
) -> None:
    assert exclude_each_other(one, other) is excluded
    assert exclude_each_other(other, one) is excluded
