"""Recipes: functions that return one complete, frozen configuration of a run."""

from __future__ import annotations

import ast
import dataclasses
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from fgclip2.config import ModelConfig, TextConfig, VisionConfig
from fgclip2.errors import ConfigError
from trainer.errors import RecipeError

PRECISIONS = ("auto", "f32", "bf16")
SHARDINGS = ("ddp", "fsdp")
OPTIMIZERS = ("adamw", "muon")
# Names of the losses: those of stage 1 first.
OBJECTIVES = ("short", "long", "region", "text", "contrast", "pair", "rank")

# MODEL.md 2.3: region = FGV, text = TIC, contrast = HITC, pair = FGT, rank = CMR.
PAPER_WEIGHTS = {
    "short": 1.0, "long": 1.0, "region": 0.1, "text": 0.1, "contrast": 0.0, "pair": 0.5, "rank": 0.4
}  # fmt: skip
RELEASED_WEIGHTS = {
    "short": 1.0, "long": 1.0, "region": 0.2, "text": 0.1, "contrast": 0.3, "pair": 1.5, "rank": 0.2
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the outcome of a run. ``steps`` counts optimiser steps.

    ``patches`` is a schedule: from each share of the run on, that patch budget.
    ``long_share`` is the share of a batch whose long captions are encoded as well.
    ``bias_rate`` multiplies the learning rate of the logit bias.
    ``scene_count`` is how many different scenes there are before they come again.
    ``small_start`` prepares the vision tower for few photos (``trainer.starts``).
    ``precision`` ``auto`` is bf16 where the hardware multiplies it faster, else f32.
    ``optimizer`` ``muon`` is Muon for the matrices of encoder layers and AdamW for the rest;
    ``matrix_rate`` multiplies the learning rate of those matrices.
    ``stage`` 2 adds regions; ``objectives`` are the weights of ``trainer.losses``.
    ``sources`` are weights of ``trainer.data.choice``.
    ``start_from`` is a run or a checkpoint whose averaged weights begin the run, ``weights`` a
    directory of published weights; the first one that is set is taken.
    ``head_rate`` multiplies the learning rate of the long, box and dense heads.
    ``micro_batch`` is how many pictures and texts are held at once (0: all); the contrastive batch
    stays whole. ``sharding`` is how several processes share the work: ddp or fsdp.
    """

    name: str
    # model
    hidden_size: int
    vision_layers: int
    text_layers: int
    heads: int
    vision_intermediate_size: int
    text_intermediate_size: int
    vocab_size: int
    # data
    photos: str
    archive_weights: dict[str, float]
    chinese_share: float = 0.5
    long_share: float = 0.15
    cache_side_px: int = 144
    least_crop_area: float = 0.45
    # optimisation
    steps: int = 3200
    batch_size: int = 64
    patches: tuple[tuple[float, int], ...] = ((0.0, 25), (0.5, 49), (0.92, 100))
    optimizer: str = "adamw"
    matrix_rate: float = 1.0
    learning_rate: float = 1e-3
    bias_rate: float = 30.0
    weight_decay: float = 0.05
    beta1: float = 0.9
    beta2: float = 0.98
    warmup_steps: int = 100
    gradient_norm: float = 1.0
    average_decay: float = 0.998
    start_from: str = ""
    small_start: bool = True
    initial_scale: float = 10.0
    initial_bias: float = -3.0
    precision: str = "auto"
    seed: int = 0
    # keeping
    checkpoint_every: int = 100
    export_patches: int = 100
    # stage 2, sources and starting points
    stage: int = 1
    objectives: dict[str, float] = field(default_factory=lambda: {"short": 1.0, "long": 1.0})
    sources: dict[str, float] = field(default_factory=lambda: {"photos": 1.0})
    weights: str = ""
    regions_per_image: int = 4
    negatives_per_region: int = 10
    scene_count: int = 1_000_000
    english_prompt: str = ""
    relight: bool = True
    region_scale: float = 100.0
    greatest_threshold: float = 10.0
    mask_equal_texts: bool = True
    head_rate: float = 1.0
    adam_epsilon: float = 1e-8
    # memory and several processes
    micro_batch: int = 0
    checkpoint_layers: bool = False
    sharding: str = "ddp"

    def model_config(self) -> ModelConfig:
        """Sizes of both towers in the published layout."""
        return ModelConfig(
            VisionConfig(
                hidden_size=self.hidden_size,
                intermediate_size=self.vision_intermediate_size,
                num_hidden_layers=self.vision_layers,
                num_attention_heads=self.heads,
            ),
            TextConfig(
                vocab_size=self.vocab_size,
                hidden_size=self.hidden_size,
                intermediate_size=self.text_intermediate_size,
                num_hidden_layers=self.text_layers,
                num_attention_heads=self.heads,
                projection_size=self.hidden_size,
            ),
        )

    def patches_at(self, step: int) -> int:
        """The patch budget of a step, counted from 0."""
        share = step / self.steps
        return [budget for start, budget in self.patches if start <= share][-1]

    def validate(self) -> None:
        """Check every field that can be wrong.

        Raises:
            RecipeError: names the field, the value and the fix.
        """
        for name in ("steps", "batch_size", "warmup_steps", "checkpoint_every", "vocab_size"):
            _require(name, getattr(self, name), getattr(self, name) >= 1, "at least 1")
        for name in ("chinese_share", "long_share", "average_decay", "least_crop_area"):
            _require(name, getattr(self, name), 0 <= getattr(self, name) <= 1, "0 to 1")
        _require("learning_rate", self.learning_rate, self.learning_rate > 0, "above 0")
        _require("precision", self.precision, self.precision in PRECISIONS, "auto, f32 or bf16")
        _require("least_crop_area", self.least_crop_area, self.least_crop_area > 0, "above 0")
        starts = [start for start, _ in self.patches]
        ordered = bool(starts) and starts[0] == 0 and starts == sorted(starts)
        _require("patches", self.patches, ordered, "shares of the run that begin at 0 and grow")
        budgets = all(0 <= budget <= 1024 for _, budget in self.patches)
        _require("patches", self.patches, budgets, "budgets up to 1024 (0: by size)")
        self._validate_stage()
        try:
            self.model_config().validate(f"recipe {self.name}")
        except ConfigError as error:
            raise RecipeError(f"{error}; choose sizes that fit each other") from None

    def _validate_stage(self) -> None:
        _require("stage", self.stage, self.stage in (1, 2), "1 or 2")
        _require("sharding", self.sharding, self.sharding in SHARDINGS, "ddp or fsdp")
        _require("optimizer", self.optimizer, self.optimizer in OPTIMIZERS, "adamw or muon")
        known = OBJECTIVES if self.stage == 2 else OBJECTIVES[:2]
        fits = bool(self.objectives) and all(
            name in known and weight >= 0 for name, weight in self.objectives.items()
        )
        _require("objectives", self.objectives, fits, f"weights of {', '.join(known)}")
        fits = bool(self.sources) and all(weight > 0 for weight in self.sources.values())
        _require("sources", self.sources, fits, "at least one, with weights above 0")
        if self.sharding == "fsdp":  # pieces would differ in number between processes
            _require("micro_batch", self.micro_batch, self.micro_batch == 0, "0 with fsdp")
            # Muon needs whole matrices.
            _require("optimizer", self.optimizer, self.optimizer == "adamw", "adamw with fsdp")
        for name in ("micro_batch", "negatives_per_region", "greatest_threshold"):
            _require(name, getattr(self, name), getattr(self, name) >= 0, "0 or more")
        for name in ("region_scale", "head_rate", "matrix_rate", "regions_per_image"):
            _require(name, getattr(self, name), getattr(self, name) > 0, "above 0")

    def to_json(self) -> str:
        """The resolved recipe, saved beside every checkpoint."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)


def tiny() -> Recipe:
    """Stage 1 of the bundled model: photos of 11 sets and drawn scenes, on two cores."""
    return Recipe(
        name="tiny",
        hidden_size=192,
        vision_layers=6,
        text_layers=2,
        heads=3,
        vision_intermediate_size=768,
        text_intermediate_size=512,
        vocab_size=8192,
        photos="../shared/photos",
        archive_weights={
            "flickr8k": 0.22,
            "tinyimagenet": 0.26,
            "caltech101": 0.10,
            "rooms": 0.08,
            "weather": 0.06,
            "catsdogs": 0.08,
            "pacs_photo": 0.07,
            "clothing": 0.03,
            "grocery": 0.04,
            "flowers": 0.04,
            "trash": 0.02,
        },
        sources={"photos": 0.8, "scenes": 0.2},
        scene_count=4000,
        long_share=0.1,
        steps=3000,
        batch_size=192,
        patches=((0.0, 25), (0.45, 49), (0.94, 100)),
        optimizer="muon",
        matrix_rate=2.0,
    )


def tiny_regions() -> Recipe:
    """Stage 2 of the bundled model: photos with boxes, mosaics and scenes; needs ``start_from``.

    Regions weigh more than published: the sigmoid loss sums over a batch of thousands there, and
    what these few photos teach about places and attributes comes from regions alone.
    """
    return dataclasses.replace(
        tiny(),
        name="tiny-regions",
        stage=2,
        objectives={
            "short": 1.0, "long": 1.0, "region": 1.0, "text": 0.1, "contrast": 0.0, "pair": 2.0,
            "rank": 0.4,
        },
        sources={"photos": 0.6, "mosaics": 0.12, "scenes": 0.28},
        regions_per_image=1,
        negatives_per_region=3,
        region_scale=14.0,
        steps=1600,
        batch_size=128,
        patches=((0.0, 49), (0.8, 100), (0.95, 196)),
        learning_rate=7e-4,
        warmup_steps=30,
        average_decay=0.99,
        small_start=False,
    )  # fmt: skip


def paper() -> Recipe:
    """Stage 2 of FG-CLIP 2 base with the weights of the paper, on FineHARD and Chinese pairs.

    Set ``sources`` to where the files are, and ``start_from`` or ``weights``.
    """
    return Recipe(
        name="paper",
        hidden_size=768,
        vision_layers=12,
        text_layers=12,
        heads=12,
        vision_intermediate_size=3072,
        text_intermediate_size=3072,
        vocab_size=256000,
        photos="",
        archive_weights={},
        stage=2,
        objectives=dict(PAPER_WEIGHTS),
        sources={"finehard:finehard/jsonfiles@finehard": 0.5, "finehard:pairs/json@pairs": 0.5},
        long_share=1.0,
        least_crop_area=1.0,
        steps=5860,
        batch_size=4096,
        patches=((0.0, 0),),
        learning_rate=1e-6,
        bias_rate=1.0,
        weight_decay=0.001,
        adam_epsilon=1e-6,
        warmup_steps=300,
        gradient_norm=float("inf"),
        average_decay=0.0,
        small_start=False,
        english_prompt="a photo of",
        relight=False,
        mask_equal_texts=False,
        micro_batch=64,
        checkpoint_layers=True,
        checkpoint_every=1000,
        export_patches=256,
    )


def released() -> Recipe:
    """As ``paper``, with the weights of the released code."""
    return dataclasses.replace(paper(), name="released", objectives=dict(RELEASED_WEIGHTS))


RECIPES: dict[str, Callable[[], Recipe]] = {
    "tiny": tiny,
    "tiny-regions": tiny_regions,
    "paper": paper,
    "released": released,
}


def resolve(name: str, settings: list[str]) -> Recipe:
    """A recipe by name with ``field=value`` settings applied, validated.

    Raises:
        RecipeError: an unknown recipe or field, or a value that cannot be used.
    """
    if name not in RECIPES:
        raise RecipeError(f"there is no recipe {name!r}; choose one of {', '.join(RECIPES)}")
    recipe = RECIPES[name]()
    known = {f.name: f for f in dataclasses.fields(recipe)}
    changes: dict[str, Any] = {}
    for setting in settings:
        key, separator, text = setting.partition("=")
        if not separator or key not in known or key == "name":
            raise RecipeError(f"--set {setting}: write field=value with a field of the recipe")
        changes[key] = _parse(key, text, getattr(recipe, key))
    recipe = dataclasses.replace(recipe, **changes)
    recipe.validate()
    return recipe


def _parse(key: str, text: str, current: Any) -> Any:
    if isinstance(current, str):
        return text
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        raise RecipeError(
            f"--set {key}={text}: not a value of type {type(current).__name__}"
        ) from None
    if isinstance(current, float) and isinstance(value, int):
        value = float(value)
    if type(value) is not type(current):
        raise RecipeError(f"--set {key}={text}: expected {type(current).__name__}")
    return value


def _require(name: str, value: object, fits: bool, wanted: str) -> None:
    if not fits:
        raise RecipeError(f"{name} is {value!r}; set it to {wanted}")
