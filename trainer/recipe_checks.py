"""What the fields of a recipe may hold. Every message names the field, the value and the fix."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from fgclip2.errors import ConfigError
from trainer.errors import RecipeError

if TYPE_CHECKING:
    from trainer.recipes import Recipe

# Names of the losses, by what they compare: those of stage 1 first.
CAPTION_OBJECTIVES = ("short", "long")
HARD_OBJECTIVES = ("contrast", "pair", "rank")
REGION_OBJECTIVES = ("region", "text", *HARD_OBJECTIVES)
OBJECTIVES = (*CAPTION_OBJECTIVES, *REGION_OBJECTIVES)
# Sources that read the photo sets.
PHOTO_KINDS = ("photos", "mosaics")
_GREATEST_BUDGET = 1024
_GREATEST_SEED = 2**63 - 1
_CHOICES: dict[str, tuple[object, ...]] = {
    "precision": ("auto", "f32", "bf16"),
    "optimizer": ("adamw", "muon"),
    "sharding": ("ddp", "fsdp"),
    "stage": (1, 2),
}
_COUNTS = (
    "steps", "batch_size", "warmup_steps", "checkpoint_every", "vocab_size", "cache_side_px",
    "scene_count", "regions_per_image", "data_threads", "hidden_size", "heads", "vision_layers",
    "text_layers", "vision_intermediate_size", "text_intermediate_size",
)  # fmt: skip
_FROM_0 = (
    "micro_batch", "negatives_per_region", "greatest_threshold", "weight_decay", "bias_rate",
    "seed",
)  # fmt: skip
_ABOVE_0 = (
    "learning_rate", "least_crop_area", "region_scale", "head_rate", "matrix_rate",
    "initial_scale", "adam_epsilon", "gradient_norm",
)  # fmt: skip
_SHARES = ("chinese_share", "long_share", "average_decay", "least_crop_area")
_BELOW_1 = ("beta1", "beta2")
_MAY_BE_INFINITE = "gradient_norm"


def check_recipe(recipe: Recipe) -> None:
    """Check every field that can be wrong.

    Raises:
        RecipeError: names the field, the value and the fix.
    """
    for name, known in _CHOICES.items():
        listed = ", ".join(str(each) for each in known[:-1]) + f" or {known[-1]}"
        _check(recipe, name, getattr(recipe, name) in known, listed)
    for name in _COUNTS:
        _check(recipe, name, getattr(recipe, name) >= 1, "at least 1")
    for name in _FROM_0:
        _check(recipe, name, getattr(recipe, name) >= 0, "0 or more")
    for name in _ABOVE_0:
        _check(recipe, name, getattr(recipe, name) > 0, "above 0")
    for name in _SHARES:
        _check(recipe, name, 0 <= getattr(recipe, name) <= 1, "0 to 1")
    for name in _BELOW_1:
        _check(recipe, name, 0 <= getattr(recipe, name) < 1, "0 up to, but not including, 1")
    for name in (*_FROM_0, *_ABOVE_0, "initial_bias"):
        finite = _is_number(getattr(recipe, name)) or name == _MAY_BE_INFINITE
        _check(recipe, name, finite, "a finite number")
    fits = recipe.seed <= _GREATEST_SEED
    _check(recipe, "seed", fits, f"0 to {_GREATEST_SEED}")
    fits = 1 <= recipe.export_patches <= _GREATEST_BUDGET
    _check(recipe, "export_patches", fits, f"1 to {_GREATEST_BUDGET}")
    _check_schedule(recipe)
    _check_weights(recipe)
    if recipe.sharding == "fsdp":  # pieces would differ in number between processes
        _check(recipe, "micro_batch", recipe.micro_batch == 0, "0 with fsdp")
        # Muon needs whole matrices.
        _check(recipe, "optimizer", recipe.optimizer == "adamw", "adamw with fsdp")
    try:
        recipe.model_config().validate(f"recipe {recipe.name}")
    except ConfigError as error:
        raise RecipeError(f"{error}; choose sizes that fit each other") from None


def uses_photos(recipe: Recipe) -> bool:
    """Whether the photo sets are needed."""
    return any(kind in recipe.sources for kind in PHOTO_KINDS)


def _check_schedule(recipe: Recipe) -> None:
    example = "pairs of a share of the run and a patch budget, like ((0.0, 25), (0.5, 49))"
    pairs = all(isinstance(each, tuple) and len(each) == 2 for each in recipe.patches)
    _check(recipe, "patches", bool(recipe.patches) and pairs, example)
    numbers = all(_is_number(start) and type(budget) is int for start, budget in recipe.patches)
    _check(recipe, "patches", numbers, example)
    starts = [start for start, _ in recipe.patches]
    ordered = starts[0] == 0 and starts == sorted(starts) and starts[-1] < 1
    _check(recipe, "patches", ordered, "shares of the run that begin at 0, grow and stay below 1")
    budgets = all(0 <= budget <= _GREATEST_BUDGET for _, budget in recipe.patches)
    _check(recipe, "patches", budgets, f"budgets up to {_GREATEST_BUDGET} (0: by size)")


def _check_weights(recipe: Recipe) -> None:
    known = OBJECTIVES if recipe.stage == 2 else CAPTION_OBJECTIVES
    fits = bool(recipe.objectives) and all(
        name in known and _is_number(weight) and weight >= 0
        for name, weight in recipe.objectives.items()
    )
    fits = fits and any(recipe.objectives.values())
    _check(recipe, "objectives", fits, f"weights of {', '.join(known)}, one at least above 0")
    fits = recipe.counts("region", *HARD_OBJECTIVES) or not recipe.counts("text")
    needed = "text above 0 beside region, contrast, pair or rank: alone it sees no picture"
    _check(recipe, "objectives", fits, needed)
    fits = bool(recipe.sources) and all(
        isinstance(name, str) and _is_number(weight) and weight > 0
        for name, weight in recipe.sources.items()
    )
    _check(recipe, "sources", fits, "at least one, with weights above 0")
    fits = all(
        isinstance(name, str) and _is_number(weight) and weight >= 0
        for name, weight in recipe.archive_weights.items()
    )
    _check(recipe, "archive_weights", fits, "a weight of 0 or more for each archive")
    if uses_photos(recipe):
        _check(recipe, "photos", bool(recipe.photos), "the folder of the photo sets")
        fits = any(recipe.archive_weights.values())
        _check(recipe, "archive_weights", fits, "names of photo sets, one weight at least above 0")


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max


def _check(recipe: Recipe, name: str, fits: bool, wanted: str) -> None:
    if not fits:
        raise RecipeError(f"{name} is {getattr(recipe, name)!r}; set it to {wanted}")
