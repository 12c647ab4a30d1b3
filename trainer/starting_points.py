"""Where a run starts: stage-one weights, published weights, or nothing (STYLE.md 9).

Resuming comes before all of them. Every tensor of a starting point must find its place, and every
place must be filled: leftovers and gaps are errors.
"""

from __future__ import annotations

import logging
import math
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from fgclip2.checkpoint import Checkpoint
from fgclip2.errors import FgclipError
from fgclip2.json_files import read_json
from fgclip2.layout import TRAINING_ONLY
from fgclip2.tokenizer import FILE_NAME
from fgclip2.torch_model import stretch_positions
from trainer.checkpoints import list_checkpoints, newest_checkpoint, region_heads_trained
from trainer.data.photos import PhotoSet
from trainer.data.samples import Source
from trainer.errors import CheckpointError, DataError, RecipeError, TrainerError
from trainer.files import completed
from trainer.recipe_checks import REGION_OBJECTIVES
from trainer.recipes import Recipe
from trainer.stage_model import StageModel
from trainer.vocabulary import caption_texts, source_texts, train_vocabulary

logger = logging.getLogger(__name__)
_NAMED = 3
_UNKNOWN = "holds the unknown tensors"
_VISION_LAYERS = "vision_model.encoder.layers."
_LAYER = re.compile(re.escape(_VISION_LAYERS) + r"(\d{1,4})\.(.+)")
_PATCHES = "vision_model.embeddings.patch_embedding.weight"
_POSITIONS = "text_model.embeddings.position_embedding.weight"


def load_start(model: StageModel, recipe: Recipe) -> bool:
    """Fill the model from the recipe's starting point; False where it names none.

    Raises:
        CheckpointError: ``start_from`` is missing or damaged.
        RecipeError: ``weights`` are missing or damaged, or a starting point does not fit.
    """
    model.region_heads_trained = recipe.counts(*REGION_OBJECTIVES)
    name, path = _field_of_start(recipe)
    if not path:
        _fill_scales(model, recipe, set())
        return False
    try:
        if recipe.start_from:
            checkpoint = newest_checkpoint(Path(path))
            tensors = _read(checkpoint / "average.safetensors")
            if not region_heads_trained(checkpoint, tensors):
                tensors |= _copied_heads(tensors, ("boxtext_head",))
        else:
            tensors = published_tensors(Path(path), model.config.text.keep_len)
    except (OSError, ValueError, KeyError, SafetensorError, TrainerError, FgclipError) as error:
        kind = CheckpointError if recipe.start_from else RecipeError
        raise kind(f"{path} cannot begin a run: {error}; choose another {name}") from None
    source = f"{name} {path!r}"
    if recipe.deepen:
        tensors = deepened(tensors, recipe.vision_layers, source)
    _fill(model, tensors, source)
    _fill_scales(model, recipe, set(tensors))
    copies = _copied_heads(tensors, ("boxtext_head",))
    if not all(torch.equal(tensors[name], copy) for name, copy in copies.items()):
        model.region_heads_trained = True
    return True


def published_tensors(directory: Path, keep: int) -> dict[str, Tensor]:
    """Weights of a directory in the layout of FG-CLIP 2, or of SigLIP 2 (made into that).

    SigLIP 2 lacks the long positions (stretched from the short ones) and three heads (copied).
    """
    config = read_json(directory / "config.json")
    kind = config.get("model_type") if isinstance(config, dict) else None
    if kind == "fgclip2":
        with_checks = Checkpoint.open(directory)
        tensors = {name: torch.from_numpy(with_checks[name].copy()) for name in with_checks}
        with_checks.close()
        return tensors
    if kind not in ("siglip2", "siglip"):
        raise ValueError(f"model_type is {kind!r}; fgclip2 and siglip2 are known")
    paths = sorted(directory.glob("*.safetensors"))
    if not paths:
        raise ValueError("it holds no *.safetensors")
    tensors = {}
    for path in paths:
        tensors |= _read(path)
    lacking = [name for name in (_PATCHES, _POSITIONS) if name not in tensors]
    if lacking:
        raise ValueError(f"it lacks {' and '.join(lacking)}")
    patches, short = tensors[_PATCHES], tensors[_POSITIONS]
    if patches.ndim == 4:  # a convolution: (D, channel, row, column) to (D, row, column, channel)
        tensors[_PATCHES] = patches.permute(0, 2, 3, 1).flatten(1)
    long = stretch_positions(short, keep, 4 * len(short) - 3 * keep)
    for which in ("res", "ori"):
        tensors[f"text_model.embeddings.position_embedding_{which}.weight"] = long.clone()
    return tensors | _copied_heads(tensors, ("longtext_head", "boxtext_head"))


