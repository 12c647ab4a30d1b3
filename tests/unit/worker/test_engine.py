"""Questions to the engine: what is answered, what is superseded, and in which order."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.core.asking import Filters, ImageQuery, Query
from app.core.changes import PutBackFolder, RestoreMarks, SetMarks, TakeOutFolder, TakeOutPhotos
from app.core.errors import EngineError, LibraryError, LibraryLockedError, ModelError
from app.core.library import Library
from app.core.library.user_data import UserData
from app.core.messages import (
    CancelJob,
    ChangeDone,
    ChangeLibrary,
    EngineReady,
    IndexFinished,
    JobCancelled,
    JobFailed,
    LibraryChanged,
    Locate,
    OpenPhoto,
    PhotoLocated,
    PhotoOpened,
    Search,
    SearchFinished,
    Shutdown,
    StartIndex,
)
from app.core.settings import Settings
from app.worker.engine import Engine
from tests.engine_bench import EngineBench
from tests.fakes import (
    COLOURS,
    FakeEncoder,
    HeldPool,
    InlinePool,
    load_fake_encoder,
    make_album,
    make_image,
    save_photo,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[EngineBench]:
    """An engine whose library has 30 photos, five of each colour."""
    make_album(tmp_path / "album", 30)
    with EngineBench(tmp_path / "library") as bench:
        bench.index(tmp_path / "album")
        yield bench


def _names(bench: EngineBench, found: SearchFinished) -> list[str]:
    photos = bench.engine.library.photos([hit.photo_id for hit in found.hits])
    return [photo.path.decode().split("_")[0] for photo in photos]


def _photo_id(bench: EngineBench, colour: str) -> int:
    library = bench.engine.library
    return next(
        photo.id
        for photo in library.photos(library.photo_ids())
        if photo.path.startswith(colour.encode())
    )


# ---------------------------------------------------------------- start


def test_ready_says_what_runs(bench: EngineBench) -> None:
    ready = bench.events[0]
    assert isinstance(ready, EngineReady)
    assert (ready.model, ready.fingerprint) == ("fake-tiny", "fake-fingerprint")
    assert ready.load_ms >= 0


def test_one_writer_only(bench: EngineBench, tmp_path: Path) -> None:
    second = EngineBench(tmp_path / "library")
    with pytest.raises(LibraryLockedError):
        second.__enter__()
    second.engine.close()


def test_readers_read_while_the_engine_writes(bench: EngineBench, tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", write=False) as reader:
        before = reader.generation
        save_photo(tmp_path / "album" / "new.png", seed=900)
        bench.index(tmp_path / "album")
        assert reader.generation > before
        assert reader.n_photos() == 31


def test_a_missing_model_is_said(tmp_path: Path) -> None:
    engine = Engine(Settings(), tmp_path / "library", tmp_path / "none", lambda event: None)
    try:
        with pytest.raises(ModelError, match="no model"):
            engine.start()
    finally:
        engine.close()


def test_an_engine_that_was_not_started_has_no_library(tmp_path: Path) -> None:
    engine = Engine(Settings(), tmp_path, tmp_path, lambda event: None, pool=InlinePool())
    with pytest.raises(EngineError):
        _ = engine.library
    engine.close()
    engine.close()


# ---------------------------------------------------------------- search


@pytest.mark.parametrize(("text", "colour"), [("a RED car", "red"), ("蓝色的海", "blue")])
def test_words_find_photos(bench: EngineBench, text: str, colour: str) -> None:
    found = bench.search(text)
    assert _names(bench, found)[:5] == [colour] * 5
    assert found.text == text
    assert found.model == "fake-tiny"
    assert found.took_ms > 0
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert [hit.match for hit in found.hits] == ["good"] * 5 + ["weak"] * 25


def test_one_phrase_has_the_score_of_the_whole(bench: EngineBench) -> None:
    hit = bench.search("a red car").hits[0]
    assert [(phrase.text, phrase.score, phrase.region) for phrase in hit.phrases] == [
        ("a red car", hit.score, None)
    ]


def test_every_phrase_has_its_own_score(bench: EngineBench) -> None:
    hit = bench.search("a red thing, 绿色").hits[0]
    scores = {phrase.text: phrase.score for phrase in hit.phrases}
    assert list(scores) == ["a red thing", "绿色"]
    assert max(scores.values()) > 0.5 > min(scores.values())


def test_limit_and_folder(bench: EngineBench, tmp_path: Path) -> None:
    make_album(tmp_path / "second", 6)
    bench.index(tmp_path / "second")
    assert len(bench.search("red", limit=3).hits) == 3
    second = bench.engine.library.roots()[1]
    found = bench.search("red", filters=Filters(root_ids=(second.id,)))
    assert len(found.hits) == 6
    assert set(bench.engine.library.photo_ids(second.id)) == {hit.photo_id for hit in found.hits}


def test_an_empty_library_answers_nothing(tmp_path: Path) -> None:
    with EngineBench(tmp_path / "library") as bench:
        assert bench.search("red").hits == ()


def test_more_text_than_is_read_is_an_error(bench: EngineBench) -> None:
    bench.send(Search(500, Query("red " * 600)))
    failed = bench.until(JobFailed, job_id=500)
    assert (failed.kind, failed.params) == (
        "QueryTooLongError", {"n_chars": "2,399", "limit": "2,000"},
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", "   ", ",，;", "\n"])
def test_nothing_to_search_for_is_an_error(bench: EngineBench, text: str) -> None:
    bench.send(Search(500, Query(text)))
    assert bench.until(JobFailed, job_id=500).kind == "EmptyQueryError"


def test_a_photo_finds_its_like(bench: EngineBench) -> None:
    photo_id = _photo_id(bench, "green")
    found = bench.search("", images=(ImageQuery(photo_id=photo_id),))
    assert _names(bench, found)[:5] == ["green"] * 5
    assert found.hits[0].phrases == ()
    assert found.hits[0].photo_id == photo_id
    assert found.hits[0].match == "good"
    assert found.hits[-1].match == "weak"


def test_a_box_of_a_picture_decides(bench: EngineBench, tmp_path: Path) -> None:
    picture = make_image("red", (200, 100))
    picture.paste(COLOURS["blue"], (100, 0, 200, 100))
    picture.save(tmp_path / "query.png")
    path = os.fsencode(tmp_path / "query.png")
    for box, colour in (((0.0, 0.0, 0.5, 1.0), "red"), ((0.5, 0.0, 1.0, 1.0), "blue")):
        from_file = bench.search("", images=(ImageQuery(path=path, box=box),), limit=5)
        pasted = ImageQuery(pixels=picture.tobytes(), width_px=200, height_px=100, box=box)
        from_pixels = bench.search("", images=(pasted,), limit=5)
        assert _names(bench, from_file) == _names(bench, from_pixels) == [colour] * 5


def test_a_picture_and_words_together(bench: EngineBench) -> None:
    photo_id = _photo_id(bench, "green")
    found = bench.search("red", images=(ImageQuery(photo_id=photo_id),), limit=10)
    assert set(_names(bench, found)) == {"red", "green"}


@pytest.mark.parametrize(
    "image",
    [
        ImageQuery(),
        ImageQuery(photo_id=1, path=b"x"),
        ImageQuery(path=b"x", box=(0.5, 0.5, 0.5, 0.9)),
        ImageQuery(path=b"x", box=(-0.1, 0.0, 0.5, 0.9)),
        ImageQuery(path=b"x", box=(0.0, 0.0, 1.2, 0.9)),
        ImageQuery(path=b"x", box=(0.0, 0.0, float("nan"), 0.9)),
        ImageQuery(pixels=b"abc", width_px=2, height_px=2),
        ImageQuery(pixels=b"", width_px=0, height_px=0),
    ],
)
def test_pictures_that_are_none_are_errors(bench: EngineBench, image: ImageQuery) -> None:
    bench.send(Search(500, Query(images=(image,))))
    expected = "BoxError" if image.box is not None else "PictureError"
    assert bench.until(JobFailed, job_id=500).kind == expected


def test_pictures_that_cannot_be_read_are_errors(bench: EngineBench, tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"nothing")
    cases = [
        (ImageQuery(path=bytes(tmp_path / "bad.jpg")), "PhotoUnreadableError"),
        (ImageQuery(path=bytes(tmp_path / "none.jpg")), "PhotoMissingError"),
        (ImageQuery(photo_id=987654), "PhotoMissingError"),
    ]
    for image, kind in cases:
        job_id = bench.new_id()
        bench.send(Search(job_id, Query(images=(image,))))
        assert bench.until(JobFailed, job_id=job_id).kind == kind


# ---------------------------------------------------------------- places and pixels


@pytest.mark.parametrize("source", ["library", "file", "pixels"])
def test_locate_finds_the_place(bench: EngineBench, tmp_path: Path, source: str) -> None:
    picture = make_image("white", (160, 160))
    picture.paste(COLOURS["red"], (80, 40, 160, 120))
    path = tmp_path / ("album" if source == "library" else "elsewhere") / "place.png"
    path.parent.mkdir(exist_ok=True)
    picture.save(path)
    photo_id, image = -1, None
    if source == "library":
        bench.index(tmp_path / "album")
        photo_id = _photo_id(bench, "place")
    elif source == "file":
        image = ImageQuery(path=bytes(path))
    else:
        image = ImageQuery(pixels=picture.tobytes(), width_px=160, height_px=160)
    bench.send(Locate(600, photo_id, ("the red thing",), image))
    place = bench.until(PhotoLocated, job_id=600)
    assert place.photo_id == photo_id
    (found,) = place.places
    heat = np.frombuffer(found.heat, np.float32).reshape(place.rows, place.columns)
    assert heat.min() == 0
    assert heat.max() == 1
    _, column = np.unravel_index(heat.argmax(), heat.shape)
    assert column >= place.columns // 2
    assert found.region is not None
    assert np.abs(np.array(found.region) - (0.5, 0.25, 1.0, 0.75)).max() <= 0.13
    assert 0 <= found.score <= 1


def test_locate_needs_words_and_a_photo(bench: EngineBench) -> None:
    for photo_id, text, kind in (
        (_photo_id(bench, "red"), " ", "EmptyQueryError"),
        (4711, "red", "PhotoMissingError"),
    ):
        job_id = bench.new_id()
        bench.send(Locate(job_id, photo_id, (text,)))
        assert bench.until(JobFailed, job_id=job_id).kind == kind


def test_open_gives_pixels(bench: EngineBench) -> None:
    photo_id = _photo_id(bench, "red")
    bench.send(OpenPhoto(700, photo_id, 32))
    opened = bench.until(PhotoOpened, job_id=700)
    assert (opened.width_px, opened.height_px) == (32, 24)
    assert (opened.full_width_px, opened.full_height_px) == (64, 48)
    assert len(opened.pixels) == 32 * 24 * 3


def test_open_a_deleted_file(bench: EngineBench, tmp_path: Path) -> None:
    photo_id = _photo_id(bench, "red")
    for path in (tmp_path / "album").glob("red*"):
        path.unlink()
    bench.send(OpenPhoto(700, photo_id, 32))
    failed = bench.until(JobFailed, job_id=700)
    assert failed.kind == "PhotoMissingError"
    assert failed.params["path"].endswith(".png")


def test_a_photo_of_a_folder_that_is_away_is_offline(bench: EngineBench, tmp_path: Path) -> None:
    photo_id = _photo_id(bench, "red")
    (tmp_path / "album").rename(tmp_path / "elsewhere")
    bench.send(OpenPhoto(710, photo_id, 32), Locate(711, photo_id, ("red",)))
    bench.send(OpenPhoto(712, photo_id, 32, bytes(tmp_path / "other.png")))
    for job_id in (710, 711):
        failed = bench.until(JobFailed, job_id=job_id)
        assert failed.kind == "PhotoOfflineError"
        assert failed.params["folder"] == str(tmp_path / "album")
    assert bench.until(JobFailed, job_id=712).kind == "PhotoMissingError", "that is no photo of it"


# ---------------------------------------------------------------- order and staleness


def test_the_latest_search_wins(bench: EngineBench) -> None:
    bench.send(Search(801, Query("red")), Search(802, Query("green")), Search(803, Query("blue")))
    bench.until(SearchFinished, job_id=803)
    assert {event.job_id for event in bench.of_kind(JobCancelled)} == {801, 802}
    assert [event.job_id for event in bench.of_kind(SearchFinished)] == [803]


def test_searches_do_not_wait_for_an_index_job(bench: EngineBench, tmp_path: Path) -> None:
    make_album(tmp_path / "more", 60)
    bench.send(StartIndex(900, (bytes(tmp_path / "more"),)))
    bench.step(3)
    bench.send(Search(901, Query("red")))
    bench.step()
    assert bench.of_kind(SearchFinished, job_id=901)
    assert not bench.of_kind(IndexFinished, job_id=900)
    assert bench.until(IndexFinished, job_id=900).indexed == 60


def test_cancelling_questions(tmp_path: Path) -> None:
    make_album(tmp_path / "album", 3)
    with EngineBench(tmp_path / "library", pool=HeldPool) as bench:
        query = ImageQuery(path=bytes(tmp_path / "album" / "red_0000.png"))
        bench.send(Search(1, Query(images=(query,))))
        bench.step()
        assert isinstance(bench.pool, HeldPool)
        ((_, decoding),) = bench.pool.waiting
        bench.send(CancelJob(1))
        assert bench.of_kind(JobCancelled, job_id=1)
        assert decoding.cancelled()
        bench.pool.release()
        bench.step(5)
        assert not bench.of_kind(SearchFinished)
        bench.send(CancelJob(1), CancelJob(77))
        assert not bench.engine.is_busy


def test_only_the_last_few_photos_to_open_are_decoded(tmp_path: Path) -> None:
    make_album(tmp_path / "album", 8)
    with EngineBench(tmp_path / "library") as bench:
        bench.index(tmp_path / "album")
        bench.send(*(OpenPhoto(100 + at, _photo_id(bench, "red"), 50) for at in range(8)))
        bench.until(PhotoOpened, job_id=107)
        opened = {event.job_id for event in bench.of_kind(PhotoOpened)}
        assert opened == {105, 106, 107}
        assert {event.job_id for event in bench.of_kind(JobCancelled)} == set(range(100, 105))


def test_the_waker_rings_when_a_picture_is_decoded(tmp_path: Path) -> None:
    make_album(tmp_path / "album", 1)
    with EngineBench(tmp_path / "library", pool=HeldPool) as bench:
        bench.send(
            Search(1, Query(images=(ImageQuery(path=bytes(tmp_path / "album" / "red_0000.png")),)))
        )
        bench.step()
        assert not bench.engine.step()
        assert not bench.engine.waker.reader.poll()
        assert isinstance(bench.pool, HeldPool)
        bench.pool.release()
        assert bench.engine.waker.reader.poll()
        assert bench.engine.step()
        assert bench.of_kind(SearchFinished, job_id=1)


# ---------------------------------------------------------------- folders, idling, the end


def test_a_folder_is_removed_and_comes_back(bench: EngineBench) -> None:
    (root,) = bench.engine.library.roots()
    before = bench.search("red").hits
    bench.send(ChangeLibrary(1000, TakeOutFolder(root.id)))
    inverse = bench.until(ChangeDone, job_id=1000).inverse
    change = bench.of_kind(LibraryChanged)[-1]
    assert (change.roots, change.photos, change.problems) == (True, True, True)
    assert bench.engine.library.n_photos() == 0
    assert bench.engine.library.roots() == []
    assert bench.search("red").hits == ()
    assert inverse == PutBackFolder(root.id)
    bench.send(ChangeLibrary(1001, inverse))
    bench.until(ChangeDone, job_id=1001)
    assert bench.engine.library.roots() == [root]
    assert bench.search("red").hits == before
    bench.send(ChangeLibrary(1002, TakeOutFolder(77)))
    assert bench.until(JobFailed, job_id=1002).kind == "RootError"


def test_a_photo_taken_out_is_not_found_until_it_comes_back(bench: EngineBench) -> None:
    before = bench.search("red").hits
    bench.send(ChangeLibrary(1000, TakeOutPhotos((before[0].photo_id,))))
    inverse = bench.until(ChangeDone, job_id=1000).inverse
    assert before[0].photo_id not in {hit.photo_id for hit in bench.search("red").hits}
    bench.send(ChangeLibrary(1001, inverse))
    bench.until(ChangeDone, job_id=1001)
    assert bench.search("red").hits == before


def test_marks_are_on_disk_before_they_are_announced(bench: EngineBench, tmp_path: Path) -> None:
    red, blue = _photo_id(bench, "red"), _photo_id(bench, "blue")
    bench.send(ChangeLibrary(1000, SetMarks((red, blue, 99_999), favourite=True)))
    bench.until(ChangeDone, job_id=1000)
    change, answer = bench.events[-2:]
    assert isinstance(change, LibraryChanged)
    assert change == LibraryChanged(bench.engine.library.generation, marks=True)
    assert isinstance(answer, ChangeDone)
    assert isinstance(answer.inverse, RestoreMarks)
    with Library.open(tmp_path / "library", write=False) as reader:
        assert sorted(reader.photo_ids(favourites=True).tolist()) == sorted([red, blue])
        assert reader.generation == change.generation
    bench.send(ChangeLibrary(1001, answer.inverse))
    bench.until(ChangeDone, job_id=1001)
    assert bench.engine.library.photo_ids(favourites=True).tolist() == []


def test_changes_do_not_wait_for_an_index_job(bench: EngineBench, tmp_path: Path) -> None:
    change = SetMarks((_photo_id(bench, "red"),), rating=3)
    bench.send(StartIndex(1000, (bytes(tmp_path / "album"),)), ChangeLibrary(1001, change))
    bench.until(IndexFinished, job_id=1000)
    kinds = [type(event) for event in bench.events if getattr(event, "job_id", 0) >= 1000]
    assert kinds[0] is ChangeDone


def test_changes_that_cannot_be_kept_are_said(
    bench: EngineBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(user_data: UserData, change: object) -> None:
        raise LibraryError("The disk is full.")

    monkeypatch.setattr(UserData, "change", full)
    bench.send(ChangeLibrary(1000, SetMarks((1,), flag=1)))
    assert bench.until(JobFailed, job_id=1000).kind == "LibraryError"
    assert not bench.engine.is_busy


def test_idle_work_ends(bench: EngineBench) -> None:
    assert sum(bench.engine.idle() for _ in range(20)) < 10
    assert not bench.engine.idle()


def test_shutdown_stops(bench: EngineBench) -> None:
    bench.send(StartIndex(1100), Shutdown())
    assert bench.engine.stopping
    assert not bench.engine.step()


def test_closing_in_the_middle_keeps_what_is_saved(tmp_path: Path) -> None:
    make_album(tmp_path / "album", 40)
    with EngineBench(tmp_path / "library", encoder=FakeEncoder()) as bench:
        bench.send(StartIndex(1, (bytes(tmp_path / "album"),)))
        while bench.encoder.n_images < 8:
            bench.step()
        (model,) = bench.engine.library.models()
        saved = len(bench.engine.library.vector_ids(model.id))
        bench.restart()
        assert len(bench.engine.library.vector_ids(model.id)) == saved
        done = bench.index(tmp_path / "album")
        assert (done.unchanged, done.indexed) == (saved, 40 - saved)


def test_loader_of_the_fakes_fits(tmp_path: Path) -> None:
    assert load_fake_encoder(tmp_path, Settings()).dim > 0
