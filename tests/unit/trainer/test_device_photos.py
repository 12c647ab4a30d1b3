"""Batches of photos that lie on the device, and runs that learn from them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from fgclip2.tokenizer import Tokenizer
from tests.unit.trainer.small_runs import write_photo_set
from trainer import device_photos, objectives
from trainer.data.captions import LANGUAGES, Caption, class_names, language_of
from trainer.data.names import ClassName
from trainer.data.packing import LONG_LENGTH, SHORT_LENGTH, match_keys
from trainer.data.photos import Photo, PhotoSet
from trainer.device_captions import CaptionBank, name_vectors
from trainer.device_photos import DevicePhotos, PhotoBatch, photo_losses
from trainer.device_pictures import Chance
from trainer.errors import DataError
from trainer.recipes import Recipe
from trainer.stage_model import StageModel
from trainer.starting_points import load_start

TEXT_PARTS = ("text_model", "longtext_head", "boxtext_head")
ARCHIVES = ["fruit", "people", "things"]
BROKEN = {"people-003.png", "14.jpg"}


@pytest.fixture(scope="module")
def model(device_recipe: Recipe) -> StageModel:
    made = StageModel(device_recipe.model_config(), 1)
    assert load_start(made, device_recipe)
    made.freeze_text()
    return made


@pytest.fixture(scope="module")
def tokenizer(small_model: Path, device_recipe: Recipe) -> Tokenizer:
    return Tokenizer(small_model, device_recipe.vocab_size)


@pytest.fixture(scope="module")
def photo_set(more_photo_sets: Path) -> PhotoSet:
    return PhotoSet(more_photo_sets, "train", ARCHIVES, 40)


@pytest.fixture(scope="module")
def unreadable() -> dict[str, str]:
    """Of ``maker``."""
    return {}


@pytest.fixture(scope="module")
def maker(
    photo_set: PhotoSet,
    unreadable: dict[str, str],
    model: StageModel,
    tokenizer: Tokenizer,
    device_recipe: Recipe,
) -> DevicePhotos:
    return DevicePhotos(photo_set, unreadable, model, tokenizer, device_recipe)


@dataclasses.dataclass
class _Drawn:
    """What a batch was made of, picture by picture; ``others`` are the pasted ones."""

    photos: list[Photo]
    captions: list[Caption]
    modes: list[str]
    others: list[Photo | None]
    shares: list[float]
    stored: Tensor
    aspects: list[float]
    may_flip: list[bool]
    batch: PhotoBatch


def _drawn(maker: DevicePhotos, photo_set: PhotoSet, seed: int, step: int = 0) -> _Drawn:
    """The batch of a step, and what the maker chose for it."""
    rows = list(CaptionBank(photo_set.photos, seed)._rows)
    seen: dict[str, Tensor] = {}
    captions, paste_parts = maker._captions, device_photos.paste_parts
    cut_views = device_photos.cut_views

    def choose(chosen_B: Tensor, chance: Chance) -> Tensor:
        seen["chosen"], seen["captions"] = chosen_B, captions(chosen_B, chance)
        return seen["captions"]

    def cut(stored: Tensor, aspect_B: Tensor, may_flip_B: Tensor, *more: Any) -> Tensor:
        seen.update(stored=stored, aspects=aspect_B, may_flip=may_flip_B)
        return cut_views(stored, aspect_B, may_flip_B, *more)

    def paste(
        views: Tensor, other_B: Tensor, mixed_B: Tensor, chance: Chance
    ) -> tuple[Tensor, Tensor]:
        made, covered = paste_parts(views, other_B, mixed_B, chance)
        seen.update(other=other_B, mixed=mixed_B, covered=covered)
        return made, covered

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(maker, "_captions", choose)
        patched.setattr(device_photos, "cut_views", cut)
        patched.setattr(device_photos, "paste_parts", paste)
        batch = maker.make(step)
    chosen = [photo_set.photos[at] for at in seen["chosen"].tolist()]
    said = [rows[at] for at in seen["captions"].tolist()]
    pasted = zip(seen["other"].tolist(), seen["mixed"].tolist(), strict=True)
    others = [chosen[at] if mixed else None for at, mixed in pasted]
    return _Drawn(
        chosen,
        [text for _, text in said],
        [mode for mode, _ in said],
        others,
        seen["covered"].tolist(),
        seen["stored"],
        seen["aspects"].tolist(),
        seen["may_flip"].tolist(),
        batch,
    )


def _tensors(batch: PhotoBatch) -> dict[str, Tensor]:
    """All tensors of a batch by name, those of its keys too."""
    return {
        field.name: getattr(holder, field.name)
        for holder in (batch, batch.keys)
        for field in dataclasses.fields(holder)
        if isinstance(getattr(holder, field.name), Tensor)
    }


def _same(one: PhotoBatch, other: PhotoBatch) -> list[str]:
    """Names of the tensors that are equal."""
    others = _tensors(other)
    return [name for name, tensor in _tensors(one).items() if torch.equal(tensor, others[name])]


def test_a_batch_is_what_seed_and_step_say(
    maker: DevicePhotos,
    photo_set: PhotoSet,
    model: StageModel,
    tokenizer: Tokenizer,
    device_recipe: Recipe,
) -> None:
    batch = maker.make(2)
    tensors = list(_tensors(batch))
    assert _same(batch, maker.make(2)) == tensors
    assert (
        _same(batch, DevicePhotos(photo_set, {}, model, tokenizer, device_recipe).make(2))
        == tensors
    )
    assert _same(batch, maker.make(1)) == ["set_C"]
    other = DevicePhotos(
        photo_set, {}, model, tokenizer, dataclasses.replace(device_recipe, seed=1)
    ).make(2)
    assert "patches_BPV" not in _same(batch, other)
    assert "text_BE" not in _same(batch, other)


def test_a_batch_has_one_grid_of_the_budget_and_some_patches_seen(
    maker: DevicePhotos, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = [maker.make(step) for step in range(6)]
    assert {len(set(batch.shapes)) for batch in batches} == {1}
    assert {batch.shapes[0] for batch in batches[:3]} <= {(3, 3), (2, 3), (3, 2), (2, 4), (4, 2)}
    assert len({batch.shapes[0] for batch in batches}) > 1
    for batch in batches:
        rows, columns = batch.shapes[0]
        assert batch.patches_BPV.shape == (24, rows * columns, 768)
        assert batch.seen_BQ is None
    half = dataclasses.replace(maker._recipe, seen_patches=0.5)
    monkeypatch.setattr(maker, "_recipe", half)
    seen = maker.make(0).seen_BQ
    assert seen is not None
    rows, columns = maker.make(0).shapes[0]
    assert seen.shape == (24, round(rows * columns / 2))
    assert (seen.diff(dim=1) > 0).all()
    assert seen.min() == 0
    assert seen.max() == rows * columns - 1


def test_pictures_are_those_of_the_photos(maker: DevicePhotos, photo_set: PhotoSet) -> None:
    drawn = _drawn(maker, photo_set, 0)
    for photo, stored in zip(drawn.photos, drawn.stored, strict=True):
        picture = photo_set.picture(photo_set.photos.index(photo)).resize((40, 40))
        difference = stored.permute(1, 2, 0).numpy().astype(float) - np.asarray(picture)
        assert np.abs(difference).mean() < 5  # another filter
    sizes = {"fruit": 48 / 40, "people": 48 / 40, "things": 40 / 30}
    assert drawn.aspects == pytest.approx([sizes[photo.archive] for photo in drawn.photos], 0.02)
    assert drawn.may_flip == [photo.archive != "people" for photo in drawn.photos]


def test_what_a_picture_shows_and_is_called(
    maker: DevicePhotos, photo_set: PhotoSet, model: StageModel, tokenizer: Tokenizer
) -> None:
    drawn = _drawn(maker, photo_set, 0)
    numbers = {label: number for number, label in enumerate(photo_set.classes)}
    assert any(drawn.others)
    assert not all(drawn.others)
    assert {photo.archive for photo in drawn.photos} == set(ARCHIVES)
    shares: dict[tuple[int, int], float] = {}
    listed = zip(drawn.batch.image_A.tolist(), drawn.batch.class_A.tolist(), strict=True)
    for key, share in zip(listed, drawn.batch.share_A.tolist(), strict=True):
        shares[key] = shares.get(key, 0.0) + share
    expected: dict[tuple[int, int], float] = {}
    for at, (photo, other, part) in enumerate(
        zip(drawn.photos, drawn.others, drawn.shares, strict=True)
    ):
        for shown, share in ((photo, 1 - part), (other, part)):
            if shown is not None and shown.label is not None:
                key = (at, numbers[shown.label])
                expected[key] = expected.get(key, 0.0) + share
        if other is not None:
            assert photo.label is not None
    assert shares == pytest.approx(expected)
    for at, photo in enumerate(drawn.photos):
        own = sum(share for (image, _), share in shares.items() if image == at)
        assert own == pytest.approx(1.0 if photo.label else 0.0)
    for photo, caption, mode, vector in zip(
        drawn.photos, drawn.captions, drawn.modes, drawn.batch.text_BE, strict=True
    ):
        sentences = [text for texts in photo.sentences.values() for text in texts]
        if photo.name is None and mode == "short":
            assert caption.text in sentences
        elif photo.name is None:
            assert any(text.rstrip(".") in caption.text for text in sentences)
        else:
            assert caption.concept in photo.concepts
        assert _cosine(vector, model, tokenizer, caption.text, mode) > 0.9999


def _cosine(vector: Tensor, model: StageModel, tokenizer: Tokenizer, text: str, mode: str) -> float:
    ids = torch.from_numpy(
        tokenizer.encode([text], LONG_LENGTH if mode == "long" else SHORT_LENGTH)
    )
    with torch.no_grad():
        made = model.encode_text(ids, "long" if mode == "long" else "short")[0]
    assert vector.norm().item() == pytest.approx(1.0, abs=1e-5)
    return float(functional.cosine_similarity(vector, made, dim=0))


@pytest.mark.parametrize("step", [0, 1, 2])
def test_which_captions_fit(maker: DevicePhotos, photo_set: PhotoSet, step: int) -> None:
    drawn = _drawn(maker, photo_set, 0, step)
    count = len(drawn.photos)
    shown = [
        photo.concepts | (other.concepts if other is not None else frozenset())
        for photo, other in zip(drawn.photos, drawn.others, strict=True)
    ]
    names = [{each.lower() for each in concepts} for concepts in shown]
    expected = torch.zeros(count, count, dtype=torch.bool)
    for picture, own in enumerate(drawn.captions):
        for text, caption in enumerate(drawn.captions):
            equal = caption.text.lower() == own.text.lower()
            expected[picture, text] = equal or (caption.concept or "").lower() in names[picture]
    found = drawn.batch.keys.rows()(slice(0, count))
    assert torch.equal(found, expected)
    assert torch.equal(drawn.batch.keys.rows()(slice(3, 7)), expected[3:7])
    assert torch.equal(found, match_keys(drawn.captions, shown).rows()(slice(0, count)))
    assert not torch.equal(found, found.T)  # rows and columns are told apart
    by_the_part = [
        at
        for at, other in enumerate(drawn.others)
        if other is not None and (other.concepts - drawn.photos[at].concepts)
    ]
    own = torch.tensor([[c.concept in p.concepts for c in drawn.captions] for p in drawn.photos])
    assert (found & ~own)[by_the_part].any()


def test_losses_are_those_of_the_objectives(
    maker: DevicePhotos, device_recipe: Recipe, photo_set: PhotoSet
) -> None:
    batch = maker.make(0)
    image = functional.normalize(torch.randn(24, 32, generator=torch.Generator().manual_seed(0)))
    scales = {"logit_scale": torch.tensor([2.0]), "logit_bias": torch.tensor([-3.0])}
    bare = dataclasses.replace(device_recipe, mask_equal_texts=False)
    for each, matches in ((device_recipe, batch.keys.rows()(slice(0, 24))), (bare, None)):
        losses = photo_losses(image, scales, batch, each)
        pairs = objectives.sigmoid(image, batch.text_BE, 2.0, -3.0, matches)
        assert losses.parts["short"].item() == pytest.approx(1.5 * pairs.item(), rel=1e-5)
    named = objectives.classification(
        image[batch.image_A],
        batch.name_CE,
        batch.class_A,
        batch.set_C,
        device_recipe.class_scale,
        batch.share_A,
    )
    assert losses.parts["classes"].item() == pytest.approx(2 * named.item(), rel=1e-5)
    assert losses.total.item() == pytest.approx((1.5 * pairs + 2 * named).item(), rel=1e-5)
    sets = [label[0] for label in photo_set.classes]
    same_set = [[a == b for b in sets] for a in sets]
    assert (batch.set_C[:, None] == batch.set_C[None]).tolist() == same_set
    only = dataclasses.replace(device_recipe, objectives={"classes": 1.0})
    assert list(photo_losses(image, scales, batch, only).parts) == ["classes"]


@pytest.mark.parametrize("counted", [True, False])
def test_shares_of_long_captions_and_of_languages(
    maker: DevicePhotos, photo_set: PhotoSet, device_recipe: Recipe, counted: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    weights = {"short": 1.0} | ({"long": 1.0} if counted else {})
    changed = dataclasses.replace(
        device_recipe, objectives=weights, mixed_share=0.0, chinese_share=0.7, batch_size=1500
    )
    monkeypatch.setattr(maker, "_recipe", changed)
    drawn = _drawn(maker, photo_set, 0)
    long = sum(mode == "long" for mode in drawn.modes) / 1500
    chinese = sum(language_of(each.text) == "zh" for each in drawn.captions) / 1500
    assert long == pytest.approx(0.3, abs=0.05) if counted else long == 0
    assert chinese == pytest.approx(0.7, abs=0.05)
    chances = photo_set.weights(device_recipe.archive_weights)
    readable = [photo.file not in BROKEN for photo in photo_set.photos]
    for archive in ARCHIVES:
        own = [photo.archive == archive for photo in photo_set.photos]
        expected = chances[own] @ np.array(readable)[own] / (chances @ readable)
        came = sum(photo.archive == archive for photo in drawn.photos) / 1500
        assert came == pytest.approx(expected, abs=0.002)
    assert not any(drawn.others)
    for place, share in enumerate((0.0, 1.0)):
        few = dataclasses.replace(changed, chinese_share=share, batch_size=2)
        monkeypatch.setattr(maker, "_recipe", few)
        made = [maker.make(step).name_CE for step in range(4)]
        drawn_by = [
            [at for at, names in enumerate(maker._name_LDCE[place]) if torch.equal(names, each)]
            for each in made
        ]
        assert all(drawn_by)
        assert len({each[0] for each in drawn_by}) > 1


def test_vectors_of_captions_lie_in_their_rows(
    photo_set: PhotoSet, model: StageModel, tokenizer: Tokenizer
) -> None:
    bank = CaptionBank(photo_set.photos[::5], 3)
    rows = list(bank._rows)
    modes = [mode for mode, _ in rows]
    assert modes != sorted(modes)
    assert modes != sorted(modes, reverse=True)
    made = bank.vectors(model, tokenizer)
    assert len(made) == len(rows) == len(bank.key_T)
    for at in range(0, len(rows), max(1, len(rows) // 60)):
        mode, caption = rows[at]
        assert _cosine(made[at], model, tokenizer, caption.text, mode) > 0.9999


def test_vectors_of_names_are_by_language_and_class(
    photo_set: PhotoSet, model: StageModel, tokenizer: Tokenizer
) -> None:
    names = list(photo_set.classes.values())
    made = name_vectors(names, 5, model, tokenizer)
    assert made.shape[:1] + made.shape[2:] == (2, len(names), 32)
    for language, drawn in zip(LANGUAGES, made, strict=True):
        rng = torch.Generator().manual_seed(1)
        for at in torch.randint(len(drawn), (3,), generator=rng).tolist():
            for number, name in enumerate(names):
                best = max(
                    _cosine(drawn[at, number], model, tokenizer, text, "short")
                    for text in _said(name, language)
                )
                assert best > 0.9999


def _said(name: ClassName, language: str) -> set[str]:
    """All that a class may be called, by chance."""
    rng = np.random.default_rng(0)
    return {class_names([name], "zh" if language == "zh" else "en", rng)[0] for _ in range(200)}


def test_photos_that_cannot_be_decoded_are_named_and_never_come(
    maker: DevicePhotos,
    unreadable: dict[str, str],
    photo_set: PhotoSet,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert {Path(name).name for name in unreadable} == BROKEN
    assert all("no picture of a known format" in message for message in unreadable.values())
    assert photo_set.photos[-1].file in BROKEN
    files = {photo.file for step in range(30) for photo in _drawn(maker, photo_set, 0, step).photos}
    assert files == {photo.file for photo in photo_set.photos} - BROKEN
    greatest = 1 - 2**-24
    monkeypatch.setattr(Chance, "rand", lambda _, *sizes: torch.full(sizes, greatest))
    monkeypatch.setattr(maker, "_until_N", maker._until_N.clamp(max=1 - 1e-9))  # as sums may be
    assert not {photo.file for photo in _drawn(maker, photo_set, 0).photos} & BROKEN


def test_none_that_can_be_decoded_is_an_error(
    tmp_path: Path, model: StageModel, tokenizer: Tokenizer, device_recipe: Recipe
) -> None:
    write_photo_set(tmp_path, "bad", [{"label_en": "iPod", "label_zh": "播放器"}] * 3, {0, 1, 2})
    photos = PhotoSet(tmp_path, "train", ["bad"], 40)
    lone = dataclasses.replace(device_recipe, archive_weights={"bad": 1.0})
    unreadable: dict[str, str] = {}
    with pytest.raises(DataError, match=r"none of its photos can be decoded.*2\.jpg: no picture"):
        DevicePhotos(photos, unreadable, model, tokenizer, lone)
    assert len(unreadable) == 3
