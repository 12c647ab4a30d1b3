"""What the fields of a recipe may hold. Every message names the field, the value and the fix."""

from __future__ import annotations

import math
import multiprocessing
from dataclasses import fields
from typing import TYPE_CHECKING

from fgclip2.config import MAX_LAYERS, MAX_SIZE
from fgclip2.errors import ConfigError
from trainer.errors import RecipeError, printable

if TYPE_CHECKING:
    from trainer.recipes import Recipe

# Names of the losses, by what they compare: those of stage 1 first.
CAPTION_OBJECTIVES = ("short", "long", "classes")
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
_COUNTS = ("steps", "warmup_steps", "checkpoint_every", "cache_side_px", "regions_per_image")
# What is listed or started one by one; far above what is of use.
_LISTED = {"batch_size": 1 << 20, "scene_count": 100_000_000, "data_threads": 1024}
_MOST_PROCESSES = 1024
_LAYERS = ("vision_layers", "text_layers")
_SIZES = (
    "hidden_size",
    "heads",
    "vocab_size",
    "vision_intermediate_size",
    "text_intermediate_size",
)
_COUNTS_FROM_0 = ("micro_batch", "negatives_per_region")
_MOST = 2**31 - 1
_MOST_SHOWN = 400
_FROM_0 = ("greatest_threshold", "weight_decay", "bias_rate")
_ABOVE_0 = (
    "learning_rate", "least_crop_area", "seen_patches", "region_scale", "class_scale", "head_rate",
    "matrix_rate", "initial_scale", "adam_epsilon", "gradient_norm",
)  # fmt: skip
_SHARES = (
    "chinese_share", "long_share", "average_decay", "least_crop_area", "seen_patches", "mixed_share"
)  # fmt: skip
_BELOW_1 = ("beta1", "beta2")
_GREATEST_NUMBER = 1_000_000  # products of several stay within float32


def check_recipe(recipe: Recipe) -> None:
    """Check every field that can be wrong.

    Raises:
        RecipeError: names the field, the value and the fix.
    """
    for field in fields(recipe):
        fits = all(map(_is_writable, _texts_of(getattr(recipe, field.name))))
        _check(recipe, field.name, fits, "text that UTF-8 can hold, without a NUL")
    for name, known in _CHOICES.items():
        listed = ", ".join(str(each) for each in known[:-1]) + f" or {known[-1]}"
        _check(recipe, name, getattr(recipe, name) in known, listed)
    for names, least, most in (
        (_COUNTS, 1, _MOST),
        (_LAYERS, 1, MAX_LAYERS),
        (_SIZES, 1, MAX_SIZE),
        (_COUNTS_FROM_0, 0, _MOST),
        (("data_processes",), 0, _MOST_PROCESSES),
        *(((name,), 1, most) for name, most in _LISTED.items()),
    ):
        for name in names:
            _check(recipe, name, least <= getattr(recipe, name) <= most, f"{least} to {most}")
    for name in _FROM_0:
        fits = 0 <= getattr(recipe, name) <= _GREATEST_NUMBER
        _check(recipe, name, fits, f"0 to {_GREATEST_NUMBER}")
    for name in _ABOVE_0:
        fits = 0 < getattr(recipe, name) <= _GREATEST_NUMBER or (
            name == "gradient_norm" and recipe.gradient_norm == math.inf
        )
        _check(recipe, name, fits, f"above 0, {_GREATEST_NUMBER} at most")
    fits = abs(recipe.initial_bias) <= _GREATEST_NUMBER
    _check(recipe, "initial_bias", fits, f"{-_GREATEST_NUMBER} to {_GREATEST_NUMBER}")
    for name in _SHARES:
        _check(recipe, name, 0 <= getattr(recipe, name) <= 1, "0 to 1")
    for name in _BELOW_1:
        _check(recipe, name, 0 <= getattr(recipe, name) < 1, "0 up to, but not including, 1")
    fits = 0 <= recipe.seed <= _GREATEST_SEED
    _check(recipe, "seed", fits, f"0 to {_GREATEST_SEED}")
    fits = 1 <= recipe.export_patches <= _GREATEST_BUDGET
    _check(recipe, "export_patches", fits, f"1 to {_GREATEST_BUDGET}")
    can_fork = "fork" in multiprocessing.get_all_start_methods()
    fits = can_fork or not recipe.data_processes
    _check(recipe, "data_processes", fits, "0: this system cannot copy a process")
    _check_schedule(recipe)
    _check_weights(recipe)
    _check_together(recipe)
    try:
        recipe.model_config().validate(f"recipe {recipe.name}")
    except ConfigError as error:
        raise RecipeError(f"{error}; choose sizes that fit each other") from None


