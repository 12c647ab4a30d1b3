"""Kept searches, concepts and exports: what is sent, what is undone, what is said."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.core.asking import ImageQuery, Phrase, Query
from app.core.changes import ForgetConcept, ReviseConcept
from app.core.library.rows import Concept, SavedSearch
from app.core.messages import (
    ChangeLibrary,
    ConceptSaved,
    ExportFinished,
    ExportResults,
    JobFailed,
    JudgeConcept,
    RemoveSavedSearch,
    SaveConcept,
    SaveSearch,
    SearchesSaved,
)
from app.ui.kept_controller import KeptController
from app.ui.language import LanguageSwitcher
from app.ui.library_reader import Kept
from app.ui.name_dialog import NameDialog
from app.ui.question import Picture, Question, results_of
from app.ui.scope import Scope
from app.ui.undo_desk import UndoDesk
from tests.unit.ui.samples import Listener, RecordingLink, hit

BOATS = SavedSearch(5, "Boats", Query("boat", phrases=(Phrase("boat", "required"),)))


class StillReader(QObject):
    """A reader whose answers a test gives."""

    kept_loaded = Signal(object)

    def load_kept(self) -> None:
        """Answered by the test."""


class World:
    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.link, self.reader = RecordingLink(), StillReader()
        self.desk = UndoDesk(self.link)
        self.kept = KeptController(
            self.link,
            self.reader,
            self.desk,
            self.window,
            lambda _image: "a picture",  # type: ignore[arg-type]
        )
        self.said, self.failed = Listener(), Listener()
        self.kept.said.connect(self.said.on_one)
        self.kept.export_failed.connect(self.failed.on_one)
        concepts = (Concept(6, "My cat", 2, 0),)
        self.reader.kept_loaded.emit(Kept((BOATS,), concepts))

    def enter(self, qtbot: QtBot, dialog: NameDialog | None, name: str) -> None:
        assert dialog is not None
        dialog.edit.selectAll()
        dialog.edit.insert(name)
        qtbot.keyClick(dialog.edit, Qt.Key.Key_Return)


@pytest.fixture
def world(qtbot: QtBot) -> World:
    return World(qtbot)


def test_a_search_is_kept_and_that_is_undone(qtbot: QtBot, world: World) -> None:
    assert world.kept.ask_to_save(Question()) is None
    assert world.said.heard == ["Search for something first, then keep it."]
    pasted = Picture(ImageQuery(pixels=bytes(3), width_px=1, height_px=1), "Pasted picture")
    assert world.kept.ask_to_save(Question(pictures=(pasted,))) is None
    assert "pasted picture cannot be kept" in world.said.heard[-1]
    question = Question().with_text("red boat")
    world.enter(qtbot, world.kept.ask_to_save(question), "  Red   boats ")
    command = world.link.sent[-1]
    assert command == SaveSearch(command.job_id, "Red boats", question.query)
    world.link.searches_saved.emit(SearchesSaved(command.job_id, 9))
    world.desk.undo()
    removal = world.link.sent[-1]
    assert removal == RemoveSavedSearch(removal.job_id, 9)
    world.link.searches_saved.emit(SearchesSaved(removal.job_id))
    world.desk.redo()
    again = world.link.sent[-1]
    assert again == SaveSearch(again.job_id, "Red boats", question.query)


def test_a_long_name_is_suggested_whole_and_shows_its_beginning(world: World) -> None:
    name = "a dog and a cat on a wide green meadow with many flowers in the morning sun"
    dialog = world.kept.ask_to_save(Question().with_text(name))
    assert dialog is not None
    assert dialog.edit.selectedText() == name
    assert dialog.edit.cursorPosition() == 0


def test_a_kept_search_and_a_concept_are_questions(world: World) -> None:
    question = world.kept.question(Scope(saved_id=5))
    assert question is not None
    assert question.query == BOATS.query
    assert question.scope == Scope(saved_id=5)
    concept = world.kept.question(Scope(concept_id=6))
    assert concept is not None
    assert concept.query.images == (ImageQuery(concept_id=6),)
    assert world.kept.question(Scope(saved_id=77)) is None


def test_a_concept_cannot_take_the_name_of_another(qtbot: QtBot, world: World) -> None:
    concepts = (Concept(6, "My cat", 2, 0), Concept(7, "Tom", 1, 0))
    world.reader.kept_loaded.emit(Kept((BOATS,), concepts))
    n_sent = len(world.link.sent)
    dialog = world.kept.ask_to_rename(Scope(concept_id=6))
    world.enter(qtbot, dialog, " TOM ")
    assert dialog is not None
    assert dialog.isVisible()
    assert dialog.refusal.text() == "“Tom” is there already. Choose another name."
    assert dialog.refusal.isVisible()
    assert len(world.link.sent) == n_sent
    world.enter(qtbot, dialog, "MY CAT")  # its own, otherwise written
    assert world.link.sent[-1] == SaveConcept(world.link.sent[-1].job_id, "MY CAT", (), 6)


def test_renaming_and_deleting(qtbot: QtBot, world: World) -> None:
    world.enter(qtbot, world.kept.ask_to_rename(Scope(saved_id=5)), "Ships")
    renamed = world.link.sent[-1]
    assert renamed == SaveSearch(renamed.job_id, "Ships", BOATS.query, 5)
    world.enter(qtbot, world.kept.ask_to_rename(Scope(concept_id=6)), "Tom")
    concept = world.link.sent[-1]
    assert concept == SaveConcept(concept.job_id, "Tom", (), 6)
    world.kept.delete(Scope(concept_id=6))
    forgotten = world.link.sent[-1]
    assert forgotten == ChangeLibrary(forgotten.job_id, ForgetConcept(6))
    world.kept.delete(Scope(saved_id=5))
    removal = world.link.sent[-1]
    world.link.searches_saved.emit(SearchesSaved(removal.job_id))
    world.desk.undo()
    assert world.link.sent[-1].name == "Boats"


def test_steps_before_a_deletion_are_undone_where_the_search_is_now(
    qtbot: QtBot, world: World
) -> None:
    def answered(saved_id: int | None = None) -> object:
        command = world.link.sent[-1]
        world.link.searches_saved.emit(SearchesSaved(command.job_id, saved_id))
        return command

    world.enter(qtbot, world.kept.ask_to_rename(Scope(saved_id=5)), "Ships")
    answered(5)
    numbers = (5, 8, 7, 5)  # a search that comes back has another number, also a former one
    for before, now in pairwise(numbers):
        ships = SavedSearch(before, "Ships", BOATS.query)
        world.reader.kept_loaded.emit(Kept((ships,)))
        world.kept.delete(Scope(saved_id=before))
        removal = answered()
        assert removal == RemoveSavedSearch(world.link.sent[-1].job_id, before)
        world.desk.undo()
        answered(now)
        world.desk.undo()
        renamed = answered(now)
        assert renamed == SaveSearch(world.link.sent[-1].job_id, "Boats", BOATS.query, now)
        world.desk.redo()
        answered(now)


def test_examples_make_a_concept_and_a_known_name_gets_more(qtbot: QtBot, world: World) -> None:
    assert world.kept.ask_to_name_concept(()) is None
    many = tuple(ImageQuery(photo_id=number) for number in range(1, 9))
    world.enter(qtbot, world.kept.ask_to_name_concept(many), "Dog")
    command = world.link.sent[-1]
    assert command == SaveConcept(command.job_id, "Dog", many[:5])
    for name in ("My cat", "my CAT", "Ｍｙ cat"):
        world.enter(qtbot, world.kept.ask_to_name_concept(many[:1]), name)
        assert (world.link.sent[-1].concept_id, world.link.sent[-1].name) == (6, "My cat")
    failures = Listener()
    world.desk.step_failed.connect(failures.on_one)
    world.link.job_failed.emit(JobFailed(world.link.sent[-1].job_id, "QueryError", ""))
    assert len(failures.heard) == 1
    world.kept.judge(6, 3, accepted=False)
    judged = world.link.sent[-1]
    assert judged == JudgeConcept(judged.job_id, 6, 3, False)
    world.kept.judge(6, 4, accepted=True, box=(0.1, 0.2, 0.3, 0.4))
    assert world.link.sent[-1].box == (0.1, 0.2, 0.3, 0.4)


def test_what_is_said_of_a_concept_is_told_and_undone(qtbot: QtBot, world: World) -> None:
    done = Listener()
    world.desk.step_done.connect(done.on_one)
    world.enter(qtbot, world.kept.ask_to_name_concept((ImageQuery(photo_id=1),)), "Dog")
    world.link.concept_saved.emit(ConceptSaved(world.link.sent[-1].job_id, 9, ForgetConcept(9)))
    world.kept.judge(6, 3, accepted=False)
    before = ReviseConcept(6, "My cat", ())
    world.link.concept_saved.emit(ConceptSaved(world.link.sent[-1].job_id, 6, before))
    assert [step.text for step in done.heard] == [
        "Concept “Dog” saved", "Noted: this is not “My cat”",
    ]  # fmt: skip
    for inverse in (before, ForgetConcept(9)):
        world.desk.undo()
        assert world.link.sent[-1].change == inverse


@pytest.mark.parametrize(
    ("name", "chosen", "written", "form"),
    [
        ("out.json", "csv", "out.json", "json"),
        ("out", "pdf", "out.pdf", "pdf"),
        ("my.album", "png", "my.album.png", "png"),
        ("results.csv", "csv", "results.csv", "csv"),
        ("results.csv", "png", "results.png", "png"),
        ("out.json", "pdf", "out.json", "json"),
    ],
)
def test_results_are_written_in_the_form_that_was_meant(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    chosen: str,
    written: str,
    form: str,
) -> None:
    hits = (hit(3), hit(1), hit(2, "weak"))
    results = results_of(Question().with_text("boat"), hits)
    choose(monkeypatch, tmp_path / name, chosen)
    world.kept.ask_to_export(results)
    command = world.link.sent[-1]
    assert isinstance(command, ExportResults)
    assert (command.path, command.form) == (bytes(tmp_path / written), form)
    assert [each.photo_id for each in command.hits] == [3, 1], "weak matches are left out"
    world.link.export_finished.emit(ExportFinished(command.job_id, command.path, 2))
    assert world.said.heard == [f"2 photos written to {written}"]


def choose(monkeypatch: pytest.MonkeyPatch, path: Path, form: str) -> None:
    """Let the dialog answer with a name and the form that is chosen beside it."""

    def answer(_parent: object, _title: str, _start: str, filters: str) -> tuple[str, str]:
        chosen = next(each for each in filters.split(";;") if f"*.{form}" in each)
        return str(path), chosen

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)


@pytest.mark.parametrize(("language", "name"), [("en", "results.csv"), ("zh_CN", "搜索结果.csv")])
def test_the_suggested_file_has_a_name_of_the_language(
    world: World,
    languages: LanguageSwitcher,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    name: str,
) -> None:
    languages.set_choice(language)
    asked: list[str] = []

    def cancel(_parent: object, _title: str, start: str, _filters: str) -> tuple[str, str]:
        asked.append(start)
        return "", ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", cancel)
    world.kept.ask_to_export(results_of(Question().with_text("boat"), (hit(3),)))
    assert [Path(each).name for each in asked] == [name]


def test_without_results_is_said_why_there_is_nothing_to_export(world: World) -> None:
    world.kept.ask_to_export(None)
    world.kept.ask_to_export(results_of(Question().with_text("boat"), ()))
    searched, found = world.said.heard
    assert "Search for something first" in searched
    assert "no photo was found" in found
    assert not [each for each in world.link.sent if isinstance(each, ExportResults)]


def test_a_file_that_the_dialog_did_not_ask_about_is_not_replaced_unasked(
    qtbot: QtBot, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "results.png").write_bytes(b"mine")
    results = results_of(Question().with_text("boat"), (hit(3),))
    choose(monkeypatch, tmp_path / "results.csv", "png")
    n_sent = len(world.link.sent)
    for label, n_more in (("Cancel", 0), ("Replace", 1)):
        world.kept.ask_to_export(results)
        box = world.window.findChild(QMessageBox)
        assert "results.png" in box.text()
        button = next(each for each in box.buttons() if each.text().strip("&") == label)
        with qtbot.waitSignal(box.destroyed):
            button.click()
        assert len(world.link.sent) - n_sent == n_more
    assert world.link.sent[-1].path == bytes(tmp_path / "results.png")
