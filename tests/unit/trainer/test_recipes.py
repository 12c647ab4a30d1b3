"""Recipes: settings and the messages for wrong ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trainer.errors import RecipeError
from trainer.evaluation.tasks import TASKS
from trainer.recipes import RECIPES, resolve


def test_every_recipe_is_valid() -> None:
    for name in RECIPES:
        resolve(name, [])


def test_settings_change_fields_and_keep_types() -> None:
    recipe = resolve("tiny", ["steps=10", "learning_rate=1", "patches=((0.0, 16),)", "photos=x=y"])
    assert (recipe.steps, recipe.learning_rate, recipe.photos) == (10, 1.0, "x=y")
    assert recipe.patches_at(9) == 16


def test_a_value_is_read_as_it_is_shown() -> None:
    infinite = resolve("paper", []).gradient_norm
    assert resolve("tiny", [f"gradient_norm={infinite}"]).gradient_norm == infinite


def test_patch_schedule_follows_the_share_of_the_run() -> None:
    recipe = resolve("tiny", ["steps=100", "patches=((0.0, 25), (0.5, 49))"])
    assert [recipe.patches_at(step) for step in (0, 49, 50, 99)] == [25, 25, 49, 49]


@pytest.mark.parametrize(
    ("setting", "named", "advice"),
    [
        ("steps=0", "steps is 0", "set it to 1 to 2147483647"),
        ("steps=many", "steps=many", "write one like 4000"),
        ("steps=1.5", "steps=1.5", "expected int"),
        ("batch=3", "batch=3", "batch_size"),
        ("hidden_size=100", "hidden_size 100", "choose sizes"),
        ("chinese_share=1.5", "chinese_share is 1.5", "0 to 1"),
        ("precision=f64", "precision is 'f64'", "auto, f32 or bf16"),
        ("patches=((0.5, 25),)", "patches is", "begin at 0"),
        ("patches=(25, 49)", "patches is (25, 49)", "like ((0.0, 25)"),
        ("patches=((0.0, 2000),)", "patches is", "up to 1024"),
        ("sources={'photos': 'much'}", "sources is", "weights above 0"),
        ("objectives={'short': -1.0}", "objectives is", "weights of short, long"),
        ("archive_weights={'rooms': None}", "archive_weights is", "0 or more"),
        ("beta2=1.0", "beta2 is 1.0", "not including"),
        ("learning_rate=1e999", "learning_rate is inf", "above 0, 1000000 at most"),
        ("scene_count=0", "scene_count is 0", "1 to 100000000"),
        ("scene_count=1" + 30 * "0", "scene_count is 1", "1 to 100000000"),
        ("negatives_per_region=-1", "negatives_per_region is -1", "0 to 2147483647"),
        ("hidden_size=1" + 30 * "0", "hidden_size is 1", "1 to 16777216"),
        ("vision_layers=5000", "vision_layers is 5000", "1 to 1024"),
        ("export_patches=0", "export_patches is 0", "1 to 1024"),
        ("patches=((0.0, 25), (50, 49))", "patches is", "stay below 1"),
        ("seed=10000000000000000000", "seed is 1", "0 to 9223372036854775807"),
        ("seed=1" + 400 * "0", "seed is 1", "0 to 9223372036854775807"),
        ("learning_rate=True", "learning_rate=True", "expected float"),
        ("learning_rate=1" + 400 * "0", "learning_rate=1", "expected float"),
        ("matrix_rate=1e308", "matrix_rate is 1e+308", "1000000 at most"),
        ("initial_bias=nan", "initial_bias=nan", "write one like -3.0"),
        ("initial_bias=-1e308", "initial_bias is -1e+308", "-1000000 to 1000000"),
        ("archive_weights={'a': 1e308, 'b': 1e308}", "archive_weights is", "0 or more"),
        ("objectives={'short': True}", "objectives is", "weights of short, long"),
        ("sources={'photos': 1" + 400 * "0" + "}", "sources is", "weights above 0"),
        ("photos=", "photos is ''", "the folder of the photo sets"),
        ("archive_weights={}", "archive_weights is {}", "one weight at least above 0"),
        ("nonsense", "nonsense", "field=value"),
    ],
)
def test_wrong_settings_name_field_value_and_fix(setting: str, named: str, advice: str) -> None:
    with pytest.raises(RecipeError) as caught:
        resolve("tiny", [setting])
    assert named in str(caught.value)
    assert advice in str(caught.value)
    assert "\n" not in str(caught.value)


def test_texts_are_not_pushed_apart_without_their_regions() -> None:
    with pytest.raises(RecipeError, match=r"objectives is .* set it to text above 0 beside region"):
        resolve("tiny-regions", ["objectives={'short': 1.0, 'text': 0.1, 'pair': 0.0}"])


def test_documents_name_recipes_and_tasks_that_exist() -> None:
    root = Path(__file__).resolve().parents[3]
    documents = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    text = "\n".join(path.read_text(encoding="utf-8") for path in documents)
    recipes = set(re.findall(r"-m trainer --recipe ([a-z][a-z-]*)", text))
    tasks = set(re.findall(r"evaluate --task ([a-z][a-z0-9-]*)", text))
    assert {"tiny", "tiny-regions"} <= recipes <= set(RECIPES)
    assert {"scenes"} <= tasks <= set(TASKS)
    table = re.findall(r"^\| \d+ \|.*?\| (`[a-z0-9-]+`|not covered) \|", text, re.MULTILINE)
    assert len(table) == 29
    assert {name.strip("`") for name in table} - {"not covered"} <= set(TASKS)


def test_unknown_recipe_lists_the_known_ones() -> None:
    with pytest.raises(RecipeError, match="tiny"):
        resolve("huge", [])
