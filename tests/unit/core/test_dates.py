"""Dates in sentences: which words are read, and what of the sentence is left."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.language.dates import find_dates, parse_date
from app.core.language.periods import Days, about
from app.core.queries import parse_query

TODAY = date(2026, 11, 25)  # a Wednesday


def shown(text: str, today: date = TODAY) -> str:
    """Return the days of a text that is nothing but a date, "?" for no date."""
    periods = parse_date(text, today)
    if periods is None:
        return "?"
    return ", ".join(f"{days.first or ''}..{days.last or ''}" for days in periods)


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        ("98年", "1998-01-01..1998-12-31"),
        ("08年", "2008-01-01..2008-12-31"),
        ("5/2023 | 05-2023 | 05.2023 | May-2023 | the month of May 2023", "2023-05-01..2023-05-31"),
        ("5/5/2023 | 05/05/2023", "2023-05-05..2023-05-05"),
        ("in the year of 2023", "2023-01-01..2023-12-31"),
        ("first week of May 2023 | the 1st week in May 2023 | 2023年5月第一周"
         " | 2023年5月的第一个星期", "2023-05-01..2023-05-07"),
        ("last week of May 2023 | 2023年5月最后一周", "2023-05-25..2023-05-31"),
        ("last day of May 2023 | 2023年5月的最后一天", "2023-05-31..2023-05-31"),
        ("first weekend of May 2023 | 2023年5月第一个周末", "2023-05-06..2023-05-07"),
        ("last Saturday in May 2023 | fourth Saturday of May 2023", "2023-05-27..2023-05-27"),
        ("first quarter of 2023 | Q1 2023 | 2023 q1 | 2023年第一季度 | 2023年1季度",
         "2023-01-01..2023-03-31"),
        ("the day after May 5, 2023 | 2023年5月5日第二天 | 2023年5月5日后一天",
         "2023-05-06..2023-05-06"),
        ("the week before May 8, 2023 | 2023年5月8日前一周", "2023-05-01..2023-05-07"),
        ("May of 2023 | may, 2023 | 2023 May | 2023年5月份 | 2023 5月 | 2023年的五月 | 23年5月",
         "2023-05-01..2023-05-31"),
        ("05/2023", "2023-05-01..2023-05-31"),
        ("May 31st, 2023 | the 31st of May 2023 | 31 may, 2023 | 2023年五月三十一号 | 31.5.2023"
         " | 5/31/2023 | 2023 May 31 | 31/5/2023 | 20230531"
         " | 2023 年 5 月 31 日", "2023-05-31..2023-05-31"),
        ("去年5月1日 | 去年五月一号", "2025-05-01..2025-05-01"),
        ("今年5月1号", "2026-05-01..2026-05-01"),
        ("May last year | last year in May | last May | 去年五月", "2025-05-01..2025-05-31"),
        ("2023年的夏天 | 2023夏天 | 2023 夏天 | 2023年夏 | 2023年初夏 | 2023 summer | summer, 2023",
         "2023-06-01..2023-08-31"),
        ("去年的夏天 | summer last year | last year's summer | 上个夏天", "2025-06-01..2025-08-31"),
        ("past summer | this past summer | 这个夏天 | 今夏", "2026-06-01..2026-08-31"),
        ("winter 2020-2021 | winter 2020/21 | winter of 2020", "2020-12-01..2021-02-28"),
        ("大前年 | 2023年度 | the year 2023", "2023-01-01..2023-12-31"),
        ("early 2023 | the beginning of 2023 | 2023年初", "2023-01-01..2023-04-30"),
        ("late last year | end of last year | 去年底 | 去年年底", "2025-09-01..2025-12-31"),
        ("second half of 2023 | 2023年下半年", "2023-07-01..2023-12-31"),
        ("late May 2023 | 2023年5月底 | 2023年5月下旬", "2023-05-21..2023-05-31"),
        ("mid-May 2023 | 2023年5月中旬", "2023-05-11..2023-05-20"),
        ("上个月初", "2026-10-01..2026-10-10"),
        ("1965 | 1965年 | the year 1965", "1965-01-01..1965-12-31"),
        ("July 4, 1965 | 1965-07-04 | 1965年7月4日 | 65年7月4日", "1965-07-04..1965-07-04"),
        ("1888年夏天 | summer 1888", "1888-06-01..1888-08-31"),
        ("winter 1965/66 | winter 1965-1966", "1965-12-01..1966-02-28"),
        ("1960s | the 1960s | 1960's | the 60s | 60s | ’60s | the sixties | 1960年代 | 六十年代"
         " | 60年代 | 上世纪60年代 | 二十世纪六十年代 | 20世纪60年代", "1960-01-01..1969-12-31"),
        ("the 90s | 1990s | nineties | 九十年代 | 90年代", "1990-01-01..1999-12-31"),
        ("2010s | 2010年代", "2010-01-01..2019-12-31"),
        ("1920s | 上世纪20年代 | 20世纪20年代 | 二十世纪二十年代", "1920-01-01..1929-12-31"),
        ("early 1960s | early 60s | 六十年代初 | 60年代初期", "1960-01-01..1963-12-31"),
        ("late 90s | late 1990s | 90年代末 | 九十年代后期", "1996-01-01..1999-12-31"),
        ("二〇二三年五月 | 二零二三年五月", "2023-05-01..2023-05-31"),
        ("一九六五年", "1965-01-01..1965-12-31"),
        ("七八十年代 | the 70s and 80s | the 70s to the 80s", "1970-01-01..1989-12-31"),
        ("before the 1960s | 六十年代以前", "..1959-12-31"),
    ],
)  # fmt: skip
def test_days_of_a_year(texts: str, days: str) -> None:
    for text in texts.split(" | "):
        assert (text, shown(text)) == (text, days)


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        ("the day before yesterday | 前天", "2026-11-23..2026-11-23"),
        (
            "last night | yesterday evening | 昨晚 | 昨夜 | 昨日 | 昨天晚上 | 昨天下午",
            "2026-11-24..2026-11-24",
        ),
        ("this morning | tonight | 今早 | 今晚 | 今日", "2026-11-25..2026-11-25"),
        ("two weekends ago | the weekend before last | 上上周末", "2026-11-14..2026-11-15"),
        ("two summers ago | summer two years ago", "2024-06-01..2024-08-31"),
        ("sixty years ago | 六十年前", "1966-01-01..1966-12-31"),
        ("seventeen days ago", "2026-11-08..2026-11-08"),
        ("大前天", "2026-11-22..2026-11-22"),
        (
            "去年今天 | 一年前的今天 | a year ago today | this day last year",
            "2025-11-25..2025-11-25",
        ),
        ("三年前的今天 | three years ago today", "2023-11-25..2023-11-25"),
        ("this time last year | 去年这个时候 | 去年同期", "2025-11-10..2025-12-10"),
        (
            "last 24 hours | the past hour | 最近24小时 | 过去24小时 | 24小时内",
            "2026-11-24..2026-11-25",
        ),
        ("past 36 hours | the last 48 hours | 近48小时", "2026-11-23..2026-11-25"),
        (
            "3 hours ago | a few hours ago | 三个小时前 | 几个小时前 | 两个钟头前",
            "2026-11-24..2026-11-25",
        ),
        ("48 hours ago", "2026-11-23..2026-11-23"),
        ("more than 5 years ago", "..2020-12-31"),
        ("less than two years ago | not more than two years ago", "2024-01-01.."),
        ("the night of 24 November 2026 | 2026年11月24日晚上", "2026-11-24..2026-11-24"),
        ("the past week | past week | 过去一周 | 一周内", "2026-11-18..2026-11-25"),
        ("past month | 最近一个月", "2026-10-25..2026-11-25"),
        ("past year", "2025-11-25..2026-11-25"),
        ("最近半年", "2026-05-25..2026-11-25"),
        ("half a year ago | 半年前", "2026-05-01..2026-05-31"),
        ("二十年前", "2006-01-01..2006-12-31"),
        ("last weekend | 上周末 | 上个周末", "2026-11-21..2026-11-22"),
        ("this weekend | 这周末", "2026-11-28..2026-11-29"),
        ("上周六 | 上星期六", "2026-11-21..2026-11-21"),
        ("last Monday | 这周一", "2026-11-23..2026-11-23"),
        ("last Wednesday | 上周三", "2026-11-18..2026-11-18"),
        ("the week before last | 上上周", "2026-11-09..2026-11-15"),
        ("the month before last | 上上个月", "2026-09-01..2026-09-30"),
    ],
)
def test_days_counted_from_today(texts: str, days: str) -> None:
    for text in texts.split(" | "):
        assert (text, shown(text)) == (text, days)


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        ("recent photos | recently | lately | my most recent pictures | taken recently | 最近"
         " | newest | my latest photos | the newest pictures | 最新的 | 最新照片 | 最新拍的"
         " | 最近拍的 | 近期的 | 我最近拍的照片", "2026-10-25..2026-11-25"),
        ("前段时间 | 前阵子拍的 | 前一阵子", "2026-08-25..2026-11-25"),
        ("a few days ago | several days ago | the other day | 前几天 | 几天前 | 好几天前 | 前些天"
         " | 前两天拍的", "2026-11-18..2026-11-23"),
        ("a couple of weeks ago | two or three weeks ago | 2-3 weeks ago | 两三周前 | 两三个星期前",
         "2026-11-02..2026-11-15"),
        ("a few years ago | 几年前 | 前几年 | 数年前", "2019-01-01..2024-12-31"),
        ("两三年前", "2023-01-01..2024-12-31"),
        ("the last few days | the past few days | in recent days | 最近几天 | 这几天 | 近几天",
         "2026-11-18..2026-11-25"),
        ("the past couple of weeks | the last 2-3 weeks | 近两三周", "2026-11-04..2026-11-25"),
        ("in recent years | the last few years | 近年来 | 近几年 | 最近几年",
         "2019-11-25..2026-11-25"),
        ("the last three weeks | the past 21 days | 过去三周", "2026-11-04..2026-11-25"),
        ("past 10 days | the past ten days | 过去10天 | 最近十天", "2026-11-15..2026-11-25"),
        ("半个月前", "2026-11-05..2026-11-15"),
        ("最近半个月 | 近半个月 | 半个月内", "2026-11-10..2026-11-25"),
        ("这三天", "2026-11-22..2026-11-25"),
        ("近两年 | 这两年 | 两年来的照片", "2024-11-25..2026-11-25"),
        ("since a few days ago | 几天前以来", "2026-11-18.."),
    ],
)  # fmt: skip
def test_how_long_ago_roughly(texts: str, days: str) -> None:
    for text in texts.split(" | "):
        query = parse_query(text, TODAY)
        taken = ", ".join(f"{first or ''}..{last or ''}" for first, last in query.filters.taken)
        assert (text, taken, query.phrases) == (text, days, ())


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        ("around 2015 | about 2015 | circa 2015 | c. 2015 | ~2015 | 2015 or so"
         " | taken in about 2015 | 2015年左右 | 2015年前后 | 大约2015年 | 约2015年"
         " | 差不多2015年拍的",
         "2014-01-01..2016-12-31"),
        ("around the 1960s | 六十年代前后", "1958-01-01..1971-12-31"),
        ("around summer 2020 | 2020年夏天左右", "2020-05-02..2020-09-30"),
        ("the week of 5 May 2020 | the weekend of May 5, 2020", "2020-05-02..2020-05-08"),
        ("around May 2020 | 2020年5月左右", "2020-04-16..2020-06-15"),
        ("around 5 May 2020 | about May 5, 2020 | 2020年5月5日左右 | 2020年5月5日前后",
         "2020-05-02..2020-05-08"),
        ("about two years ago | 大概两年前", "2023-01-01..2025-12-31"),
        ("before about 2015 | 大约2015年以前", "..2014-12-31"),
        ("probably 2015 | sometime in 2015 | 应该是2015年", "2015-01-01..2015-12-31"),
    ],
)  # fmt: skip
def test_a_date_that_is_not_sure_has_a_margin(texts: str, days: str) -> None:
    for text in texts.split(" | "):
        query = parse_query(text, TODAY)
        taken = ", ".join(f"{first or ''}..{last or ''}" for first, last in query.filters.taken)
        assert (text, taken) == (text, days)


@pytest.mark.parametrize("typed", ["a book about 1984", "a film about 1945"])
def test_what_something_is_about_has_no_margin(typed: str) -> None:
    ((first, last),) = parse_query(typed, TODAY).filters.taken
    assert (first or "")[:4] == (last or "")[:4]


def test_a_margin_of_a_leap_day_stays_in_february() -> None:
    assert about(Days(date(2019, 3, 1), date(2020, 2, 29))) == Days(
        date(2018, 3, 1), date(2021, 2, 28)
    )


def test_a_winter_goes_on_in_january() -> None:
    january = date(2026, 1, 10)
    assert shown("this winter", january) == "2025-12-01..2026-02-28"
    assert shown("past winter", january) == "2025-12-01..2026-02-28"
    assert shown("last winter", january) == "2024-12-01..2025-02-28"
    assert shown("past summer", january) == "2025-06-01..2025-08-31"


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        ("2024年5月到8月 | 2024年5-8月 | May to August 2024 | May-August 2024"
         " | between May and August 2024 | May 2024 to August", "2024-05-01..2024-08-31"),
        ("2024年5月1日到7日 | 2024年5月1-7日 | May 1-7, 2024 | 1 to 7 May 2024 | 2024.5.1-5.7"
         " | the 1st to the 7th of May 2024 | from May 1 to the 7th of May 2024",
         "2024-05-01..2024-05-07"),
        ("May 28 to June 3, 2024 | 2024年5月28日-6月3日", "2024-05-28..2024-06-03"),
        ("November to February 2024 | 2023年11月到2月", "2023-11-01..2024-02-29"),
        ("spring to autumn 2024 | 2024年春天到秋天", "2024-03-01..2024-11-30"),
        ("去年夏天到今年春天", "2025-06-01..2026-05-31"),
        ("between 2019 and 2021 | between the years 2019 and 2021 | 2019年和2021年之间",
         "2019-01-01..2021-12-31"),
        ("2019年和2021年 | 2019 or 2021 | 2019与2021年 | 2019或2021",
         "2019-01-01..2019-12-31, 2021-01-01..2021-12-31"),
        ("2019-21 | 2019–21 | 2019/21", "2019-01-01..2021-12-31"),
        ("summer of 2019 and 2021 | summers of 2019 and 2021 | 2019年和2021年的夏天"
         " | 2019、2021年夏天",
         "2019-06-01..2019-08-31, 2021-06-01..2021-08-31"),
        ("去年和今年夏天", "2025-06-01..2025-08-31, 2026-06-01..2026-08-31"),
        ("5 May 2019 or 2021", "2019-05-05..2019-05-05, 2021-05-05..2021-05-05"),
        ("2019 and 2020 | 2019年和2020年", "2019-01-01..2020-12-31"),
        ("May and August 2024 | August and May 2024 | 2024年5、8月 | 2024年5月和8月",
         "2024-05-01..2024-05-31, 2024-08-01..2024-08-31"),
        ("January, March and May 2020 | January, March, and May 2020 | 2020年1月、3月和5月",
         "2020-01-01..2020-01-31, 2020-03-01..2020-03-31, 2020-05-01..2020-05-31"),
        ("before 2019 or 2021", "..2018-12-31"),
        ("2020年1月、3月和4月 | January 2020 and March and April 2020",
         "2020-01-01..2020-01-31, 2020-03-01..2020-04-30"),
        ("2023.. | since 2023 | 自从2023年 | 2023 onwards | 2023 or later | 2023 to now"
         " | 2023年以来 | 自2023年以来 | 从2023年起 | 2023年至今 | 2023年以后 | 2023年后",
         "2023-01-01.."),
        ("..2023 | until 2023 | till 2023 | 2023 or earlier | no later than 2023", "..2023-12-31"),
        ("before 2023 | prior to 2023 | older than 2023 | 2023年之前", "..2022-12-31"),
        ("after May 2023 | newer than May 2023 | later than May 2023", "2023-06-01.."),
        ("before last summer", "..2025-05-31"),
    ],
)  # fmt: skip
def test_ranges_and_open_sides(texts: str, days: str) -> None:
    for text in texts.split(" | "):
        assert (text, shown(text)) == (text, days)


@pytest.mark.parametrize(
    ("typed", "rest", "days"),
    [
        # what belongs to the date, and what does not
        ("2024年春节联欢晚会", "春节联欢晚会", "2024-01-01..2024-12-31"),
        ("去年春节的饺子", "春节的饺子", "2025-01-01..2025-12-31"),
        ("2023年冬令营", "冬令营", "2023-01-01..2023-12-31"),
        ("2023年冬至饺子", "冬至饺子", "2023-01-01..2023-12-31"),
        ("00年代", "00年代", ""),
        ("room 2023", "room 2023", ""),
        ("2020 Olympics logo", "2020 Olympics logo", ""),
        ("dogs 2020,2022", "dogs", "2020-01-01..2020-12-31, 2022-01-01..2022-12-31"),
        ("去年春晚", "春晚", "2025-01-01..2025-12-31"),
        ("2023年夏令营", "夏令营", "2023-01-01..2023-12-31"),
        ("2022年冬奥会", "冬奥会", "2022-01-01..2022-12-31"),
        ("今年夏威夷", "夏威夷", "2026-01-01..2026-12-31"),
        ("2023年初雪", "初雪", "2023-01-01..2023-12-31"),
        ("2019年到2021年之间的雪景", "雪景", "2019-01-01..2021-12-31"),
        ("去年夏天期间拍的海", "海", "2025-06-01..2025-08-31"),
        ("2023年夏天的海", "海", "2023-06-01..2023-08-31"),
        ("2016年里约奥运会", "里约奥运会", "2016-01-01..2016-12-31"),
        ("2023年拍卖会", "拍卖会", "2023-01-01..2023-12-31"),
        ("五年前年轻的她", "年轻的她", "2021-01-01..2021-12-31"),
        ("dogs earlier this year", "dogs", "2026-01-01..2026-12-31"),
        ("2020年5月1日14:30", "14:30", "2020-05-01..2020-05-01"),
        ("上周三只狗", "三只狗", "2026-11-16..2026-11-22"),
        ("98年的老照片", "老照片", "1998-01-01..1998-12-31"),
        ("08年奥运会", "奥运会", "2008-01-01..2008-12-31"),
        ("niagara falls 2019", "niagara falls", "2019-01-01..2019-12-31"),
        ("last summer's trip", "trip", "2025-06-01..2025-08-31"),
        ("dinner with friends last Friday night", "dinner with friends", "2026-11-20..2026-11-20"),
        ("昨天晚上的月亮", "月亮", "2026-11-24..2026-11-24"),
        ("昨天晚餐", "晚餐", "2026-11-24..2026-11-24"),
        ("2020-5-5 的猫", "猫", "2020-05-05..2020-05-05"),
        ("２０２０／５／５ 猫", "猫", "2020-05-05..2020-05-05"),
        ("最近的一张照片", "", "2026-10-25..2026-11-25"),
        ("yesterday’s lunch", "lunch", "2026-11-24..2026-11-24"),
        ("photos from the past week", "", "2026-11-18..2026-11-25"),
        ("dogs, taken on the 6th of May 2023", "dogs", "2023-05-06..2023-05-06"),
        ("a cat 2023..", "a cat", "2023-01-01.."),
        ("a cat ..2023", "a cat", "..2023-12-31"),
        ("a cat... 2023...", "a cat", "2023-01-01..2023-12-31"),
        ("爷爷，大概是2015年左右拍的", "爷爷", "2014-01-01..2016-12-31"),
        ("dogs, sometime in 2015", "dogs", "2015-01-01..2015-12-31"),
        ("a 2023 photo of a dog", "a photo of a dog", "2023-01-01..2023-12-31"),
        ("2023 beach, boats", "beach, boats", "2023-01-01..2023-12-31"),
        ("2023年后院的花", "后院的花", "2023-01-01..2023-12-31"),
        ("March 2023 and fall leaves", "fall leaves", "2023-03-01..2023-03-31"),
        ("2012-2016 cars", "cars", "2012-01-01..2016-12-31"),
        ("dog 2022, 2024", "dog", "2022-01-01..2022-12-31, 2024-01-01..2024-12-31"),
        (
            "dog 2022、2024和2026年",
            "dog",
            "2022-01-01..2022-12-31, 2024-01-01..2024-12-31, 2026-01-01..2026-12-31",
        ),
        ("dog 2022, 2024, before 2023", "dog", "2022-01-01..2022-12-31"),
        ("dog since 2020, 2023, summer 2023", "dog", "2023-06-01..2023-08-31"),
        ("1960s wedding", "wedding", "1960-01-01..1969-12-31"),
        ("九十年代的北京", "北京", "1990-01-01..1999-12-31"),
        ("80年代风景", "风景", "1980-01-01..1989-12-31"),
        ("90年代初中生", "初中生", "1990-01-01..1999-12-31"),
        ("photos from the sixties", "", "1960-01-01..1969-12-31"),
    ],
)
def test_dates_leave_the_sentence(typed: str, rest: str, days: str) -> None:
    query = parse_query(typed, TODAY)
    taken = ", ".join(f"{first or ''}..{last or ''}" for first, last in query.filters.taken)
    assert (query.text, taken) == (rest, days)


@pytest.mark.parametrize(
    "typed",
    ["crowd of 2000 people", "2000米", "海拔2000米的山", "2000 m race", "2000-year-old temple",
     "2000年历史的古城", "2000多人", "2023届毕业生", "$2000 watch", "what this may be",
     "Women's march", "fall leaves", "may and june", "5/6/2023", "2023年2月30日", "2023-13",
     "31 April 2023", "IMG_2023", "晚上月亮", "晚上周围的灯", "街上周末的人", "过去年轻的人",
     "门前天空", "几十年前的老房子", "三天前往北京", "5月前", "a woman in her 80s",
     "her early 80s", "80s music", "80s cars", "1960s style kitchen", "十几年前的照片", "门前几天",
     "一个半月前", "这五个月大的宝宝", "1984 book cover", "2024 calendar", "2024年日历",
     "a 1967 mustang", "a 1960s diner", "1967 Mustang", "2010 Toyota",
     "red 1967 Ford Mustang at a show", "recent buildings", "a recently painted fence",
     "离镜头最近的人", "最近距离", "附近的店", "flight 1984", "a sign saying 2023",
     "写着2023的牌子", "class of 1999", "Blade Runner 2049", "2023-05-01.jpg",
     "a 19th century building", "19世纪的建筑", "in her 20s", "今日头条", "1960年代风格的厨房",
     "90后", "70年的老树", "结婚50年", "20190505_123456", "555-2019", "2.2019", "1920 x 1080",
     "1920×1080", "24小时便利店", "open 24 hours", "newest phone", "the latest iPhone",
     "最新的手机", "最新款汽车"],
)  # fmt: skip
def test_what_is_no_date_stays(typed: str) -> None:
    assert list(find_dates(typed, TODAY)) == []


_WORDS = st.sampled_from(
    ["2023", "年", "5月", "5", "-", "到", "to", "and", "May", "1st", "summer", "夏天", "去年",
     "last", "year", "the", "1960s", "九十年代", "between",
     "past", "week", "上周", "末", "前", "..", "since", "'s", " ", "的", "ago", "二十"]
)  # fmt: skip


@given(st.lists(_WORDS, max_size=12), st.sampled_from(["", " "]))
def test_any_words_give_dates_in_order(words: list[str], space: str) -> None:
    text = space.join(words)
    last = 0
    for found in find_dates(text, TODAY):
        assert last <= found.start < found.stop <= len(text)
        last = found.stop
        for days in found.periods:
            assert days.first is None or days.last is None or days.first <= days.last
