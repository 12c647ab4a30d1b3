"""Recipes: functions that return one complete, frozen configuration of a run."""

from __future__ import annotations

import ast
import dataclasses
import difflib
import json
import math
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from fgclip2.config import ModelConfig, TextConfig, VisionConfig
from trainer.errors import RecipeError
from trainer.recipe_checks import check_recipe, on_one_line

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
    ``precision`` ``auto`` is bf16 where the hardware multiplies it itself, else f32.
    ``optimizer`` ``muon`` is Muon for the matrices of encoder layers and AdamW for the rest;
    ``matrix_rate`` multiplies the learning rate of those matrices.
    ``stage`` 2 adds regions; ``objectives`` are the weights of ``trainer.losses``. What no
    objective above 0 needs is not computed.
    ``mask_equal_texts``: photos and regions that fit each other's texts are no negatives.
    ``class_scale`` multiplies the cosines of photos and class names in the objective ``classes``.
    ``seen_patches`` is the share of a picture's patches, chosen by chance, that the tower sees
    (arXiv 2208.07220); below 1 only without regions.
    ``mixed_share`` is the share of photos of a class that get a part of another such photo
    (arXiv 1905.04899); above 0 only without regions.
    ``english_prompt`` is put before English short captions.
    ``sources`` are weights of ``trainer.data.choice``.
    ``start_from`` is a run or a checkpoint whose averaged weights begin the run, ``weights`` a
    directory of published weights; the first one that is set is taken. With ``deepen`` it may have
    fewer vision layers than the recipe: new ones, which change nothing at first, are put between.
    ``frozen_text`` leaves the text tower and its heads as the starting point has them: the vision
    tower learns alone (arXiv 2111.07991 the other way round), and a text that comes again is not
    encoded again. Not with fsdp.
    ``photos_on_device`` keeps all photos of the source ``photos``, and the vectors of their
    captions, in the memory of the device, where whole batches are cut and mixed at once: for a GPU
    that would wait for its batches. With ``frozen_text``, on one process, without regions.
    Long captions then stand in for short ones, and count with their weight.
    ``head_rate`` multiplies the learning rate of the long, box and dense heads.
    ``compile_layers`` lets ``torch.compile`` make the layers of both towers; needs a C++ compiler.
    ``micro_batch`` is how many pictures and texts are held at once (0: all); the contrastive batch
    stays whole. ``sharding`` is how several processes share the work: ddp or fsdp.
    ``data_threads`` is how many samples are decoded at a time in each process; ``data_processes``
    is how many processes beside it make its batches (0: a thread does).
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
    seen_patches: float = 1.0
    mixed_share: float = 0.0
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
    deepen: bool = False
    frozen_text: bool = False
    photos_on_device: bool = False
    regions_per_image: int = 4
    negatives_per_region: int = 10
    scene_count: int = 1_000_000
    english_prompt: str = ""
    relight: bool = True
    region_scale: float = 100.0
    class_scale: float = 16.0
    greatest_threshold: float = 10.0
    mask_equal_texts: bool = True
    head_rate: float = 1.0
    adam_epsilon: float = 1e-8
    # memory and several processes
    micro_batch: int = 0
    checkpoint_layers: bool = False
    compile_layers: bool = False
    sharding: str = "ddp"
    data_threads: int = 1
    data_processes: int = 0

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

    def counts(self, *names: str) -> bool:
        """Whether one at least of these objectives has a weight above 0."""
        return any(self.objectives.get(name, 0) > 0 for name in names)

    def validate(self) -> None:
        """Check every field that can be wrong.

        Raises:
            RecipeError: names the field, the value and the fix.
        """
        check_recipe(self)

    def to_json(self) -> str:
        """The resolved recipe, saved beside every checkpoint."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)


def tiny() -> Recipe:
    """Stage 1 of the bundled model: photos of 11 sets and drawn scenes, on two cores."""
    return Recipe(
        name="tiny",
        hidden_size=192,
        vision_layers=12,
        text_layers=2,
        heads=3,
        vision_intermediate_size=768,
        text_intermediate_size=512,
        vocab_size=8192,
        photos="../shared/photos",
        archive_weights={
            "flickr8k": 0.22,
            "tinyimagenet": 0.36,
            "caltech101": 0.12,
            "rooms": 0.07,
            "weather": 0.03,
            "catsdogs": 0.10,
            "pacs_photo": 0.05,
            "clothing": 0.015,
            "grocery": 0.02,
            "flowers": 0.05,
            "trash": 0.005,
        },
        objectives={"short": 1.0, "long": 1.0, "classes": 2.0},
        sources={"photos": 0.9, "scenes": 0.1},
        scene_count=4000,
        chinese_share=0.55,
        long_share=0.04,
        steps=4000,
        batch_size=256,
        patches=((0.0, 16), (0.5, 25), (0.93, 49)),
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
            "short": 1.0, "long": 1.0, "classes": 2.0, "region": 1.0, "text": 0.1, "contrast": 0.0,
            "pair": 2.0, "rank": 0.4,
        },
        sources={"photos": 0.58, "mosaics": 0.06, "scenes": 0.36},
        scene_count=10_000,
        regions_per_image=4,
        negatives_per_region=3,
        region_scale=14.0,
        steps=1900,
        batch_size=128,
        patches=((0.0, 49), (0.7, 100), (0.82, 196), (0.87, 100)),
        cache_side_px=192,
        learning_rate=1e-3,
        warmup_steps=30,
        average_decay=0.995,
        chinese_share=0.5,
        long_share=0.1,
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
        gradient_norm=math.inf,
        average_decay=0.0,
        small_start=False,
        english_prompt="a photo of",
        relight=False,
        mask_equal_texts=False,
        micro_batch=64,
        checkpoint_layers=True,
        checkpoint_every=1000,
        export_patches=256,
        data_threads=8,
    )


def released() -> Recipe:
    """As ``paper``, with the weights of the released code."""
    return dataclasses.replace(paper(), name="released", objectives=dict(RELEASED_WEIGHTS))


def paper_captions() -> Recipe:
    """Stage 1 of FG-CLIP 2 base: English and Chinese photos with short and long captions.

    Set ``sources`` to where the files are, and ``weights`` to a folder of SigLIP 2 NaFlex.
    """
    return dataclasses.replace(
        paper(),
        name="paper-captions",
        stage=1,
        objectives={"short": 1.0, "long": 1.0},
        sources={"tar:english": 0.65, "finehard:pairs/json@pairs": 0.35},
        steps=39_900,
        batch_size=61_440,
    )


RECIPES: dict[str, Callable[[], Recipe]] = {
    "tiny": tiny,
    "tiny-regions": tiny_regions,
    "paper-captions": paper_captions,
    "paper": paper,
    "released": released,
}


def resolve(name: str, settings: list[str]) -> Recipe:
    """A recipe by name with ``field=value`` settings applied, validated.

    Raises:
        RecipeError: an unknown recipe or field, or a value that cannot be used.
    """
    if name not in RECIPES:
        raise RecipeError(
            f"there is no recipe {on_one_line(repr(name))}; choose one of {', '.join(RECIPES)}"
        )
    recipe = RECIPES[name]()
    known = [f.name for f in dataclasses.fields(recipe) if f.name != "name"]
    changes: dict[str, Any] = {}
    for setting in settings:
        key, separator, text = setting.partition("=")
        if not separator or key not in known:
            near = difflib.get_close_matches(key, known, 3) or ["steps", "batch_size"]
            raise RecipeError(
                f"--set {on_one_line(setting)}: write field=value with a field of the recipe, such"
                f" as {', '.join(near)}"
            )
        changes[key] = _parse(key, text, getattr(recipe, key))
    recipe = dataclasses.replace(recipe, **changes)
    recipe.validate()
    return recipe


def _parse(key: str, text: str, current: Any) -> Any:
    if isinstance(current, str):
        return text
    if isinstance(current, float) and text == "inf":  # as Python shows it, but does not read it
        return math.inf
    said = on_one_line(text)
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise RecipeError(
            f"--set {key}={said}: not a value of Python; write one like {current!r}"
        ) from None
    if isinstance(current, float) and type(value) is int and abs(value) <= sys.float_info.max:
        value = float(value)
    if type(value) is not type(current):
        raise RecipeError(
            f"--set {key}={said}: expected {type(current).__name__}; write one like {current!r}"
        )
    return value
