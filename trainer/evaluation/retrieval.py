"""Text-image retrieval on the published test sets (MODEL.md 4): recall both ways.

Short captions use the short mode, long ones the long mode; no prompt, English lower-cased.
Shapes: N pictures, T captions, E embedding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fgclip2.encoder import Patches
from trainer.errors import DataError
from trainer.evaluation.files import (
    Floats,
    checked_records,
    encode_files,
    first_existing,
    read_json,
    read_lines,
    read_records,
    read_sections,
)
from trainer.evaluation.judged import open_encoder
from trainer.evaluation.ranks import cosines, label_ranks

_PER_PICTURE = 5
_SHARE_GPT_PAIRS = 1000
_ROWS = 512
_COCO_CN = re.compile(r"(COCO_(train|val)2014_\d{12})(?:\.jpg)?#zhm#\d+\s+(.*)")
_FLICKR_CNA = re.compile(r"([^#\t]+)#\w+\t(.*)")


@dataclass(frozen=True, slots=True)
class CaptionedPictures:
    """Picture files, captions, and the picture that each caption belongs to."""

    pictures: list[Path]
    captions: list[str]
    owner_T: npt.NDArray[np.int64]


def evaluate_retrieval(
    read: Callable[[Path], CaptionedPictures], mode: str
) -> Callable[[Path, Path, Patches], dict[str, float]]:
    """A task that reports recall at 1, 5 and 10 both ways, in per cent."""

    def task(model: Path, data: Path, patches: Patches) -> dict[str, float]:
        pairs = read(data)
        encoder = open_encoder(model)
        image_NE = encode_files(encoder, pairs.pictures, patches)
        text_TE = encoder.encode_texts(pairs.captions, mode=mode)
        figures = {"photos": float(len(image_NE)), "captions": float(len(text_TE))}
        return figures | recalls(image_NE, text_TE, pairs.owner_T)

    return task


def recalls(image_NE: Floats, text_TE: Floats, owner_T: npt.NDArray[np.int64]) -> dict[str, float]:
    """Recall both ways; of a picture's captions (it has some) the best placed one counts."""
    to_image = np.concatenate(
        [
            label_ranks(
                cosines(text_TE[start : start + _ROWS], image_NE), owner_T[start : start + _ROWS]
            )
            for start in range(0, len(text_TE), _ROWS)
        ]
    )
    to_text = np.zeros(len(image_NE), np.int64)
    for start in range(0, len(image_NE), _ROWS):
        cosine = cosines(image_NE[start : start + _ROWS], text_TE)
        own = owner_T[None] == np.arange(start, start + len(cosine))[:, None]
        best = np.where(own, cosine, -np.inf).argmax(axis=1)
        to_text[start : start + _ROWS] = label_ranks(cosine, best)
    figures = {}
    for depth in (1, 5, 10):
        figures[f"image to text R@{depth}"] = float((to_text < depth).mean() * 100)
        figures[f"text to image R@{depth}"] = float((to_image < depth).mean() * 100)
    return figures


def read_coco(data: Path) -> CaptionedPictures:
    """``annotations/captions_val2017.json`` and ``val2017``; the first five captions of each."""
    path = data / "annotations" / "captions_val2017.json"
    content = read_sections(path, images=("id", "file_name"), annotations=("image_id", "caption"))
    captions: dict[int, list[str]] = {}
    for each in content["annotations"]:
        captions.setdefault(each["image_id"], []).append(each["caption"])
    records = sorted(content["images"], key=lambda image: image["id"])
    pairs = (
        (data / "val2017" / image["file_name"], captions[image["id"]][:_PER_PICTURE])
        for image in records
        if image["id"] in captions
    )
    return _paired(pairs, path)


def read_flickr30k(data: Path) -> CaptionedPictures:
    """``flickr30k_test.json``: objects with ``image`` and five ``caption``; pictures beside it."""
    path = data / "flickr30k_test.json"
    records = read_records(path, ("image", "caption"))
    return _paired(((data / each["image"], each["caption"]) for each in records), path)


