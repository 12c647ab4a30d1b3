"""The weighted losses of a step: what counts as a match is the recipe's choice."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from fgclip2.tokenizer import Tokenizer
from trainer import objectives
from trainer.data.captions import Caption
from trainer.data.packing import (
    SHORT_LENGTH,
    Batch,
    BoxedText,
    key_of,
    make_regions,
    make_texts,
    match_keys,
)
from trainer.losses import CaptionPairs, Pairs, make_pairs, weighted_losses
from trainer.recipes import resolve
from trainer.stage_model import Embeddings


def test_equal_captions_are_matches_only_where_the_recipe_says_so() -> None:
    generator = torch.Generator().manual_seed(3)
    image, text = torch.nn.functional.normalize(
        torch.randn(2, 3, 8, generator=generator), dim=-1
    ).unbind()
    # The tokenizer reads capitals as small letters.
    keys = match_keys([Caption("a dog"), Caption("A dog"), Caption("a cat")], [()] * 3)
    pairs = Pairs({"short": CaptionPairs(image, text, keys)})
    scale, bias = torch.tensor([2.0]), torch.tensor([-3.0])
    found = {
        mask: weighted_losses(
            pairs,
            {"logit_scale": scale, "logit_bias": bias},
            resolve("tiny", [f"mask_equal_texts={mask}"]),
            0.0,
        ).parts["short"]
        for mask in (True, False)
    }
    known = torch.tensor([[1, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=torch.bool)
    torch.testing.assert_close(found[False], objectives.sigmoid(image, text, scale, bias))
    torch.testing.assert_close(found[True], objectives.sigmoid(image, text, scale, bias, known))
    assert not torch.allclose(found[True], found[False])


def test_wrong_texts_stand_beside_the_right_one_that_they_are_changes_of(small_model: Path) -> None:
    box = (0.0, 0.0, 1.0, 1.0)
    boxed = [
        BoxedText(0, box, "a dog that runs", "a dog", ("a cat",)),
        BoxedText(0, box, "grass", "grass", ()),
    ]
    tokenizer = Tokenizer(small_model, 400)
    regions = make_regions(boxed, tokenizer)
    captions = make_texts([Caption("x")], [()], [0], tokenizer, SHORT_LENGTH)
    batch = Batch(torch.zeros(1, 1, 768), None, [(1, 1)], captions, None, regions)
    text_UE = torch.eye(4)  # in the order in which the texts are first said
    made = Embeddings(
        torch.eye(1, 4), torch.eye(2, 4), {"short": torch.eye(1, 4), "box": text_UE}, {}
    )
    # As many columns as there are wrong texts, however many there may be.
    recipe = resolve("tiny-regions", ["negatives_per_region=2147483647"])
    pairs = make_pairs(batch, made, recipe, Tensor.clone)
    assert pairs.regions is not None
    assert torch.equal(pairs.regions.text_KE, text_UE[[0, 3]])
    assert pairs.hard is not None
    assert torch.equal(pairs.hard.text_HNE, text_UE[[1, 2]][None])
    assert pairs.hard.text_H.tolist() == [key_of("a dog")]


def test_published_recipes_take_the_diagonal_alone() -> None:
    for name in ("paper-captions", "paper", "released"):
        assert not resolve(name, []).mask_equal_texts
