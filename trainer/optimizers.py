"""The optimiser of a run: AdamW, or Muon for the matrices of encoder layers and AdamW beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from trainer.recipes import Recipe

# Parts that stage 1 leaves as copies and stage 2 teaches.
_HEADS = ("longtext_head", "boxtext_head", "dense_feature_head")


class Optimizer:
    """Several torch optimisers of disjoint parameters, used as one.

    Each parameter group holds ``rate``, its share of the recipe's learning rate.
    """

    def __init__(self, parts: list[torch.optim.Optimizer]) -> None:
        self._parts = parts
        self._part_of = {
            parameter: part
            for part in parts
            for group in part.param_groups
            for parameter in group["params"]
        }

    def set_learning_rate(self, learning_rate: float) -> None:
        """Set every group's rate for the next step."""
        for group in self._groups():
            group["lr"] = learning_rate * group["rate"]

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for part in self._parts:
            part.zero_grad(set_to_none=True)

    def step(self) -> None:
        """Change the parameters."""
        for part in self._parts:
            part.step()

    def state_of(self, parameter: Tensor) -> dict[str, Any]:
        """What the optimiser remembers of a parameter; may be changed in place.

        Nothing of one that is not trained.
        """
        part = self._part_of.get(parameter)
        return {} if part is None else part.state[parameter]

    def _groups(self) -> Iterator[dict[str, Any]]:
        for part in self._parts:
            yield from part.param_groups


def make_optimizer(model: nn.Module, recipe: Recipe) -> Optimizer:
    """The recipe's optimiser; rates and decay by the kind of parameter.

    Muon (github.com/KellerJordan/Muon, with the step size of arXiv 2502.16982, so that rates
    compare with AdamW's) takes the weight matrices of encoder layers.
    """
    groups: dict[tuple[bool, float, float], list[Tensor]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        orthogonal = recipe.optimizer == "muon" and ".layers." in name and parameter.ndim == 2
        decay = recipe.weight_decay if _is_decayed(name) else 0.0
        rate = recipe.matrix_rate if orthogonal else _rate(name, recipe)
        groups.setdefault((orthogonal, rate, decay), []).append(parameter)
    by_kind: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
    for (orthogonal, rate, decay), parameters in groups.items():
        by_kind[orthogonal].append({"params": parameters, "rate": rate, "weight_decay": decay})
    parts: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(
            by_kind[False],
            lr=recipe.learning_rate,
            betas=(recipe.beta1, recipe.beta2),
            eps=recipe.adam_epsilon,
            # In one pass over what it reads and writes; the other kinds take several.
            fused=all(each.is_cuda for group in by_kind[False] for each in group["params"]) or None,
        )
    ]
    if by_kind[True]:
        parts.append(
            torch.optim.Muon(by_kind[True], lr=recipe.learning_rate, adjust_lr_fn="match_rms_adamw")
        )
    return Optimizer(parts)


def _rate(name: str, recipe: Recipe) -> float:
    if name == "logit_bias":
        return recipe.bias_rate
    return recipe.head_rate if name.startswith(_HEADS) else 1.0


def _is_decayed(name: str) -> bool:
    return not ("bias" in name or "norm" in name or name.startswith("logit_scale"))
