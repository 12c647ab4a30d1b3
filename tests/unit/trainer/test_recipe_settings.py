"""Whatever is written after ``--set``: a recipe that can be kept, or one sentence."""

from __future__ import annotations

import dataclasses
import json
import os

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.trainer.small_runs import SIZES
from trainer import memory
from trainer.errors import RecipeError
from trainer.memory import check_room
from trainer.recipes import Recipe, resolve

CPU = torch.device("cpu")
FIELDS = [each.name for each in dataclasses.fields(Recipe) if each.name != "name"]
_HUGE = "0x" + "f" * 6000  # Python reads it, and does not write it
_NUMBERS = st.one_of(st.integers(), st.floats(), st.booleans(), st.none(), st.complex_numbers())
_TEXTS = st.one_of(
    st.text(), st.sampled_from(["photos", "scenes", "short", "rank", "fruit", "tar:x", "muon"])
)
_PAIRS = st.tuples(_NUMBERS, _NUMBERS, _NUMBERS).flatmap(
    lambda three: st.sampled_from([three[:size] for size in range(4)])
)
_VALUES = st.one_of(
    st.one_of(_NUMBERS, _TEXTS, st.binary(), st.lists(_NUMBERS), st.sets(st.integers())).map(repr),
    st.one_of(_PAIRS, st.lists(_PAIRS).map(tuple)).map(repr),
    st.dictionaries(st.one_of(_TEXTS, st.integers()), _NUMBERS, max_size=3).map(repr),
    st.text(st.characters()),
    st.sampled_from(
        [
            "", "nan", "-inf", "1e999", "1e-400", "9" * 5000, "-" * 9999 + "1", "[" * 9999, _HUGE,
            f"-{_HUGE}", f"(({_HUGE}, 9),)", f"{{'photos': {_HUGE}}}", "x" * 9999, "a\nb",
            "np.float32(1)", "array([1, 2])", "\udcff", "{'jsonl:\\udcff': 1.0}",
            "{'tar:\\x00': 1.0}", "{'photos': True}", "((False, 9),)", "{[]: 1}",
        ]
    ),
)  # fmt: skip


@given(st.sampled_from(["tiny", "tiny-regions", "paper"]), st.sampled_from(FIELDS), _VALUES)
@example("tiny", "steps", _HUGE)
@example("tiny", "patches", f"((0.0, {_HUGE}),)")
@example("tiny", "photos", "\udcff")
@example("tiny", "photos", "x\0")
@example("tiny", "sources", "{'jsonl:\\udcff': 1.0}")
@example("tiny", "seed", "a\nb")
@example("tiny-regions", "stage", "1")
def test_any_value_makes_a_recipe_or_one_sentence(name: str, field: str, value: str) -> None:
    try:
        recipe = resolve(name, [f"{field}={value}"])
    except RecipeError as error:
        said = str(error)
        assert said.isprintable()  # one line
        assert len(said) < 1200
        assert field in said
        assert any(fix in said for fix in ("set it to ", "write one like ", "choose sizes"))
        return
    kept = json.loads(recipe.to_json().encode("utf-8"))
    assert json.loads(json.dumps(getattr(recipe, field))) == kept[field]


@pytest.mark.parametrize("setting", ["\n", "x" * 9999, "=" * 9999, "\udcff=1"])
def test_what_is_no_setting_is_one_sentence(setting: str) -> None:
    with pytest.raises(RecipeError, match=r"^--set .*: write field=value") as caught:
        resolve("tiny", [setting])
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["batch_size=2000000"], "batch_size is 2000000; set it to 1 to 1048576"),
        (["scene_count=1000000000"], "scene_count is 1000000000; set it to 1 to 100000000"),
        (["data_threads=5000"], "data_threads is 5000; set it to 1 to 1024"),
    ],
)
def test_what_is_listed_one_by_one_has_bounds_of_its_own(settings: list[str], said: str) -> None:
    with pytest.raises(RecipeError, match=f"^{said}$"):
        resolve("tiny", settings)


@pytest.mark.parametrize(
    ("settings", "device", "n_processes", "said"),
    [
        (["text_intermediate_size=16777216"], "cpu", 1, "text_intermediate_size 16777216"),
        (["vocab_size=16777216"], "cpu", 1, "vocab_size 16777216 .*choose smaller ones"),
        (["vocab_size=16777216"], "cuda", 1, ""),  # its own memory is another matter
        (["vocab_size=16777216", "sharding=fsdp", "optimizer=adamw"], "cpu", 4, ""),
        (["batch_size=65536", "patches=((0.0, 25), (0.5, 196))"], "cpu", 1, "batch_size is 65536 "),
        (["batch_size=65536", "patches=((0.0, 0),)"], "cpu", 1, "batch_size is 65536 .*processes$"),
        (["batch_size=65536", "patches=((0.0, 25), (0.5, 196))"], "cuda", 8, ""),
        ([], "cpu", 1, ""),
    ],
)
def test_what_no_memory_holds_is_refused_before_anything_is_made(
    settings: list[str],
    device: str,
    n_processes: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "_memory_bytes", lambda: 8 << 30)
    recipe = resolve("tiny", [*SIZES, *settings])
    if not said:
        check_room(recipe, torch.device(device), n_processes)
        return
    with pytest.raises(RecipeError, match=said):
        check_room(recipe, torch.device(device), n_processes)


def test_a_system_that_does_not_tell_its_memory_refuses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recipe = resolve("tiny", [*SIZES, "hidden_size=16777216"])
    with pytest.raises(RecipeError, match="hidden_size is 16777216"):
        check_room(recipe, CPU, 1)
    monkeypatch.delattr(os, "sysconf")
    check_room(recipe, CPU, 1)
