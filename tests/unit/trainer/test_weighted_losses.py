"""The weighted losses of a step: what counts as a match is the recipe's choice."""

from __future__ import annotations

import torch

from trainer import objectives
from trainer.data.captions import Caption
from trainer.data.packing import match_keys
from trainer.losses import CaptionPairs, Pairs, weighted_losses
from trainer.recipes import resolve


def test_equal_captions_are_matches_only_where_the_recipe_says_so() -> None:
    generator = torch.Generator().manual_seed(3)
    image, text = torch.nn.functional.normalize(
        torch.randn(2, 3, 8, generator=generator), dim=-1
    ).unbind()
    keys = match_keys([Caption("a dog"), Caption("a dog"), Caption("a cat")], [()] * 3)
    pairs = Pairs(CaptionPairs(image, text, keys), None, None)
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


def test_published_recipes_take_the_diagonal_alone() -> None:
    for name in ("paper-captions", "paper", "released"):
        assert not resolve(name, []).mask_equal_texts
