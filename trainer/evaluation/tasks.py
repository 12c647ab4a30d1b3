"""All evaluation tasks by name, with the patch budget of their protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fgclip2.encoder import Patches
from trainer.evaluation import boxes, dense, detection, retrieval, zero_shot
from trainer.evaluation.photo_sets import classes, photo_retrieval
from trainer.evaluation.scenes import evaluate_scenes

Run = Callable[[Path, Path, Patches], dict[str, float]]
_OWN_SETS_PATCHES = 128
_IMAGENET_PATCHES = 1024


@dataclass(frozen=True, slots=True)
class Task:
    """What a task runs: model directory, data folder and patches to figures."""

    run: Run
    patches: Patches = "dynamic"
    needs_data: bool = True

    def figures(self, model: Path, data: Path, patches: int | None) -> dict[str, float]:
        """Run the task; without ``patches`` with the budget of its protocol.

        Raises:
            DataError: the data is missing or damaged.
            FgclipError: the model cannot be used.
        """
        return self.run(model, data, patches or self.patches)


def _short(read: Callable[[Path], retrieval.CaptionedPictures]) -> Task:
    return Task(retrieval.evaluate_retrieval(read, "short"))


def _long(read: Callable[[Path], retrieval.CaptionedPictures]) -> Task:
    return Task(retrieval.evaluate_retrieval(read, "long"))


_TRANSLATED = retrieval.read_long_chinese("image_caption_trans.txt")

TASKS: dict[str, Task] = {
    "photos-retrieval": Task(photo_retrieval, _OWN_SETS_PATCHES),
    "photos-classes": Task(classes, _OWN_SETS_PATCHES),
    "scenes": Task(evaluate_scenes, _OWN_SETS_PATCHES, needs_data=False),
    "fg-ovd": Task(boxes.fg_ovd),
    "coco-boxes": Task(boxes.coco_boxes),
    "lvis-boxes": Task(boxes.lvis_boxes),
    "boxclass-cn": Task(boxes.boxclass_cn),
    "lvis-detection": Task(detection.lvis_detection),
    "coco": _short(retrieval.read_coco),
    "flickr30k": _short(retrieval.read_flickr30k),
    "flickr30k-cna": _short(retrieval.read_flickr30k_cna),
    "coco-cn": _short(retrieval.read_coco_cn),
    "sharegpt4v": _long(retrieval.read_sharegpt4v),
    "dci": _long(retrieval.read_dci),
    "lit-cn": _long(retrieval.read_long_chinese("image_caption_long_cn.txt")),
    "dci-cn": _long(_TRANSLATED),
    "docci-cn": _long(_TRANSLATED),
    "imagenet": Task(zero_shot.zero_shot("val"), _IMAGENET_PATCHES),
    "imagenet-v2": Task(
        zero_shot.zero_shot("imagenetv2-matched-frequency-format-val"), _IMAGENET_PATCHES
    ),
    "ade150": Task(dense.dense_labels(dense.read_ade)),
    "voc20": Task(dense.dense_labels(dense.read_voc20)),
    "voc21": Task(dense.dense_labels(dense.read_voc21)),
    "prepared-masks": Task(dense.dense_labels(dense.read_prepared)),
}