def deepened(tensors: dict[str, Tensor], layers: int, source: str) -> dict[str, Tensor]:
    """Weights with ``layers`` vision layers that compute what those given compute.

    Each layer is followed by copies of itself whose last products are zero, so that they add
    nothing until they are trained (block expansion, arXiv 2401.02415).

    Args:
        tensors: with fewer vision layers.
        layers: how many there shall be.
        source: where the tensors come from, for the messages.

    Raises:
        RecipeError: there are no vision layers or some without a number, or ``layers`` is no
            multiple of their number.
    """
    ours = {name: _LAYER.fullmatch(name) for name in tensors if name.startswith(_VISION_LAYERS)}
    if not ours:
        raise RecipeError(
            f"deepen is True and {source} has no vision layers: choose another one, or set"
            " deepen=False"
        )
    _refuse(source, _UNKNOWN, [name for name, match in ours.items() if match is None])
    parts = {name: (int(match[1]), match[2]) for name, match in ours.items() if match}
    known = len({number for number, _ in parts.values()})
    if layers % known:
        raise RecipeError(
            f"vision_layers is {layers}; set it to a multiple of the {known} layers to be deepened"
        )
    grown = {name: t for name, t in tensors.items() if name not in ours}
    each = layers // known
    for name, (number, part) in parts.items():
        tensor = tensors[name]
        is_last = part.startswith(("self_attn.out_proj", "mlp.fc2"))
        for copy in range(each):
            made = torch.zeros_like(tensor) if copy and is_last else tensor.clone()
            grown[f"{_VISION_LAYERS}{number * each + copy}.{part}"] = made
    return grown


def ensure_tokenizer(
    out: Path, photos: PhotoSet | None, recipe: Recipe, sources: Iterable[Source] = ()
) -> None:
    """Put ``tokenizer.model`` into ``out``: that of the starting point, else a new vocabulary.

    A run that goes on keeps its own. One that begins takes its starting point's, also where a run
    that came to nothing left another, and a new vocabulary only where there is none: of the photo
    sets, or where the run has none of its ``sources``.

    Raises:
        RecipeError: the starting point is not there or has no tokenizer, or there is too little to
            make one from.
    """
    path = out / FILE_NAME
    if path.exists() and list_checkpoints(out):
        return
    name, start = _field_of_start(recipe)
    if start:
        folder = Path(start)
        if not folder.is_dir():
            raise RecipeError(f"{name} is {start!r}, which is no folder: check the path")
        places = [folder, folder.resolve().parent.parent]  # a run, or one checkpoint in it
        found = next((at / FILE_NAME for at in places if (at / FILE_NAME).exists()), None)
        if found is None:
            raise RecipeError(f"{folder} holds no {FILE_NAME}: copy it there from its release")
        if not (path.exists() and path.samefile(found)):
            with completed(path) as partial:
                shutil.copyfile(found, partial)
        return
    if path.exists():
        return
    if photos is None:
        logger.info("making a vocabulary of what the sources say: no start_from, no weights")
        texts = list(source_texts(sources, recipe.seed))
    else:
        texts = list(caption_texts(photos, recipe))
    try:
        content = train_vocabulary(texts, recipe.vocab_size)
    except DataError as error:
        raise RecipeError(f"neither start_from nor weights is set, and {error}") from None
    with completed(path) as partial:
        partial.write_bytes(content)


def _field_of_start(recipe: Recipe) -> tuple[str, str]:
    """The field that names the starting point, and its value: empty where there is none."""
    return ("start_from", recipe.start_from) if recipe.start_from else ("weights", recipe.weights)


def _read(path: Path) -> dict[str, Tensor]:
    return {name: tensor.float() for name, tensor in load_file(path).items()}


def _copied_heads(tensors: dict[str, Tensor], text_heads: tuple[str, ...]) -> dict[str, Tensor]:
    """Text heads from the short one, the dense head from the pooling head."""
    text, vision = "text_model.head.", "vision_model.head."
    copies = {}
    for name, tensor in tensors.items():
        if name.startswith(text):
            for head in text_heads:
                copies[f"{head}." + name.removeprefix(text)] = tensor.clone()
        elif name.startswith(vision):
            copies["dense_feature_head." + name.removeprefix(vision)] = tensor.clone()
    return copies


def _fill(model: StageModel, tensors: dict[str, Tensor], source: str) -> None:
    known = model.state_dict()
    # Scales of stage 2 may be missing, are dropped in stage 1, and are numbers as published.
    given = {
        name: tensor.reshape(-1) if name in TRAINING_ONLY else tensor
        for name, tensor in tensors.items()
        if name in known or name not in TRAINING_ONLY
    }
    _refuse(source, "lacks", sorted(set(known) - set(given) - TRAINING_ONLY))
    _refuse(source, _UNKNOWN, sorted(set(given) - set(known)))
    wrong = [name for name in given if known[name].shape != given[name].shape]
    if wrong:
        found, needed = tuple(given[wrong[0]].shape), tuple(known[wrong[0]].shape)
        raise RecipeError(
            f"{source}: {wrong[0]} has the shape {found}, the recipe's sizes ask for {needed}:"
            " set the sizes of the recipe to those of the weights"
        )
    model.load_state_dict(known | given)


@torch.no_grad()
def _fill_scales(model: StageModel, recipe: Recipe, given: set[str]) -> None:
    for name in TRAINING_ONLY - given:
        if hasattr(model, name):
            getattr(model, name).fill_(math.log(recipe.region_scale))


def _refuse(source: str, what: str, names: list[str]) -> None:
    if names:
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        raise RecipeError(
            f"{source} {what} {', '.join(names[:_NAMED])}{more}: name weights of this layout, and"
            " set the sizes of the recipe to theirs"
        )