def read_flickr30k_cna(data: Path) -> CaptionedPictures:
    """``flickr30k_cna_test.txt``: ``ID#N<tab>caption``; the picture is ``ID.jpg`` beside it.

    Or as published: the text in ``flickr30k_cna``, the pictures in ``flickr30k-images``.
    """
    name = "flickr30k_cna_test.txt"
    path = first_existing(data / name, data / "flickr30k_cna" / name)
    photos = first_existing(data / "flickr30k-images", data)
    return _grouped(
        path, _FLICKR_CNA, lambda m: (photos / f"{m[1].removesuffix('.jpg')}.jpg", m[2])
    )


def read_coco_cn(data: Path) -> CaptionedPictures:
    """``pair.txt``: ``COCO_val2014_ID#zhm#N caption``; pictures in train2014 and val2014."""
    return _grouped(
        data / "pair.txt", _COCO_CN, lambda m: (data / f"{m[2]}2014" / f"{m[1]}.jpg", m[3])
    )


def read_sharegpt4v(data: Path) -> CaptionedPictures:
    """The first 1,000 records of ShareGPT4V's caption file.

    Pictures by name in ``images`` or, as published, in ``sam/images``.
    """
    path = data / "share-captioner_coco_lcs_sam_1246k_1107.json"
    records = read_records(path, ("image", "conversations"), _SHARE_GPT_PAIRS)
    photos = first_existing(data / "images", data / "sam" / "images")
    pairs = ((photos / Path(each["image"]).name, _answer(each)) for each in records)
    return _paired(pairs, path)


def read_dci(data: Path) -> CaptionedPictures:
    """``annotations/*.json`` with ``extra_caption`` and ``image``; pictures in ``photos``."""
    folder = data / "annotations"
    found = [read_json(path) for path in sorted(folder.glob("*.json"))]
    records = checked_records(found, ("image", "extra_caption"), folder)
    pairs = ((data / "photos" / each["image"], [each["extra_caption"]]) for each in records)
    return _paired(pairs, folder)


def read_long_chinese(name: str) -> Callable[[Path], CaptionedPictures]:
    """A reader of ``path<tab>caption`` lines; paths lie below the folder, or are as they are."""

    def read(data: Path) -> CaptionedPictures:
        parts = [line.split("\t", 1) for line in read_lines(data / name)]
        wrong = [part[0] for part in parts if len(part) < 2]
        if wrong:
            raise DataError(f"{data / name}: {wrong[0][:60]!r} has no tab and caption")
        pairs = (
            (first_existing(data / picture.strip(), Path(picture.strip())), [caption.strip()])
            for picture, caption in parts
        )
        return _paired(pairs, data / name)

    return read


def _grouped(
    path: Path, pattern: re.Pattern[str], parts: Callable[[re.Match[str]], tuple[Path, str]]
) -> CaptionedPictures:
    captions: dict[Path, list[str]] = {}
    for line in read_lines(path):
        match = pattern.fullmatch(line)
        if match is None:
            raise DataError(f"{path}: a line in another format: {line[:60]!r}")
        picture, caption = parts(match)
        captions.setdefault(picture, []).append(caption)
    return _paired(captions.items(), path)


def _answer(record: dict[str, Any]) -> list[str] | None:
    """The caption of a record of ShareGPT4V: what is said second; None where nothing is."""
    try:
        return [record["conversations"][1]["value"]]
    except (LookupError, TypeError):
        return None


def _paired(pairs: Iterable[tuple[Path, object]], source: Path) -> CaptionedPictures:
    """Pictures and captions of a file or folder in order, without pictures that have no caption.

    Raises:
        DataError: there are none, or the captions of a picture are no list of texts.
    """
    pictures: list[Path] = []
    captions: list[str] = []
    owner: list[int] = []
    for picture, own in pairs:
        if not isinstance(own, list) or not all(isinstance(text, str) for text in own):
            raise DataError(f"{source}: the captions of {picture.name} are no list of texts")
        if not own:
            continue
        captions += own
        owner += [len(pictures)] * len(own)
        pictures.append(picture)
    if not captions:
        raise DataError(f"{source} holds no pictures with captions: check the path in --data")
    return CaptionedPictures(pictures, captions, np.asarray(owner, np.int64))
