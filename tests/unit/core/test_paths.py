from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import paths

HARMFUL = {"Cc", "Cs", "Zl", "Zp"}
DIRECTION_CHANGING = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(st.binary(max_size=255))
def test_any_bytes_become_text_that_harms_nothing(path: bytes) -> None:
    shown = paths.display_path(path)
    assert unicodedata.is_normalized("NFC", shown)
    assert not {unicodedata.category(character) for character in shown} & HARMFUL
    assert not set(shown) & DIRECTION_CHANGING
    shown.encode("utf-8")


@given(st.text())
def test_any_text_becomes_text_that_harms_nothing(text: str) -> None:
    shown = paths.display_text(text)
    assert unicodedata.is_normalized("NFC", shown)
    assert not {unicodedata.category(character) for character in shown} & HARMFUL
    assert not set(shown) & DIRECTION_CHANGING
    shown.encode("utf-8")


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_ordinary_names_are_shown_as_they_are(name: str) -> None:
    composed = unicodedata.normalize("NFC", name)
    assert paths.display_path(composed.encode()) == composed


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (b"plain.jpg", "plain.jpg"),
        ("相片/春节 🎆.jpg".encode(), "相片/春节 🎆.jpg"),
        ("e\u0301te\u0301.jpg".encode(), "été.jpg"),
        (b"broken \xff\xfe.jpg", "broken \\xff\\xfe.jpg"),
        (b"two\nlines\t.jpg", "two\\nlines\\t.jpg"),
        (b"colour \x1b[31m.jpg", "colour \\x1b[31m.jpg"),
        ("photo\u202egpj.exe".encode(), "photo\\u202egpj.exe"),
        ("tag \U000e0041".encode(), "tag \\U000e0041"),
        ("family \U0001f468\u200d\U0001f467".encode(), "family \U0001f468\u200d\U0001f467"),
        (b"", ""),
    ],
)
def test_display_path_examples(path: bytes, shown: str) -> None:
    assert paths.display_path(path) == shown


def test_a_mark_after_an_escape_still_gives_composed_text() -> None:
    shown = paths.display_text("\u202e\u0301")
    assert shown == "\\u202\u00e9"


def test_environment_decides_where_library_and_settings_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FINELENS_LIBRARY", str(tmp_path / "l"))
    monkeypatch.setenv("FINELENS_CONFIG", str(tmp_path / "c"))
    assert paths.default_library_dir() == tmp_path / "l"
    assert paths.default_config_dir() == tmp_path / "c"


def test_without_environment_the_folders_carry_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FINELENS_LIBRARY")
    monkeypatch.delenv("FINELENS_CONFIG")
    assert paths.default_library_dir().parts[-2:] == ("Finelens", "library")
    assert paths.default_config_dir().name == "Finelens"
    assert not paths.default_library_dir().exists()


def test_resources_of_source_tree_and_of_frozen_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert (paths.resources_dir().parent / "app" / "core").is_dir()
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    assert paths.resources_dir() == tmp_path / "resources"
    assert paths.bundled_model_dir() == tmp_path / "resources" / "models" / "finelens-tiny"
    assert paths.demo_album_dir() == tmp_path / "resources" / "demo" / "album"
