"""Zero-shot classification of ImageNet and ImageNet-v2 (MODEL.md 4): 80 templates, 1024 patches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from fgclip2.encoder import Patches
from trainer.errors import DataError
from trainer.evaluation.files import encode_files, read_lines
from trainer.evaluation.judged import open_encoder
from trainer.evaluation.ranks import cosines, label_ranks
from trainer.evaluation.templates import class_vectors

_ENDINGS = {".jpeg", ".jpg", ".png"}


def zero_shot(folder: str) -> Callable[[Path, Path, Patches], dict[str, float]]:
    """A task on a folder of class folders.

    ``classnames.txt`` beside it has one name a line, in the order of the sorted class folders (in
    that of their numbers where all are numbers, as in ImageNet-v2).
    """

    def task(model: Path, data: Path, patches: Patches) -> dict[str, float]:
        names = read_lines(data / "classnames.txt")
        folders = _class_folders(data / folder)
        if len(folders) != len(names):
            raise DataError(
                f"{data / folder} has {len(folders)} class folders and classnames.txt"
                f" {len(names)} names: they must be as many"
            )
        encoder = open_encoder(model)
        class_CE = class_vectors(encoder, names, "short")
        ranks = []
        for right, each in enumerate(folders):
            paths = sorted(path for path in each.iterdir() if path.suffix.lower() in _ENDINGS)
            if paths:
                scores = cosines(encode_files(encoder, paths, patches), class_CE)
                ranks.append(label_ranks(scores, np.full(len(paths), right)))
        if not ranks:
            raise DataError(f"{data / folder} holds no pictures")
        together = np.concatenate(ranks)
        return {
            "photos": float(len(together)),
            "top-1": float((together < 1).mean() * 100),
            "top-5": float((together < 5).mean() * 100),
        }

    return task


def _class_folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise DataError(f"{folder} is missing: it holds one folder a class")
    found = sorted(path for path in folder.iterdir() if path.is_dir())
    if all(path.name.isdigit() for path in found):
        found.sort(key=lambda path: int(path.name))
    return found
