"""Every error has a sentence, in both languages."""

from __future__ import annotations

import inspect
import string

import pytest

from app.core import errors
from app.core.messages import JobFailed
from app.ui.error_text import action_label, engine_lost_text, error_text, reason_text
from app.ui.language import LanguageSwitcher
from fgclip2 import errors as fgclip_errors

ABSTRACT = {"AppError", "PhotoError", "FgclipError"}
KINDS = sorted(
    name
    for name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.AppError) and name not in ABSTRACT
)
REASONS = (
    "unreadable", "truncated", "unsupported", "too_large", "timeout",
    "crashed", "permission", "missing", "empty",
)  # fmt: skip
UNKNOWN = "Something went wrong. The log says what."


@pytest.mark.parametrize("kind", KINDS)
def test_each_error_of_the_application_has_its_own_sentence(kind: str) -> None:
    text = error_text(JobFailed(1, kind, "inner words", {"path": "/p"}))
    assert text.sentence != UNKNOWN
    assert "inner words" not in text.sentence
    assert text.action_label == action_label(text.action) != ""
    assert not [field for _, field, _, _ in string.Formatter().parse(text.sentence) if field]


def test_kinds_of_the_encoders_that_can_reach_the_window_are_known() -> None:
    for name, kind in inspect.getmembers(fgclip_errors, inspect.isclass):
        if kind.__module__ == fgclip_errors.__name__ and name in ("WeightsError", "ImageError"):
            assert error_text(JobFailed(1, name, "")).sentence != UNKNOWN


def test_parameters_fill_the_sentence_and_missing_ones_do_no_harm() -> None:
    assert "/mnt/照片" in error_text(JobFailed(1, "RootError", "", {"path": "/mnt/照片"})).sentence
    assert error_text(JobFailed(1, "RootError", "")).sentence


@pytest.mark.parametrize(
    ("kind", "params", "said"),
    [
        ("BoxError", {"box": "0.2, 0, 1.5, 1"}, ["0.2, 0, 1.5, 1", "Draw it again"]),
        ("FilterError", {"filter": "date:2023-13", "reason": "date"}, ["date:2023-13", "2023-05"]),
        ("FilterError", {"filter": "rating:9", "reason": "rating"}, ["rating:9", "0 to 5 stars"]),
        (
            "FilterError",
            {"filter": "since 2024", "reason": "contradicting"},
            ["since 2024", "no day of the other dates"],
        ),
        ("FilterError", {"filter": "iso:100", "reason": "unknown"}, ["iso:100", "camera:nikon"]),
        ("NameTakenError", {"name": "Cat {0}"}, ["Cat {0}", "another name"]),
        ("ExamplesError", {"limit": "5", "n_examples": "7"}, ["one to 5", "not of 7"]),
        ("SearchMissingError", {"name": "Boats"}, ["Boats", "Keep it anew"]),
        ("PhotoUnreadableError", {"path": "/a/b.jpg", "reason": "truncated"},
         ["/a/b.jpg", "The file is cut off", "Choose another"]),
        ("PhotoMissingError", {"path": "/a/b.jpg"}, ["/a/b.jpg", "F5"]),
        ("ExportError", {"file": "/a/found.csv"}, ["/a/found.csv", "another place"]),
        ("ExportError", {"file": "/a/b.png", "reason": "full"}, ["no room", "/a/b.png"]),
        ("ExportError", {"file": "/a/b.png", "reason": "permission"}, ["/a/b.png may not be"]),
        ("ExportError", {"file": "/a/b.png", "reason": "missing"}, ["folder of /a/b.png is gone"]),
        ("ExportError", {"file": "/a/b.png", "reason": "photo"}, ["/a/b.png is a photo"]),
        ("ExportError", {"reason": "too_many", "limit": "1,000"}, ["1,000 photos", "PDF"]),
        ("LibraryError", {"file": "/l/library.lock", "reason": "read_only"}, ["/l/library.lock"]),
        ("LibraryError", {"file": "/l", "reason": "no_locks"}, ["/l cannot hold", "no locks"]),
        ("AllRejectedError", {}, ["All examples", "Undo"]),
    ],
)  # fmt: skip
def test_a_refused_question_names_the_thing_and_the_next_step(
    kind: str, params: dict[str, str], said: list[str]
) -> None:
    sentence = error_text(JobFailed(1, kind, "", params)).sentence
    assert all(words in sentence for words in said), sentence


def test_no_two_kinds_of_refused_questions_share_a_sentence() -> None:
    kinds = [kind for kind in KINDS if issubclass(getattr(errors, kind), errors.QueryError)]
    sentences = {error_text(JobFailed(1, kind, "")).sentence for kind in kinds}
    assert len(sentences) == len(kinds) > 8


def test_an_unknown_kind_points_to_the_log() -> None:
    text = error_text(JobFailed(1, "ZeroDivisionError", "division by zero"))
    assert text.sentence == UNKNOWN
    assert text.action == "show_log"


@pytest.mark.parametrize("reason", REASONS)
def test_reasons_are_sentences(reason: str) -> None:
    assert reason_text(reason) != reason


def test_an_unknown_reason_is_shown_as_it_is() -> None:
    assert reason_text("cosmic rays") == "cosmic rays"


def test_a_lost_engine_says_whether_it_comes_back() -> None:
    restarting = engine_lost_text(restarting=True, failure=None)
    assert restarting.action == ""
    assert "restarted" in restarting.sentence
    assert engine_lost_text(restarting=False, failure=None).action == "restart_engine"
    told = engine_lost_text(restarting=False, failure=JobFailed(0, "LibraryLockedError", ""))
    assert "Another Finelens" in told.sentence
    assert told.action == "restart_engine"


def test_all_of_it_speaks_chinese(languages: LanguageSwitcher) -> None:
    english = {kind: error_text(JobFailed(1, kind, "")).sentence for kind in KINDS}
    languages.set_choice("zh_CN")
    for kind in KINDS:
        sentence = error_text(JobFailed(1, kind, "")).sentence
        assert sentence != english[kind]
        assert any("\u4e00" <= character <= "\u9fff" for character in sentence)
    assert reason_text("truncated") == "文件不完整"


def test_a_model_that_is_gone_is_named_with_what_to_do() -> None:
    failure = JobFailed(0, "ModelError", "", {"directory": "/media/stick/base"})
    told = error_text(failure)
    assert "/media/stick/base" in told.sentence
    assert "settings" in told.sentence
    assert told.action == "restart_engine"
