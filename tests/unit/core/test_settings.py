from __future__ import annotations

import dataclasses
import json
import logging
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import settings as settings_module
from app.core.errors import SettingsError
from app.core.settings import SETTINGS_VERSION, UPGRADES, Settings, load_settings, save_settings

ANY_SETTINGS = st.builds(
    Settings,
    language=st.sampled_from(["system", "en", "zh_CN"]),
    theme=st.sampled_from(["system", "light", "dark"]),
    model_dir=st.none() | st.text(min_size=1),
    engine=st.sampled_from(["auto", "openvino", "torch"]),
    precision=st.sampled_from(["auto", "f32", "bf16", "int8"]),
    quick_patches=st.none() | st.integers(16, 4096),
    thumbnail_side_px=st.integers(64, 2048),
    decoder_processes=st.none() | st.integers(1, 64),
    grid_side_px=st.integers(48, 1024),
    grid_square=st.booleans(),
)
UNKNOWN_KEYS = st.dictionaries(
    st.text().map(lambda key: f"later_{key}"),
    st.none() | st.booleans() | st.integers() | st.text(),
    max_size=4,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


@pytest.fixture
def written(path: Path) -> Callable[[Any], Path]:
    def write(content: Any) -> Path:
        path.parent.mkdir(exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write


@given(settings=ANY_SETTINGS, unknown=UNKNOWN_KEYS)
def test_what_is_saved_is_loaded_and_unknown_keys_stay(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings, unknown: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("round") / "settings.json"
    path.write_text(json.dumps(unknown))
    save_settings(path, settings)
    assert load_settings(path) == settings
    stored = json.loads(path.read_text())
    assert unknown.items() <= stored.items()


def test_a_missing_file_means_defaults(path: Path) -> None:
    assert load_settings(path) == Settings()
    assert not path.parent.exists()


def test_only_differences_are_stored(path: Path) -> None:
    save_settings(path, Settings(theme="dark"))
    assert json.loads(path.read_text()) == {"schema_version": SETTINGS_VERSION, "theme": "dark"}
    save_settings(path, Settings())
    assert json.loads(path.read_text()) == {"schema_version": SETTINGS_VERSION}


@pytest.mark.skipif(os.name == "nt", reason="modes of files are those of POSIX")
def test_the_file_is_for_its_owner_only(path: Path) -> None:
    save_settings(path, Settings())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_every_field_has_a_rule() -> None:
    names = {field.name for field in dataclasses.fields(Settings)}
    assert set(settings_module._ACCEPTS) | {"schema_version"} == names


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", "zh"),
        ("theme", 3),
        ("thumbnail_side_px", "320"),
        ("thumbnail_side_px", True),
        ("grid_side_px", 5),
        ("grid_square", 1),
        ("decoder_processes", 0),
        ("model_dir", ""),
    ],
)
def test_a_value_that_makes_no_sense_is_passed_over(
    written: Callable[[Any], Path], caplog: pytest.LogCaptureFixture, name: str, value: object
) -> None:
    path = written({"schema_version": 2, name: value, "engine": "torch"})
    with caplog.at_level(logging.WARNING):
        assert load_settings(path) == Settings(engine="torch")
    assert name in caplog.text


@pytest.mark.parametrize("content", ["", "{", "[1]", "nonsense", "\x00" * 40])
def test_a_damaged_file_is_said_and_set_aside_when_saving(
    written: Callable[[Any], Path], content: str
) -> None:
    path = written(content)
    with pytest.raises(SettingsError, match=r"settings\.json"):
        load_settings(path)
    save_settings(path, Settings(theme="light"))
    assert load_settings(path) == Settings(theme="light")
    assert path.with_name("settings.json.damaged").read_text() == content


def test_a_failed_write_leaves_the_last_good_state(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_settings(path, Settings(theme="dark"))

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(SettingsError, match="No space left"):
            save_settings(path, Settings(theme="light"))
    assert load_settings(path) == Settings(theme="dark")
    assert [item.name for item in path.parent.iterdir()] == ["settings.json"]


def test_a_newer_file_is_used_and_keeps_its_version(written: Callable[[Any], Path]) -> None:
    path = written({"schema_version": 9, "theme": "dark", "constellation": "lyra"})
    assert load_settings(path) == Settings(theme="dark")
    save_settings(path, Settings(theme="light"))
    assert json.loads(path.read_text()) == {
        "schema_version": 9,
        "theme": "light",
        "constellation": "lyra",
    }


@pytest.mark.parametrize(
    ("version", "before", "after"),
    [
        (
            1,
            {"schema_version": 1, "thumbnail_size": 256, "dark": True, "language": "zh", "new": 1},
            {"schema_version": 2, "thumbnail_side_px": 256, "theme": "dark", "language": "zh_CN"}
            | {"new": 1},
        ),
        (1, {"schema_version": 1, "dark": False}, {"schema_version": 2, "theme": "light"}),
    ],
)
def test_upgrade_steps(
    written: Callable[[Any], Path], version: int, before: dict[str, Any], after: dict[str, Any]
) -> None:
    upgraded = UPGRADES[version](before) | {"schema_version": version + 1}
    assert upgraded == after
    path = written(before)
    save_settings(path, load_settings(path))
    assert json.loads(path.read_text()) == after


def test_there_is_a_step_from_every_older_version() -> None:
    assert sorted(UPGRADES) == list(range(1, SETTINGS_VERSION))
