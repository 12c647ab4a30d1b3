from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.asking import Filters, ImageQuery, Phrase, Query
from app.core.changes import ForgetConcept, ForgetPastSearches, SetMarks
from app.core.errors import NameTakenError, QueryError
from app.core.library import Library, backups
from app.core.library.concepts import NewExample
from app.core.library.library import LIBRARY_NAME
from app.core.library.query_json import query_from_json
from app.core.library.rows import Concept, NewPhoto
from app.core.library.searches import MAX_HISTORY
from tests.unit.core.library.known import remove_root

MakePhoto = Callable[..., NewPhoto]
FULL = Query(
    "a dog, no cats",
    (
        ImageQuery(photo_id=3, box=(0.1, 0.2, 0.3, 0.4)),
        ImageQuery(path=b"/photos/\xff.jpg", need="excluded"),
    ),
    (Phrase("a dog", "required"), Phrase("red cup", "optional", ("blue cup",))),
    Filters(
        root_ids=(1,),
        taken=(("2023-01-01", None),),
        yearly=(("12-24", "12-26"),),
        weekdays=(5, 6),
        favourite=True,
    ),
)


# ---------------------------------------------------------------- saved searches and history


def test_a_saved_search_comes_back_whole(library: Library) -> None:
    saved_id = library.searches.save("  My  dogs ", FULL)
    (saved,) = library.searches.saved()
    assert (saved.id, saved.name, saved.query) == (saved_id, "My dogs", FULL)
    assert library.searches.save("Cats", Query("cats"), saved_id) == saved_id
    (changed,) = library.searches.saved()
    assert (changed.name, changed.query) == ("Cats", Query("cats"))
    library.searches.remove(saved_id)
    library.searches.remove(saved_id)
    assert library.searches.saved() == []


def test_filters_come_back_that_had_one_orientation_and_one_period() -> None:
    kept = {
        "text": "dogs", "images": [], "phrases": None,
        "filters": {
            "root_ids": [1], "folders": [], "taken_from": "2023-01-01", "taken_to": None,
            "cameras": ["nikon", "d750"], "min_rating": 0, "favourite": False,
            "formats": [], "orientation": "portrait", "names": [],
        },
    }  # fmt: skip
    assert query_from_json(json.dumps(kept)).filters == Filters(
        root_ids=(1,),
        taken=(("2023-01-01", None),),
        cameras=("nikon d750",),
        orientations=("portrait",),
    )


@pytest.mark.parametrize(
    ("name", "query", "saved_id"),
    [
        (" ", Query("a"), None),
        ("Name", Query(" "), None),
        ("Name", Query(images=(ImageQuery(pixels=b"abc", width_px=1, height_px=1),)), None),
        ("Name", Query("a"), 99),
    ],
)
def test_what_cannot_be_kept_is_refused(
    library: Library, name: str, query: Query, saved_id: int | None
) -> None:
    with pytest.raises(QueryError):
        library.searches.save(name, query, saved_id)
    assert library.searches.saved() == []


def test_text_that_is_no_question_is_searched_for(library: Library) -> None:
    library.searches.save("Old", Query("x"))
    for text in ("a plain text", '{"text": 1}', '{"text": "a", "images": [{"box": 1}]', "[]"):
        library._store.run("UPDATE saved_searches SET query = ?", (text,))
        assert library.searches.saved()[0].query == Query(text)


def test_the_history_has_the_latest_first_and_each_once(library: Library) -> None:
    for text in ("a", "b", "a"):
        library.searches.remember(Query(text))
    assert [past.query.text for past in library.searches.history()] == ["a", "b"]
    assert [past.query.text for past in library.searches.history(1)] == ["a"]


def test_past_searches_are_forgotten_and_come_back_to_their_places(library: Library) -> None:
    for text in ("a", "b", "c"):
        library.searches.remember(Query(text))
    before = library.searches.history()
    forgotten = library.user_data.change(ForgetPastSearches((before[1].id, before[2].id, 99)))
    assert [past.query.text for past in library.searches.history()] == ["c"]
    library.user_data.change(forgotten.inverse)
    assert library.searches.history() == before
    forgotten = library.user_data.change(ForgetPastSearches(tuple(past.id for past in before)))
    library.searches.remember(Query("a"))
    redo = library.user_data.change(forgotten.inverse).inverse
    assert [past.query.text for past in library.searches.history()] == ["a", "c", "b"]
    assert redo == ForgetPastSearches((before[1].id, before[0].id)), "a was asked anew"


