"""Recipes: settings and the messages for wrong ones."""

from __future__ import annotations

import pytest

from trainer.errors import RecipeError
from trainer.recipes import RECIPES, resolve


def test_every_recipe_is_valid() -> None:
    for name in RECIPES:
        resolve(name, [])


def test_settings_change_fields_and_keep_types() -> None:
    recipe = resolve("tiny", ["steps=10", "learning_rate=1", "patches=((0.0, 16),)", "photos=x=y"])
    assert (recipe.steps, recipe.learning_rate, recipe.photos) == (10, 1.0, "x=y")
    assert recipe.patches_at(9) == 16


def test_patch_schedule_follows_the_share_of_the_run() -> None:
    recipe = resolve("tiny", ["steps=100", "patches=((0.0, 25), (0.5, 49))"])
    assert [recipe.patches_at(step) for step in (0, 49, 50, 99)] == [25, 25, 49, 49]


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ("steps=0", "steps is 0"),
        ("steps=many", "steps=many"),
        ("batch=3", "batch=3"),
        ("hidden_size=100", "hidden_size 100"),
        ("chinese_share=1.5", "chinese_share is 1.5"),
        ("precision=f64", "precision is 'f64'"),
        ("patches=((0.5, 25),)", "patches is"),
        ("nonsense", "nonsense"),
    ],
)
def test_wrong_settings_name_field_and_value(setting: str, named: str) -> None:
    with pytest.raises(RecipeError, match=named.replace("(", r"\(").replace(")", r"\)")):
        resolve("tiny", [setting])


def test_unknown_recipe_lists_the_known_ones() -> None:
    with pytest.raises(RecipeError, match="tiny"):
        resolve("huge", [])
