"""Searching on regions with the encoder that knows colours: phrases, boxes, places, exclusions."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageColor
from PIL.PdfParser import PdfParser

from app.core.asking import Filters, ImageQuery, Phrase, Query
from app.core.changes import ForgetConcept
from app.core.library.region_index import RegionIndex
from app.core.library.vector_index import VectorIndex
from app.core.messages import (
    BoxesSuggested,
    ChangeDone,
    ChangeLibrary,
    ConceptSaved,
    ExportFinished,
    ExportResults,
    Hit,
    ImageHit,
    JobDone,
    JobFailed,
    JudgeConcept,
    LibraryChanged,
    PhraseHit,
    RememberSearch,
    RestoreBackup,
    SaveConcept,
    SaveSearch,
    Search,
    SearchesSaved,
    SearchFinished,
    SearchRefined,
    SuggestBoxes,
)
from app.core.part_marks import part_color
from app.core.region_choice import overlaps
from app.worker import searcher
from app.worker.encoding_questions import AskedPhrase
from app.worker.evidence import Candidates, Evidence, phrase_evidence
from app.worker.export import title_of
from app.worker.searcher import Searcher
from tests.engine_bench import EngineBench
from tests.fakes import make_image
from tests.unit.worker.region_album import (
    names,
    opened_album,
    photo_id,
    refined,
    unit_box,
)

LEGEND_END_PX = 116  # of one line


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineBench]:
    with opened_album(tmp_path_factory.mktemp("regions")) as opened:
        yield opened


def is_at(hit: Hit, place: str) -> bool:
    assert hit.region is not None
    return float(overlaps(np.array(hit.region), np.array([unit_box(place)]))[0]) >= 0.5


# ---------------------------------------------------------------- phrases


@pytest.mark.parametrize("text", ["a red thing", "红色的东西"])
def test_the_place_of_a_phrase_is_found(bench: EngineBench, text: str) -> None:
    hits = refined(bench, Query(text))
    found = names(bench, hits)
    assert all(name.startswith("red") for name in found[:12]), found
    for hit, name in zip(hits[:12], found, strict=False):
        assert is_at(hit, "right" if name.startswith("red-right") else "left")
        (phrase,) = hit.phrases
        assert phrase.region == hit.region
        assert phrase.text == text


def test_each_phrase_has_its_own_place(bench: EngineBench) -> None:
    hits = refined(bench, Query("red thing, blue thing"))
    assert {name[:8] for name in names(bench, hits[:4])} == {"red-blue"}
    for hit in hits[:4]:
        red, blue = hit.phrases
        assert red.region is not None
        assert blue.region is not None
        assert red.region[2] <= 0.5 <= blue.region[0]


def test_place_words_choose_among_places(bench: EngineBench) -> None:
    on_left = names(bench, refined(bench, Query("red thing on the left")))
    on_right = names(bench, refined(bench, Query("右边的红色东西")))
    assert {name[:8] for name in on_left[:8]} == {"red-left", "red-blue"}
    assert {name[:9] for name in on_right[:4]} == {"red-right"}


def test_a_required_phrase_holds_photos_without_it_down(bench: EngineBench) -> None:
    phrases = (Phrase("red thing"), Phrase("blue thing", "required"))
    hits = refined(bench, Query("red thing, blue thing", phrases=phrases))
    good = {name[:8] for name in names(bench, tuple(hit for hit in hits if hit.match == "good"))}
    assert good <= {"red-blue"}


def test_good_matches_come_before_weak_ones_with_falling_scores(bench: EngineBench) -> None:
    hits = refined(bench, Query("red thing, green thing"))
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all((hit.score >= 0.5) == (hit.match == "good") for hit in hits)


# ---------------------------------------------------------------- exclusion


@pytest.mark.parametrize("text", ["red thing without blue", "红色的东西，没有蓝色的东西"])
def test_an_exclusion_goes_by_the_best_region(bench: EngineBench, text: str) -> None:
    found = names(bench, refined(bench, Query(text)))
    assert not any(name.startswith("red-blue") for name in found)
    assert {name[:8] for name in found[:8]} == {"red-left", "red-righ"}


def test_only_an_exclusion_leaves_the_rest(bench: EngineBench) -> None:
    job_id = bench.new_id()
    bench.send(Search(job_id, Query("-blue"), 100))
    finished = bench.until(SearchFinished, job_id=job_id)
    found = names(bench, finished.hits)
    assert len(found) + finished.n_excluded == 40
    assert found


# ---------------------------------------------------------------- boxes


def test_a_box_finds_the_same_thing_wherever_it_is(bench: EngineBench) -> None:
    box = ImageQuery(photo_id=photo_id(bench, "red-blue-0"), box=unit_box("right"))
    hits = refined(bench, Query(images=(box,)))
    assert {name[:8] for name in names(bench, hits[:4])} == {"red-blue"}
    assert all(is_at(hit, "right") for hit in hits[:4])
    (image,) = hits[0].images
    assert image.region == hits[0].region


def test_boxes_add_up_and_a_box_can_say_without(bench: EngineBench) -> None:
    scene = photo_id(bench, "red-blue-0")
    red = ImageQuery(photo_id=scene, box=unit_box("left"))
    blue = ImageQuery(photo_id=scene, box=unit_box("right"))
    both = names(bench, refined(bench, Query(images=(red, blue))))
    assert {name[:8] for name in both[:4]} == {"red-blue"}
    no_blue = ImageQuery(photo_id=scene, box=unit_box("right"), need="excluded")
    found = names(bench, refined(bench, Query(images=(red, no_blue))))
    assert not any(name.startswith("red-blue") for name in found)
    assert found[0].startswith("red")


def test_a_box_and_words_count_together(bench: EngineBench) -> None:
    red = ImageQuery(photo_id=photo_id(bench, "red-left-0"), box=unit_box("left"))
    found = names(bench, refined(bench, Query("blue thing", (red,))))
    assert {name[:8] for name in found[:4]} == {"red-blue"}


def test_boxes_are_suggested_round_things(bench: EngineBench) -> None:
    bench.send(SuggestBoxes(7001, ImageQuery(photo_id=photo_id(bench, "red-left-0"))))
    boxes = bench.until(BoxesSuggested, job_id=7001).boxes
    assert 0 < len(boxes) <= 12
    assert overlaps(np.array(unit_box("left")), np.array(boxes)).max() >= 0.5


# ---------------------------------------------------------------- filters


@pytest.mark.parametrize(
    "filters", [Filters(names=("blue",)), Filters(names=("-1",)), Filters(min_rating=1), Filters()]
)
@pytest.mark.parametrize("text", ["red thing", "red thing, blue thing", "a green thing -blue"])
def test_filtered_results_are_all_results_filtered(
    bench: EngineBench, monkeypatch: pytest.MonkeyPatch, filters: Filters, text: str
) -> None:
    everything = refined(bench, Query(text))
    allowed = set(bench.engine.library.photo_ids_matching(filters).tolist())
    expected = [hit for hit in everything if hit.photo_id in allowed]
    assert list(refined(bench, Query(text, filters=filters))) == expected
    monkeypatch.setattr(searcher, "ALL_PHOTOS", 2)
    monkeypatch.setattr(searcher, "ALL_PHOTO_VECTORS", 2)
    assert list(refined(bench, Query(text, filters=filters))) == expected


def test_filters_alone_list_photos_newest_first(bench: EngineBench) -> None:
    found = bench.search("", filters=Filters(names=("green",)))
    expected = bench.engine.library.photo_ids_matching(Filters(names=("green",))).tolist()
    assert [hit.photo_id for hit in found.hits] == expected
    assert {(hit.score, hit.match) for hit in found.hits} == {(1.0, "good")}
    assert not found.refining


# ---------------------------------------------------------------- two steps


def test_a_newer_search_takes_the_place_of_refining(bench: EngineBench) -> None:
    bench.send(Search(8001, Query("red thing")))
    bench.until(SearchFinished, job_id=8001)
    bench.send(Search(8002, Query("blue thing")))
    bench.until(SearchRefined, job_id=8002)
    assert bench.of_kind(SearchRefined, job_id=8001) == []


def test_tokens_are_counted(bench: EngineBench) -> None:
    assert bench.search("a red thing -blue").n_tokens == len(["a", "red", "thing"]) + 1


@pytest.mark.parametrize("all_photos", [2000, 5])
def test_exclusions_alone_look_at_regions(
    bench: EngineBench, monkeypatch: pytest.MonkeyPatch, all_photos: int
) -> None:
    monkeypatch.setattr("app.worker.searcher.ALL_PHOTOS", all_photos)
    everything = {hit.photo_id for hit in refined(bench, Query("-green"))}
    left = names(bench, refined(bench, Query("-red")))
    assert 0 < len(left) < len(everything)
    assert not [name for name in left if name.startswith("red")]


def make_searcher(bench: EngineBench) -> Searcher:
    library = bench.engine.library
    (model,) = library.models()
    index, regions = VectorIndex.open(library, model.id), RegionIndex(library, model.id)
    return Searcher(library, index, regions, model.id, bench.encoder)


@pytest.mark.parametrize("text", ["red thing -red", "a green thing, without green", "-red"])
@pytest.mark.parametrize("limit", [8, 100])
def test_exclusions_leave_as_many_as_there_are_and_nothing_is_judged_twice(
    bench: EngineBench, monkeypatch: pytest.MonkeyPatch, text: str, limit: int
) -> None:
    everyone = make_searcher(bench)
    asked = everyone.encode(Query(text), [])
    left = {hit.photo_id: hit for hit in everyone.refined(asked, 100).hits}
    judged: list[int] = []

    def evidence(asked: AskedPhrase, candidates: Candidates, *others: Any) -> Evidence:
        judged.extend(candidates.ids)
        return phrase_evidence(asked, candidates, *others)

    monkeypatch.setattr(searcher, "phrase_evidence", evidence)
    for name in ("ALL_PHOTOS", "ALL_PHOTO_VECTORS", "_FROM_FIRST_STEP", "_FROM_REGIONS"):
        monkeypatch.setattr(searcher, name, 4)
    monkeypatch.setattr(searcher, "_SHORT_LIST", 1)
    hits = make_searcher(bench).refined(asked, limit).hits
    assert len(hits) == min(limit, len(left))
    assert all(left[hit.photo_id] == hit for hit in hits)
    assert max(Counter(judged).values()) == len(asked.phrases)


def test_phrases_are_encoded_in_one_batch(
    bench: EngineBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = make_searcher(bench).questions
    texts = ["green thing", "red thing, not blue", "-yellow"]
    alone = [questions.encode(Query(text), []).phrases[0] for text in texts]
    batches: list[str] = []
    encode_texts = bench.encoder.encode_texts
    monkeypatch.setattr(
        bench.encoder,
        "encode_texts",
        lambda texts, mode: batches.append(mode) or encode_texts(texts, mode),
    )
    together = questions.encode(Query(", ".join(texts)), [])
    assert batches == ["auto", "box"]
    assert together.text is not None
    for one, other in zip(alone, together.phrases, strict=True):
        assert one.phrase == other.phrase
        for name in ("photo", "region", "photo_misses", "region_misses"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


# ---------------------------------------------------------------- concepts, searches, export


def test_a_concept_is_learned_judged_and_forgotten(bench: EngineBench) -> None:
    example = ImageQuery(photo_id=photo_id(bench, "red-left-0"), box=unit_box("left"))
    bench.send(SaveConcept(9001, "crimson", (example,)))
    concept_id = bench.until(ConceptSaved, job_id=9001).concept_id
    assert bench.of_kind(LibraryChanged, concepts=True)
    asked = Query(images=(ImageQuery(concept_id=concept_id),))
    before = names(bench, refined(bench, asked))
    assert all(name.startswith("red") for name in before[:8])
    rejected = photo_id(bench, before[0])
    bench.send(JudgeConcept(9002, concept_id, rejected, accepted=False))
    saved = bench.until(ConceptSaved, job_id=9002)
    assert rejected not in [hit.photo_id for hit in refined(bench, asked)]
    bench.send(ChangeLibrary(9008, saved.inverse))
    again = bench.until(ChangeDone, job_id=9008).inverse
    assert names(bench, refined(bench, asked)) == before, "what was said is taken back"
    bench.send(ChangeLibrary(9010, again))
    bench.until(ChangeDone, job_id=9010)
    after = refined(bench, asked)
    assert rejected not in [hit.photo_id for hit in after]
    bench.send(JudgeConcept(9005, concept_id, example.photo_id or 0, accepted=True))
    bench.until(ConceptSaved, job_id=9005)
    (first, _) = bench.engine.library.concepts.examples(concept_id)
    assert (first.photo_id, first.box) == (example.photo_id, example.box)
    bench.send(JudgeConcept(9006, concept_id, example.photo_id or 0, accepted=False))
    bench.until(ConceptSaved, job_id=9006)
    bench.send(Search(9007, asked))
    assert bench.until(JobFailed, job_id=9007).kind == "AllRejectedError"
    bench.send(ChangeLibrary(9003, ForgetConcept(concept_id)))
    bench.until(ChangeDone, job_id=9003)
    bench.send(Search(9004, asked))
    assert bench.until(JobFailed, job_id=9004).kind == "ConceptMissingError"


def test_what_was_rejected_is_not_left_out_where_a_concept_is_excluded(bench: EngineBench) -> None:
    example = ImageQuery(photo_id=photo_id(bench, "red-left-0"), box=unit_box("left"))
    bench.send(SaveConcept(9701, "rust", (example,)))
    concept_id = bench.until(ConceptSaved, job_id=9701).concept_id
    without = Query(images=(ImageQuery(concept_id=concept_id, need="excluded"),))
    rejected = photo_id(bench, "red-right-0"), photo_id(bench, "plain-0")
    assert rejected[0] not in {hit.photo_id for hit in refined(bench, without)}
    for job_id, each in enumerate(rejected, 9702):
        bench.send(JudgeConcept(job_id, concept_id, each, accepted=False))
        bench.until(ConceptSaved, job_id=job_id)
    left = refined(bench, without)
    assert {hit.photo_id for hit in left} >= set(rejected)
    assert "red-left-0" not in names(bench, left)


def test_a_restored_backup_tells_of_all_that_people_made(bench: EngineBench) -> None:
    bench.engine.library.back_up()
    bench.send(RestoreBackup(9801, bench.engine.library.backups()[0].name))
    bench.until(JobDone, job_id=9801)
    (told,) = bench.of_kind(LibraryChanged, roots=True, albums=True)
    assert (told.marks, told.tags, told.searches, told.concepts) == (True,) * 4


def test_searches_are_saved_and_remembered(bench: EngineBench) -> None:
    bench.send(SaveSearch(9101, "Red", Query("red")), RememberSearch(9102, Query("blue")))
    saved_id = bench.until(SearchesSaved, job_id=9101).saved_id
    bench.until(SearchesSaved, job_id=9102)
    searches = bench.engine.library.searches
    assert [(saved.id, saved.name) for saved in searches.saved()] == [(saved_id, "Red")]
    assert searches.history()[0].query == Query("blue")


@pytest.mark.parametrize("form", ["csv", "json", "png", "pdf"])
def test_results_are_exported(bench: EngineBench, tmp_path: Path, form: str) -> None:
    query = Query("红色的东西")
    hits = refined(bench, query, limit=7)
    path = tmp_path / f"results.{form}"
    bench.send(ExportResults(9201, bytes(path), form, query, hits))  # type: ignore[arg-type]
    assert bench.until(ExportFinished, path=bytes(path)).n_photos == 7
    data = path.read_bytes()
    if form == "csv":
        lines = data.decode("utf-8-sig").splitlines()
        assert lines[0].startswith("path,score,match,x0")
        assert len(lines) == 8
    elif form == "json":
        results = json.loads(data)["results"]
        assert [tuple(each["region"]) for each in results] == [hit.region for hit in hits]
    else:
        assert data.startswith(b"\x89PNG" if form == "png" else b"%PDF")


def test_an_export_to_nowhere_is_an_error(bench: EngineBench, tmp_path: Path) -> None:
    path = bytes(tmp_path / "no folder" / "x.csv")
    bench.send(ExportResults(9301, path, "csv", Query("a"), ()))
    failed = bench.until(JobFailed, job_id=9301)
    assert (failed.kind, failed.params) == (
        "ExportError",
        {"file": str(tmp_path / "no folder/x.csv"), "reason": "missing"},
    )
    assert "No such file" in failed.message
    assert "another place" in failed.message


def test_an_export_never_takes_the_place_of_a_photo(bench: EngineBench) -> None:
    hits = refined(bench, Query("red"), limit=1)
    (photo,) = bench.engine.library.photos([hits[0].photo_id])
    path = Path(os.fsdecode(photo.absolute_path))
    before = path.read_bytes()
    bench.send(ExportResults(9401, bytes(path), "png", Query("red"), hits))
    assert "is a photo of the library" in bench.until(JobFailed, job_id=9401).message
    assert path.read_bytes() == before


def test_a_long_contact_sheet_has_pages_and_a_picture_its_limit(
    bench: EngineBench, tmp_path: Path
) -> None:
    hits = refined(bench, Query("red"), limit=7) * 9
    paths = [bytes(tmp_path / name) for name in ("sheet.pdf", "sheet.png")]
    bench.send(ExportResults(9601, paths[0], "pdf", Query("red"), hits))
    bench.until(ExportFinished, path=paths[0])
    with PdfParser(os.fsdecode(paths[0])) as document:
        assert len(document.pages) == 3
    bench.send(ExportResults(9602, paths[1], "png", Query("red"), hits * 16))
    assert "1,000 photos at most, not 1,008" in bench.until(JobFailed, job_id=9602).message


def test_a_contact_sheet_frames_what_photos_show_and_says_which_colour_is_what(
    bench: EngineBench, tmp_path: Path
) -> None:
    left, right = (0.1, 0.1, 0.4, 0.4), (0.6, 0.6, 0.9, 0.9)
    colours = [ImageColor.getrgb(part_color(number)) for number in range(2)]
    parts = (PhraseHit("not there", 0.2, left), PhraseHit("there", 0.9, right))
    seen = []
    for number, phrases in enumerate((parts, parts[1:])):
        found = Hit(photo_id(bench, "plain-0"), 0.7, "good", right, phrases)
        path = tmp_path / f"sheet-{number}.png"
        bench.send(ExportResults(9651 + number, bytes(path), "png", Query("things"), (found,)))
        bench.until(ExportFinished, path=bytes(path))
        for place in np.split(np.asarray(Image.open(path)), [LEGEND_END_PX]):
            seen.append([bool((place == colour).all(axis=2).any()) for colour in colours])
    assert seen[0] == [True, True], "the legend of two parts"
    assert seen[1] == [False, True], "the frame of the part that is there"
    assert seen[2:] == [[False, False], [True, False]], "no legend of one part, but its frame"


def test_the_legend_of_a_contact_sheet_names_pictures_too(
    bench: EngineBench, tmp_path: Path
) -> None:
    left, right = (0.1, 0.1, 0.4, 0.4), (0.6, 0.6, 0.9, 0.9)
    one = photo_id(bench, "plain-0")
    images = (ImageQuery(photo_id=one, need="excluded"), ImageQuery(photo_id=one, box=right))
    hit = Hit(one, 0.7, "good", right, (PhraseHit("red", 0.9, left),), (ImageHit(0.2, right),))
    path = tmp_path / "sheet.png"
    bench.send(ExportResults(9661, bytes(path), "png", Query("red", images), (hit,)))
    bench.until(ExportFinished, path=bytes(path))
    colour = ImageColor.getrgb(part_color(1))
    legend, photos = np.split(np.asarray(Image.open(path)), [LEGEND_END_PX])
    assert (legend == colour).all(axis=2).any(), "a colour"
    assert not (photos == colour).all(axis=2).any(), "and no frame"


def test_a_contact_sheet_is_named_by_chips_and_concepts(bench: EngineBench, tmp_path: Path) -> None:
    example = ImageQuery(photo_id=photo_id(bench, "red-left-0"))
    bench.send(SaveConcept(9603, "coral", (example,)))
    concept_id = bench.until(ConceptSaved, job_id=9603).concept_id
    phrases = (Phrase("red"), Phrase("blue", "excluded"))
    query = Query("red, blue, green", (ImageQuery(concept_id=concept_id),), phrases)
    assert title_of(bench.engine.library, query) == "red, −blue + coral"
    assert title_of(bench.engine.library, Query("red, blue")) == "red, blue"


@pytest.mark.parametrize("title", ["red\nthing\ttoo", "\udcff red", "l" * 2000, "很长的标题" * 99])
def test_a_contact_sheet_takes_any_title(bench: EngineBench, tmp_path: Path, title: str) -> None:
    path = tmp_path / "sheet.png"
    bench.send(ExportResults(9501, bytes(path), "png", Query(title), ()))
    assert bench.until(ExportFinished, path=bytes(path)).n_photos == 0
    sheet = Image.open(path).convert("L")
    written = np.asarray(sheet)[:, : sheet.width - 40] < 200
    assert written[40:74, 40:].any()
    assert not (np.asarray(sheet)[:, sheet.width - 40 :] < 200).any()


def test_a_table_has_paths_that_lead_to_the_files(tmp_path: Path) -> None:
    folder = tmp_path / "album"
    folder.mkdir()
    odd = (
        "a, b.png",
        "two\nlines.png",
        'say "x".png',
        "=1+1.png",
        "cafe\u0301.png",
        "\u202egnp.png",
    )
    for number, name in enumerate(odd):
        make_image("red", (320, 320), seed=number).save(folder / name)
    table = tmp_path / "table.csv"
    with EngineBench(tmp_path / "library") as bench:
        bench.index(folder)
        hits = bench.search("red").hits
        bench.send(ExportResults(9601, bytes(table), "csv", Query("red"), hits))
        bench.until(ExportFinished, job_id=9601)
    with table.open(encoding="utf-8-sig", newline="") as file:
        paths = [row["path"] for row in csv.DictReader(file)]
    assert sorted(paths) == sorted(str(folder / name) for name in odd)
