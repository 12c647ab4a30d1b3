"""Several processes under torchrun; the only module that knows ``torch.distributed``.

Every process makes its part of the batch, and all vectors are shared (``Group.gather``). Each then
computes the loss of the whole batch, but keeps only the gradient of its own vectors: no collective
runs in the backward pass but the sum of the parameters' gradients, and N processes equal one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard, register_fsdp_forward_method
from torch.distributed.rendezvous import rendezvous
from torch.distributed.tensor import DTensor, distribute_tensor
from torch.nn.parallel import DistributedDataParallel

from fgclip2.errors import FgclipError
from fgclip2.torch_model import EncoderLayer
from trainer.errors import GroupError, TrainerError
from trainer.stage_model import StageModel

_BUCKET_ITEMS = 1 << 23
# gloo's thread lets go of the last collective after it has ended, for which it needs the GIL. The
# group's destructor holds the GIL and waits for that thread: without this they may wait for ever.
_LAST_WORK_S = 0.2
# How far apart processes come to the same error, and what the first one needs to say it: when one
# has ended, torchrun ends all others.
_ALIKE_S = 3.0
_FIRST_SPEAKS_S = 0.5


class Group:
    """All processes of a run; also serves a single one."""

    def __init__(self, rank: int, size: int) -> None:
        self.rank, self.size = rank, size

    @property
    def is_first(self) -> bool:
        """Whether this process writes files and logs."""
        return self.rank == 0

    def gather(self, own: Tensor) -> Tensor:
        """The rows of all processes, in order; only this process's own rows carry a gradient.

        Every process calls this equally often, in the same order, also with no rows at all.
        """
        if self.size == 1:
            return own
        sizes = [torch.zeros(1, dtype=torch.int64, device=own.device) for _ in range(self.size)]
        dist.all_gather(sizes, torch.tensor([len(own)], device=own.device))
        counts = [int(each) for each in sizes]
        # Equal lengths for the collective, cut again afterwards; flags travel as bytes.
        sent = own.detach().contiguous()
        sent = sent.to(torch.uint8) if own.dtype == torch.bool else sent
        padded = sent.new_zeros((max(1, *counts), *own.shape[1:]))
        padded[: len(own)] = sent
        parts = [torch.empty_like(padded) for _ in range(self.size)]
        dist.all_gather(parts, padded)
        rows = [part[:count].to(own.dtype) for part, count in zip(parts, counts, strict=True)]
        rows[self.rank] = own
        return torch.cat(rows)

    def mean(self, value: float) -> float:
        """The mean over all processes."""
        if self.size == 1:
            return value
        # On the accelerator where there is one: its backend knows no other memory.
        device = "cuda" if dist.get_backend() == "nccl" else "cpu"
        total = torch.tensor([value], dtype=torch.float64, device=device)
        dist.all_reduce(total)
        return float(total) / self.size

    def union(self, own: dict[str, str]) -> dict[str, str]:
        """What all processes have, in order; texts by their names."""
        if self.size == 1:
            return own
        parts: list[dict[str, str]] = [{} for _ in range(self.size)]
        dist.all_gather_object(parts, own)
        return {name: text for part in parts for name, text in part.items()}

    def wait(self) -> None:
        """Wait until all processes are here."""
        if self.size > 1:
            dist.barrier()

    def wrap(self, model: StageModel, sharding: str) -> nn.Module:
        """The model ready for this group: ``ddp`` or ``fsdp``; itself for a single process."""
        if self.size == 1:
            return model
        if sharding == "ddp":
            return DistributedDataParallel(model, find_unused_parameters=True)
        device = "cuda" if dist.get_backend() == "nccl" else "cpu"
        mesh = init_device_mesh(device, (self.size,))
        for module in model.modules():
            if isinstance(module, EncoderLayer):
                fully_shard(module, mesh=mesh)
                register_fsdp_forward_method(module, "last_position")
        sharded: nn.Module = fully_shard(model, mesh=mesh)
        return sharded

    def average_gradients_later(self, wrapped: nn.Module) -> Any:
        """A context in which backward passes leave them to ``average_gradients`` (ddp)."""
        if isinstance(wrapped, DistributedDataParallel):
            return wrapped.no_sync()
        return nullcontext()

    def average_gradients(self, wrapped: nn.Module) -> None:
        """What ddp does during a backward pass, after several passes without it."""
        if not isinstance(wrapped, DistributedDataParallel):
            return
        # What a stage does not use has none in any process, and must not decay in the optimiser.
        parameters = [each for each in wrapped.parameters() if each.grad is not None]
        for bucket in _buckets(parameters):
            flat = torch.cat([p.grad.flatten() for p in bucket if p.grad is not None])
            dist.all_reduce(flat)
            flat /= self.size
            for parameter, part in zip(
                bucket, flat.split([p.numel() for p in bucket]), strict=True
            ):
                parameter.grad = part.view_as(parameter)

    def own_share(self, value: Tensor) -> Tensor:
        """The value with its gradient divided by the number of processes.

        For what every process computes alike (scales): gradients are summed over processes.
        """
        return value if self.size == 1 else value / self.size + (value - value / self.size).detach()


@contextmanager
def process_group() -> Iterator[Group]:
    """The group that torchrun describes in the environment, or a group of one.

    Raises:
        GroupError: the processes cannot find each other, there are more than GPUs, one of the
            others has ended, or the first one has ended with the same error.
    """
    if os.environ.get("WORLD_SIZE", "1") == "1":
        yield Group(0, 1)
        return
    store = _join()
    group = Group(dist.get_rank(), dist.get_world_size())
    try:
        yield group
    except RuntimeError as error:
        if not (isinstance(error, dist.DistError) or "gloo" in str(error)):
            raise
        reason = str(error).splitlines()[0]
        raise GroupError(f"another process has ended, see what it says: {reason}") from None
    except (TrainerError, FgclipError, OSError) as error:
        if _first_says(str(error), store, group):
            raise GroupError(f"process {group.rank} ended as the first one did") from None
        raise
    finally:
        time.sleep(_LAST_WORK_S)
        dist.destroy_process_group()


def _first_says(sentence: str, store: dist.Store, group: Group) -> bool:
    """Whether the first process ends with this very sentence, so that others need not say it.

    No collective: some processes may be inside another one, or gone.
    """
    ended = [f"ended/{rank}" for rank in range(group.size)]
    try:
        if group.is_first:  # may hold the store, and stays while others ask
            store.set(ended[0], sentence)
            _wait_for(store, ended)
            return False
        says = _wait_for(store, ended[:1]) and store.get(ended[0]).decode() == sentence
        store.set(ended[group.rank], sentence)
    except RuntimeError:  # the store has gone with the first process
        return False
    if says:
        time.sleep(_FIRST_SPEAKS_S)
    return says


def _wait_for(store: dist.Store, keys: list[str]) -> bool:
    """Whether all keys are in the store within a few seconds."""
    until = time.monotonic() + _ALIKE_S
    while not (there := store.check(keys)) and time.monotonic() < until:
        time.sleep(0.02)
    return there


def _join() -> dist.Store:
    """The store that the processes have met at."""
    has_gpu = torch.cuda.is_available()
    try:
        if has_gpu:
            place, n_gpus = int(os.environ.get("LOCAL_RANK", "0")), torch.cuda.device_count()
            if place >= n_gpus:
                raise ValueError(f"process {place} of this machine has none of its {n_gpus} GPUs")
            torch.cuda.set_device(place)
        store, rank, size = next(rendezvous("env://"))
        backend = "nccl" if has_gpu else "gloo"
        dist.init_process_group(backend, store=store, rank=rank, world_size=size)
    except (ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise GroupError(
            f"WORLD_SIZE is {os.environ['WORLD_SIZE']} and the processes cannot work together:"
            f" {reason}; start them with torchrun, one for each GPU"
        ) from None
    return dist.PrefixStore("errors", store)


def full_tensor(tensor: Tensor) -> Tensor:
    """A tensor as one process would have it; a collective where it is sharded."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def like(full: Tensor, example: Tensor) -> Tensor:
    """A full tensor sharded and placed as ``example`` is."""
    if isinstance(example, DTensor):
        return distribute_tensor(full.to(example.device), example.device_mesh, example.placements)
    return full.to(example.device)


def _buckets(parameters: list[nn.Parameter]) -> Iterator[list[nn.Parameter]]:
    bucket: list[nn.Parameter] = []
    n_items = 0
    for parameter in parameters:
        bucket.append(parameter)
        n_items += parameter.numel()
        if n_items >= _BUCKET_ITEMS:
            yield bucket
            bucket, n_items = [], 0
    if bucket:
        yield bucket
