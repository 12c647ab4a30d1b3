"""The models' folder: names, records, what is listed, what is removed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import ModelError
from app.core.models import (
    BUNDLED_NAME,
    RECORD_NAME,
    InstalledModel,
    ModelFile,
    ModelStore,
    model_to_start_with,
    published_model,
    published_models,
    settings_for_model,
)
from app.core.paths import bundled_model_dir
from app.core.settings import Settings


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def _gathered(store: ModelStore, name: str) -> Path:
    folder = store.partial_dir(name)
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def _take_in(store: ModelStore, name: str) -> InstalledModel:
    files = (ModelFile("model.safetensors", 7, "ab" * 32),)
    model = InstalledModel(name, "downloaded", store.directory, "a hub", "r1", files)
    return store.take_in(model, _gathered(store, name))


def test_a_model_that_was_taken_in_is_listed_with_its_record(store: ModelStore) -> None:
    assert [model.name for model in store.installed()] == [BUNDLED_NAME]
    taken = _take_in(store, "base")
    assert taken == store.get("base")
    assert taken.directory == store.directory / "base"
    assert (taken.kind, taken.source, taken.revision) == ("downloaded", "a hub", "r1")
    assert taken.size_bytes == 7
    assert (taken.directory / "model.safetensors").read_bytes() == b"weights"
    assert not store.partial_dir("base").exists()


def test_a_linked_model_leaves_its_files_alone(store: ModelStore, tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (outside / "config.json").write_text("{}")
    linked = store.take_in(InstalledModel("mine", "linked", outside, str(outside)), None)
    assert linked.directory == outside
    store.remove("mine")
    assert (outside / "config.json").exists()
    assert [model.name for model in store.installed()] == [BUNDLED_NAME]


@pytest.mark.parametrize(
    "name", ["", ".hidden", "a/b", "../up", "with space", "x" * 65, BUNDLED_NAME, "a.partial"]
)
def test_names_that_cannot_be_folders_are_refused(store: ModelStore, name: str) -> None:
    with pytest.raises(ModelError):
        store.check_new_name(name)


def test_a_name_is_given_once(store: ModelStore) -> None:
    _take_in(store, "base")
    with pytest.raises(ModelError, match="already a model base"):
        store.check_new_name("base")


@pytest.mark.parametrize("record", ["", "[]", "{}", '{"kind": "linked"}', "[" * 100_000])
def test_damaged_records_are_passed_over(store: ModelStore, record: str) -> None:
    folder = store.directory / "broken"
    folder.mkdir(parents=True)
    (folder / RECORD_NAME).write_text(record)
    assert [model.name for model in store.installed()] == [BUNDLED_NAME]
    store.remove("broken")
    assert not folder.exists()


def test_what_is_gathering_can_be_removed(store: ModelStore) -> None:
    _gathered(store, "large")
    store.remove("large")
    assert not store.partial_dir("large").exists()


@pytest.mark.parametrize("name", ["nothing", "../models", BUNDLED_NAME])
def test_only_added_models_are_removed(store: ModelStore, name: str) -> None:
    _take_in(store, "base")
    with pytest.raises(ModelError):
        store.remove(name)
    assert store.get("base").size_bytes == 7


def test_published_models_have_pinned_revisions_and_sizes_of_their_layout() -> None:
    from fgclip2.layout import tensor_shapes
    from fgclip2.random_weights import model_config

    assert [model.name for model in published_models()] == ["base", "large", "so400m"]
    for model in published_models():
        shapes = tensor_shapes(model_config(model.name)).values()
        count = sum(int(_product(shape)) for shape in shapes)
        assert model.parameters == count
        assert len(model.revision) == 40
        assert int(model.revision, 16)
    with pytest.raises(ModelError, match="base, large, so400m"):
        published_model("huge")


def _product(shape: tuple[int, ...]) -> int:
    product = 1
    for side in shape:
        product *= side
    return product


def test_the_record_is_plain_json(store: ModelStore) -> None:
    taken = _take_in(store, "base")
    record = json.loads((taken.directory / RECORD_NAME).read_text())
    assert record["files"] == [{"name": "model.safetensors", "size_bytes": 7, "sha256": "ab" * 32}]


def test_choosing_keeps_the_model_that_is_searched_with(tmp_path: Path) -> None:
    base, large, bundled = tmp_path / "base", tmp_path / "large", bundled_model_dir()

    def choose(settings: Settings, directory: Path) -> Settings:
        return replace(settings, **settings_for_model(settings, directory))

    to_base = choose(Settings(), base)
    assert (to_base.model_dir, to_base.former_model_dir) == (str(base), str(bundled))
    # Base has no vectors yet, so the bundled one is still searched with.
    to_large = choose(to_base, large)
    assert (to_large.model_dir, to_large.former_model_dir) == (str(large), str(bundled))
    assert choose(to_large, bundled) == Settings()
    ready = replace(to_large, former_model_dir=None)
    assert choose(ready, bundled) == Settings(former_model_dir=str(large))


def test_a_former_model_that_is_gone_is_not_started_with(tmp_path: Path) -> None:
    former, chosen = tmp_path / "former", tmp_path / "chosen"
    settings = Settings(model_dir=str(chosen), former_model_dir=str(former))
    assert model_to_start_with(settings) == chosen
    assert model_to_start_with(replace(settings, model_dir=None)) == bundled_model_dir()
    former.mkdir()
    assert model_to_start_with(settings) == former