def test_the_history_has_an_end(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_HISTORY >= 100
    monkeypatch.setattr("app.core.library.searches.MAX_HISTORY", 3)
    for number in range(5):
        library.searches.remember(Query(str(number)))
    assert [past.query.text for past in library.searches.history()] == ["4", "3", "2"]


# ---------------------------------------------------------------- concepts


def test_a_concept_has_its_examples(library: Library, model_id: int, make_photo: MakePhoto) -> None:
    (photo_id,) = library.save_batch(model_id, [make_photo(1)], [])
    box = (0.1, 0.2, 0.5, 0.9)
    concepts = library.concepts
    concept_id = concepts.save("grandma", [NewExample(b"jpeg", photo_id, box), NewExample(b"two")])
    concepts.judge(concept_id, NewExample(b"no", photo_id, accepted=False))
    other, judged = concepts.examples(concept_id)
    assert (other.picture, other.photo_id, other.box, other.accepted) == (b"two", None, None, True)
    assert (judged.picture, judged.photo_id, judged.accepted) == (b"no", photo_id, False)
    found = concepts.named(" grandma ")
    assert (found.id, found.n_accepted, found.n_rejected) == (concept_id, 1, 1)
    concepts.save("Oma", [NewExample(b"three")], concept_id)
    assert [concept.name for concept in concepts.all()] == ["Oma"]
    library.user_data.change(ForgetConcept(concept_id))
    assert concepts.all() == []
    with pytest.raises(QueryError):
        concepts.examples(concept_id)


def test_capitals_matter_only_between_names_that_differ_by_them(library: Library) -> None:
    oma, small, large = [
        library.concepts.save(name, [NewExample(b"x")]) for name in ("Oma", "tom", "Thomas")
    ]
    with sqlite3.connect(
        library.directory / LIBRARY_NAME
    ) as older:  # gave any name that was not the very same
        older.execute("UPDATE concepts SET name = 'Tom' WHERE id = ?", (large,))
    found = {name: library.concepts.named(name).id for name in ("oma", "OMA", "tom", "Tom")}
    assert found == {"oma": oma, "OMA": oma, "tom": small, "Tom": large}
    with pytest.raises(QueryError, match="no concept 'TOM'"):
        library.concepts.named("TOM")


@pytest.mark.parametrize("alike", ["mum", " MUM ", "Ｍｕｍ"])
def test_a_name_that_differs_by_capitals_alone_is_taken(library: Library, alike: str) -> None:
    concepts = library.concepts
    mum, dad = [concepts.save(name, [NewExample(b"x")]) for name in ("Mum", "Dad")]
    for concept_id, examples in ((None, [NewExample(b"y")]), (dad, [])):
        with pytest.raises(NameTakenError, match="'Mum' already") as refused:
            concepts.save(alike, examples, concept_id)
        assert refused.value.params == {"name": "Mum"}
    assert concepts.named(alike).id == mum
    before = concepts.as_it_is(mum)
    concepts.save(alike, [], mum)
    assert concepts.named("Mum").name == alike.strip()
    library.user_data.change(before)
    assert [each.name for each in concepts.all()] == ["Dad", "Mum"]


def test_names_are_told_apart_by_what_is_seen(library: Library) -> None:
    concept_id = library.concepts.save(" caf\u0065\u0301\n\x1bno 1\udcff", [NewExample(b"x")])
    assert library.concepts.named("caf\u00e9 no 1") == Concept(concept_id, "caf\u00e9 no 1", 1, 0)
    with pytest.raises(QueryError, match="already"):
        library.concepts.save("caf\u00e9 no\t1", [NewExample(b"x")])
    with pytest.raises(QueryError, match="empty"):
        library.concepts.save("\udcff\x07", [NewExample(b"x")])


def test_a_forgotten_concept_comes_back_beside_one_with_its_name(library: Library) -> None:
    old = library.concepts.save("cat", [NewExample(b"old")])
    back = library.user_data.change(ForgetConcept(old)).inverse
    new = library.concepts.save("cat", [NewExample(b"new")])
    library.concepts.save("cat (2)", [NewExample(b"another")])
    again = library.user_data.change(back).inverse
    names = {concept.id: concept.name for concept in library.concepts.all()}
    assert (names[old], names[new]) == ("cat (3)", "cat")
    assert [each.picture for each in library.concepts.examples(old)] == [b"old"]
    assert again == ForgetConcept(old)


def test_what_was_said_of_a_concept_is_taken_back_and_said_again(library: Library) -> None:
    concepts = library.concepts
    concept_id = concepts.save("cat", [NewExample(b"one", box=(0.1, 0.2, 0.3, 0.4))])
    before = concepts.as_it_is(concept_id)
    concepts.judge(concept_id, NewExample(b"no", accepted=False))
    concepts.save("Tom", [NewExample(b"two")], concept_id)
    after = concepts.as_it_is(concept_id)
    again = library.user_data.change(before).inverse
    assert concepts.all() == [Concept(concept_id, "cat", 1, 0)]
    (example,) = concepts.examples(concept_id)
    assert (example.picture, example.box) == (b"one", (0.1, 0.2, 0.3, 0.4))
    assert again == after
    library.user_data.change(again)
    assert concepts.as_it_is(concept_id) == after
    library.user_data.change(ForgetConcept(concept_id))
    with pytest.raises(QueryError):
        library.user_data.change(before)


def test_what_is_no_concept_is_refused(library: Library) -> None:
    library.concepts.save("dog", [NewExample(b"x")])
    for name, n_examples, concept_id in (
        (" ", 1, None), ("dog", 1, None), ("cat", 0, None), ("cat", 6, None), ("cat", 1, 99),
    ):  # fmt: skip
        with pytest.raises(QueryError):
            library.concepts.save(name, [NewExample(b"x")] * n_examples, concept_id)
    with pytest.raises(QueryError, match="no concept 'cat'"):
        library.concepts.named("cat")
    assert [concept.name for concept in library.concepts.all()] == ["dog"]


def test_examples_outlive_their_photo_and_a_backup_has_them(
    library: Library, directory: Path, model_id: int, make_photo: MakePhoto, tmp_path: Path
) -> None:
    one, two = library.save_batch(model_id, [make_photo(1), make_photo(2)], [])
    concept_id = library.concepts.save("dog", [NewExample(b"x", one), NewExample(b"y", two)])
    library.searches.remember(Query("dogs"))
    library.remove_photos([one])
    remove_root(library, library.roots()[0].id)
    assert [each.photo_id for each in library.concepts.examples(concept_id)] == [None, None]
    copy = tmp_path / "copy" / LIBRARY_NAME
    copy.parent.mkdir()
    backups.extract(directory / LIBRARY_NAME, copy)
    with Library.open(copy.parent, write=False) as saved:
        assert [each.picture for each in saved.concepts.examples(concept_id)] == [b"x", b"y"]
        assert [past.query.text for past in saved.searches.history()] == ["dogs"]


# ---------------------------------------------------------------- filters


@pytest.fixture
def album(library: Library, model_id: int, make_photo: MakePhoto, folder: Path) -> dict[str, int]:
    day = 86_400_000_000_000
    photos = {
        "beach": make_photo(
            "Trips/Été/beach.JPG".encode(), taken_at="2023-07-01T10:00:00", camera="NIKON D750"
        ),
        "snow": make_photo(
            "Trips/2024/雪山.png".encode(), taken_at="2024-01-15T10:00:00", format="PNG",
            width_px=300, height_px=400,
        ),
        "scan": make_photo(
            b"scan.tif", taken_at="1965-07-04T12:00:00", format="TIFF", width_px=300, height_px=400,
            camera="Epson V600",
        ),
        "square": make_photo(b"square.heic", mtime_ns=19_000 * day, format="HEIF", width_px=480),
    }  # fmt: skip
    ids = library.save_batch(model_id, list(photos.values()), [])
    library.user_data.change(SetMarks((ids[0],), rating=4, favourite=False))
    library.user_data.change(SetMarks((ids[1],), rating=2, favourite=True))
    return dict(zip(photos, ids, strict=True))


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (Filters(), "snow beach square scan"),
        (Filters(folders=("été",)), "beach"),
        (Filters(folders=("trips",)), "snow beach"),
        (Filters(folders=("beach",)), ""),
        (Filters(folders=("trips", "2024")), "snow"),
        (Filters(taken=(("2023-07-01", "2023-07-01"),)), "beach"),
        (Filters(taken=(("2023-07-02", None),)), "snow"),
        (Filters(taken=((None, "2022-12-31"),)), "square scan"),
        (Filters(taken=(("1960-01-01", "1969-12-31"),)), "scan"),
        (Filters(taken=((None, "1969-12-31"), ("2024-01-01", None))), "snow scan"),
        (Filters(yearly=(("07-01", "07-04"),)), "beach scan"),
        (Filters(yearly=(("07-04", "07-04"), ("01-15", "01-15"))), "snow scan"),
        (Filters(yearly=(("12-20", "01-20"),)), "snow square"),
        (Filters(taken=(("2020-01-01", None),), yearly=(("07-01", "07-04"),)), "beach"),
        (Filters(weekdays=(5,)), "beach square"),
        (Filters(weekdays=(0, 6)), "snow scan"),
        (Filters(weekdays=(0, 5), taken=(("2023-01-01", None),)), "snow beach"),
        (Filters(weekdays=(1, 2, 3, 4)), ""),
        (Filters(cameras=("d750 nikon",)), "beach"),
        (Filters(cameras=("nikon", "v600 epson")), "beach scan"),
        (Filters(cameras=("nikon v600",)), ""),
        (Filters(cameras=("canon",)), ""),
        (Filters(min_rating=4), "beach"),
        (Filters(favourite=True), "snow"),
        (Filters(formats=("png", "heic")), "snow square"),
        (Filters(formats=("jpeg",)), "beach"),
        (Filters(orientations=("landscape",)), "beach"),
        (Filters(orientations=("portrait",)), "snow scan"),
        (Filters(orientations=("landscape", "square")), "beach square"),
        (Filters(orientations=("square",)), "square"),
        (Filters(names=("雪",)), "snow"),
        (Filters(names=("BEACH",)), "beach"),
        (Filters(names=("%",)), ""),
        (Filters(root_ids=(99,)), ""),
    ],
)
def test_filters_let_through(
    library: Library, album: dict[str, int], filters: Filters, names: str
) -> None:
    expected = [album[name] for name in names.split()]
    assert library.photo_ids_matching(filters).tolist() == expected
    assert library.photo_ids_matching(Filters(), filters).tolist() == expected