def _check_together(recipe: Recipe) -> None:
    """Fields that only fit some values of others."""
    fits = recipe.seen_patches == 1 or not recipe.counts(*REGION_OBJECTIVES)
    _check(recipe, "seen_patches", fits, "1.0: a region is pooled from all its patches")
    fits = not recipe.mixed_share or not recipe.counts(*REGION_OBJECTIVES)
    _check(recipe, "mixed_share", fits, "0.0: a part of another picture may hide a region")
    fits = not recipe.mixed_share or recipe.counts("classes")
    _check(recipe, "mixed_share", fits, "0.0, or give the objective classes a weight")
    fits = not recipe.frozen_text or bool(recipe.start_from or recipe.weights)
    _check(recipe, "frozen_text", fits, "False, or name a start_from or weights")
    if recipe.photos_on_device:
        _check_on_device(recipe)
    if recipe.sharding == "fsdp":  # pieces would differ in number between processes
        _check(recipe, "micro_batch", recipe.micro_batch == 0, "0 with fsdp")
        _check(recipe, "frozen_text", not recipe.frozen_text, "False with fsdp")
        # Muon needs whole matrices.
        _check(recipe, "optimizer", recipe.optimizer == "adamw", "adamw with fsdp")


def _check_on_device(recipe: Recipe) -> None:
    """What batches that are made on the device can do."""
    name = "photos_on_device"
    _check(recipe, name, recipe.frozen_text, "False, or set frozen_text: captions are vectors")
    fits = list(recipe.sources) == ["photos"]
    _check(recipe, name, fits, "False, or set sources to {'photos': 1.0}")
    fits = not recipe.counts(*REGION_OBJECTIVES)
    _check(recipe, name, fits, "False, or give only short, long and classes a weight")
    fits = recipe.counts("short") or not recipe.counts("long")
    _check(recipe, name, fits, "False, or give short a weight: long captions count with it")
    _check(recipe, name, not recipe.english_prompt, "False, or set english_prompt to nothing")
    fits = all(budget > 0 for _, budget in recipe.patches)
    _check(recipe, name, fits, "False, or set budgets above 0 in patches")
    _check(recipe, name, recipe.micro_batch == 0, "False, or set micro_batch to 0")


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
    listed = f"{', '.join(known)} (stage {recipe.stage})"
    fits = bool(recipe.objectives) and all(
        name in known and _is_number(weight) and weight >= 0
        for name, weight in recipe.objectives.items()
    )
    fits = fits and any(recipe.objectives.values())
    _check(recipe, "objectives", fits, f"weights of {listed}, one at least above 0")
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


def on_one_line(text: str) -> str:
    """What somebody wrote, for a message: its middle is left out where it is long."""
    if len(text) > _MOST_SHOWN:
        text = f"{text[: _MOST_SHOWN // 2]}...{text[-_MOST_SHOWN // 2 :]}"
    return printable(text)


def _shown(value: object) -> str:
    try:
        return on_one_line(repr(value))
    except ValueError:  # Python does not write them
        return "a number of thousands of digits"


def _texts_of(value: object) -> list[str]:
    texts = value if isinstance(value, dict) else [value]
    return [each for each in texts if isinstance(each, str)]


def _is_writable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= _GREATEST_NUMBER


def _check(recipe: Recipe, name: str, fits: bool, wanted: str) -> None:
    if not fits:
        raise RecipeError(f"{name} is {_shown(getattr(recipe, name))}; set it to {wanted}")
