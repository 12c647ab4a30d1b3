"""A small photo set in the real format, made here."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from tests.unit.trainer.small_runs import ON_DEVICE, SIZES, jpeg, write_photo_set
from trainer.evaluation.templates import TEMPLATES
from trainer.recipes import Recipe, resolve
from trainer.stage_model import StageModel
from trainer.vocabulary import train_vocabulary

COLOURS = {"red apple": "红苹果", "green lime": "青柠", "blue plum": "李子", "yellow lemon": "柠檬"}
_RGB = {
    "red": (200, 40, 30),
    "green": (40, 170, 60),
    "blue": (40, 60, 190),
    "yellow": (230, 210, 50),
}


def _photo(rgb: tuple[int, int, int], rng: np.random.Generator) -> bytes:
    noise = rng.integers(-25, 26, (40, 48, 3))
    pixels = np.clip(np.array(rgb) + noise, 0, 255).astype(np.uint8)
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return data.getvalue()


@pytest.fixture(scope="session")
def photo_sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Archives: ``fruit`` with class names, ``people`` with sentences and one bad file."""
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(5)
    fruit, people = [], []
    with zipfile.ZipFile(folder / "fruit.zip", "w") as archive:
        for index in range(48):
            label = list(COLOURS)[index % 4]
            name = f"fruit-{index:03d}.png"
            archive.writestr(name, _photo(_RGB[label.split()[0]], rng))
            split = "val" if index >= 40 else "train"
            fruit.append(
                {"file": name, "width": 48, "height": 40, "split": split, "label_en": label}
                | {"label_zh": COLOURS[label]}
                | ({"box": [0.25, 0.25, 0.75, 0.75]} if index % 3 == 0 else {})
            )
    with zipfile.ZipFile(folder / "people.zip", "w") as archive:
        for index in range(12):
            name = f"people-{index:03d}.png"
            archive.writestr(name, b"broken" if index == 3 else _photo((90, 90, 90), rng))
            people.append(
                {
                    "file": name,
                    "width": 48,
                    "height": 40,
                    "split": "train",
                    "captions_en": [f"A man number {index} stands on the left.", "A man is here."],
                    "captions_zh": [f"第{index}个男人站在左边。", "这里有一个男人。"],
                }
            )
    for name, records in (("fruit", fruit), ("people", people)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    return folder


@pytest.fixture
def finehard(tmp_path: Path) -> Path:
    """FineHARD files: one English and one Chinese array, one picture missing."""
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.jpg").write_bytes(jpeg())
    (tmp_path / "json").mkdir()
    box = {
        "bbox": [0.1, 0.2, 0.6, 0.9, 0.87],
        "short_expr": "a red boat",
        "long_expr": "a red boat with a white sail",
        "flag_short_neg": 1,
        "short_expr_negs": {str(n): f"a boat number {n}" for n in range(10)},
    }
    plain = {"bbox": [0.5, 0.5, 1.0, 1.0], "short_expr": "sea", "long_expr": "the open sea"}
    english = {"f_path": "a.jpg", "caption": "A long text.", "short_caption": "a boat"}
    english["bbox_info"] = [
        box,
        plain | {"flag_short_neg": 0},
        plain | {"bbox": [0.5, 0.5, 0.5, 1]},
    ]
    missing = english | {"f_path": "gone.jpg"}
    (tmp_path / "json" / "1.json").write_text(json.dumps([english, missing]))
    chinese = {"f_path": "a.jpg", "caption": "一段长文字。", "short_caption": "船", "is_cn": True}
    (tmp_path / "json" / "2.json").write_text(json.dumps([chinese], ensure_ascii=False))
    return tmp_path


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model directory with random weights and a tokenizer."""
    generator = torch.Generator().manual_seed(4)
    config = resolve("tiny", SIZES).model_config()
    model = StageModel(config, 1)
    model.initialise(generator)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.05 * torch.randn(parameter.shape, generator=generator)
    folder = tmp_path_factory.mktemp("model")
    save_file(model.state_dict(), folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(config.to_values()))
    texts = [template.format(name) for template in TEMPLATES for name in ("cat", "dog", "狗在跑")]
    (folder / "tokenizer.model").write_bytes(train_vocabulary(texts, 400))
    return folder


@pytest.fixture(scope="session")
def more_photo_sets(photo_sets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``photo_sets``, and ``things``, among them some with wider names, whose last one is broken
    and whose first record knows no size.
    """
    folder = tmp_path_factory.mktemp("photos") / "sets"
    shutil.copytree(photo_sets, folder)
    labels = [("iPod", "播放器"), ("tabby", "虎斑猫"), ("wild cat", "野猫")]
    records: list[dict[str, object]] = [
        {"label_en": labels[at % 3][0], "label_zh": labels[at % 3][1]} for at in range(9)
    ]
    said = {"captions_en": ["An ipod lies here.", "My ipod.", "A cat"], "captions_zh": ["播放器"]}
    records += [said] * 6
    records[0] |= {"width": 0, "height": 0}
    write_photo_set(folder, "things", records, {14})
    return folder


@pytest.fixture(scope="session")
def device_recipe(more_photo_sets: Path, small_model: Path) -> Recipe:
    """A run of photos that lie on the device."""
    return resolve("tiny", [*ON_DEVICE, f"photos={more_photo_sets}", f"weights={small_model}"])