def test_festivals_that_move_are_on_their_days_of_each_year(
    library: Library, model_id: int, make_photo: MakePhoto
) -> None:
    days = ("2024-03-31", "2024-02-10", "2024-02-01", "2021-04-04", "2021-02-12", "1985-04-07")
    photos = [make_photo(f"{day}.jpg".encode(), taken_at=f"{day}T10:00:00") for day in days]
    of_day = dict(zip(days, library.save_batch(model_id, photos, []), strict=True))
    for name, expected in (
        ("easter", ["2024-03-31", "2021-04-04", "1985-04-07"]),
        ("spring festival", ["2024-02-10", "2021-02-12"]),
        ("thanksgiving", []),
    ):
        ids = library.photo_ids_matching(Filters(yearly=((name, name),))).tolist()
        assert ids == [of_day[day] for day in expected]
    both = Filters(taken=(("2021-01-01", "2021-12-31"),), yearly=(("easter", "easter"),))
    assert library.photo_ids_matching(both).tolist() == [of_day["2021-04-04"]]


def test_a_path_filters_what_is_below_it(
    library: Library, album: dict[str, int], folder: Path
) -> None:
    below = Filters(folders=(os.path.join(folder, "Trips", "2024"),))
    assert library.photo_ids_matching(below).tolist() == [album["snow"]]
    beside = Filters(folders=(os.path.join(folder, "Trip"),))
    assert library.photo_ids_matching(beside).tolist() == []
    paths = [os.path.join(folder, "Trips", name) for name in ("2024", "Été")]
    either = library.photo_ids_matching(Filters(folders=tuple(paths)))
    assert either.tolist() == [album["snow"], album["beach"]]


def test_filters_of_bytes_that_are_no_text(
    library: Library, root_id: int, model_id: int, make_photo: MakePhoto
) -> None:
    odd = make_photo(b"caf\xe9/a.jpg", root_id=root_id)
    (photo_id,) = library.save_batch(model_id, [odd], [])
    for filters in (
        Filters(folders=(os.fsdecode(b"\xe9"),)),
        Filters(names=(os.fsdecode(b"\xe9"),)),
    ):
        assert library.photo_ids_matching(filters).tolist() == [photo_id]
    for filters in (Filters(folders=("\ud800",)), Filters(cameras=("\ud800",))):
        assert library.photo_ids_matching(filters).tolist() == []
