"""How sources and languages are mixed: by weight, shuffled anew, decided by seed and step."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fgclip2.tokenizer import FILE_NAME, Tokenizer
from tests.unit.trainer.small_runs import stage_two
from trainer.data.captions import Caption, Language
from trainer.data.mixed_batches import MixedBatchMaker, MixedSource
from trainer.data.samples import Region, Sample, Source
from trainer.errors import DataError, RecipeError, SampleError
from trainer.vocabulary import train_vocabulary


class Numbered:
    """Samples that say which one they are; some cannot be read."""

    def __init__(
        self,
        name: str,
        n_samples: int,
        broken: tuple[int, ...] = (),
        language: Language = "en",
        regions: tuple[Region, ...] = (),
        unusable: tuple[str, ...] = (),
    ) -> None:
        self._name, self._n_samples, self._broken = name, n_samples, broken
        self._language, self._regions, self._unusable = language, regions, unusable
        self.asked: list[tuple[int, Language]] = []

    def __len__(self) -> int:
        return self._n_samples

    @property
    def digest(self) -> str:
        """All pictures of a name are alike."""
        return "alike"

    def sample(self, index: int, language: Language, rng: np.random.Generator) -> Sample:
        self.asked.append((index, language))
        if index in self._broken:
            raise SampleError(f"{self._name}/{index}", "no picture")
        picture = Image.new("RGB", (32, 32))
        caption = Caption(f"{self._name} {index}")
        return Sample(
            picture,
            caption,
            None,
            self._regions,
            language=self._language,
            unusable=tuple(f"{self._name}/{index}: {each}" for each in self._unusable),
        )


def _mixed(*sources: Numbered, seed: int = 5) -> MixedSource:
    named: dict[str, Source] = {str(place): source for place, source in enumerate(sources)}
    return MixedSource(named, dict(zip(named, (0.5, 0.3, 0.2), strict=False)), seed)


def _indices(mixed: MixedSource, source: int, numbers: range) -> list[int]:
    rng = np.random.default_rng(0)
    texts = [mixed.sample((source, number), "en", rng).short.text for number in numbers]
    return [int(text.split()[1]) for text in texts]


def test_every_stretch_of_the_run_has_the_shares_of_the_weights() -> None:
    mixed = _mixed(Numbered("a", 7), Numbered("b", 7), Numbered("c", 7))
    for steps in (1, 5, 40):
        places = [place for step in range(steps) for place in mixed.places(step, 20)]
        counts = Counter(source for source, _ in places)
        for source, share in enumerate((0.5, 0.3, 0.2)):
            assert abs(counts[source] - share * 20 * steps) <= 2
        for source in range(3):  # no number is left out, none comes twice
            numbers = sorted(number for which, number in places if which == source)
            assert numbers == list(range(counts[source]))


def test_a_source_is_gone_through_and_then_shuffled_anew() -> None:
    mixed = _mixed(Numbered("a", 30))
    first, second = (_indices(mixed, 0, range(s, s + 30)) for s in (0, 30))
    assert sorted(first) == sorted(second) == list(range(30))
    assert first != second
    assert first != list(range(30))
    assert _indices(_mixed(Numbered("a", 30)), 0, range(30)) == first
    assert _indices(_mixed(Numbered("a", 30), seed=6), 0, range(30)) != first


def test_unreadable_samples_are_replaced_counted_and_named() -> None:
    mixed = _mixed(Numbered("a", 6, broken=(1, 4)))
    read = _indices(mixed, 0, range(6))
    assert set(read) == {0, 2, 3, 5}
    assert set(mixed.unreadable) == {"a/1", "a/4"}
    assert mixed.unreadable["a/4"] == "a/4: no picture"
    with pytest.raises(DataError, match="in a row"):
        _indices(_mixed(Numbered("a", 3, broken=(0, 1, 2))), 0, range(1))


def test_regions_that_were_left_out_are_counted_and_named_once() -> None:
    mixed = _mixed(Numbered("a", 2, unusable=("no box", "no text")))
    _indices(mixed, 0, range(6))
    named = {f"a/{index}: {each}" for index in (0, 1) for each in ("no box", "no text")}
    assert set(mixed.unreadable.values()) == named
    assert len(mixed.unreadable) == 4


def test_an_order_is_made_once_though_a_batch_lies_in_two_epochs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[object] = []
    inner = np.random.default_rng
    monkeypatch.setattr(np.random, "default_rng", lambda seed: made.append(seed) or inner(seed))
    mixed = _mixed(Numbered("a", 30))
    rng = inner(0)
    for number in (28, 31, 29, 30, 32, 27):
        mixed.sample((0, number), "en", rng)
    assert len(made) == 2


def test_batches_too_small_for_the_sources_are_refused_before_the_run(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(train_vocabulary(["abc def ghi"] * 30, 280))
    mixed = _mixed(Numbered("a", 7), Numbered("b", 7), Numbered("c", 7))
    tokenizer = Tokenizer(tmp_path, 280)
    small, enough = (
        stage_two(tmp_path, f"batch_size={size}", "sources={'0': 0.5, '1': 0.3, '2': 0.2}")
        for size in (1, 2)
    )
    with pytest.raises(RecipeError, match="batch_size is 1, too few for 3 sources"):
        MixedBatchMaker(mixed, tokenizer, small, 0, 1)
    MixedBatchMaker(mixed, tokenizer, enough, 0, 1)
    assert all(len(mixed.places(step, 2)) == 2 for step in range(200))


def test_english_short_captions_alone_get_the_prompt(tmp_path: Path) -> None:
    """Whatever language was asked for: a source that has only one gives that."""
    (tmp_path / FILE_NAME).write_bytes(train_vocabulary(["abc def ghi"] * 30, 280))
    recipe = stage_two(tmp_path, "chinese_share=1.0", "batch_size=4", "sources={'0': 1.0}",
                       "english_prompt=a photo of")  # fmt: skip
    tokenizer = Tokenizer(tmp_path, 280)
    for language, start in (("en", "a photo of a "), ("zh", "a ")):
        source = Numbered("a", 4, language=language)
        batch = MixedBatchMaker(_mixed(source), tokenizer, recipe, 0, 1).make(0)
        expected = tokenizer.encode([f"{start}{n}" for n in range(4)], 64)
        assert sorted(batch.short.ids_UL.tolist()) == sorted(expected.tolist())


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_languages_are_asked_for_by_weight(tmp_path: Path, share: float) -> None:
    (tmp_path / FILE_NAME).write_bytes(train_vocabulary(["abc def ghi"] * 30, 280))
    recipe = stage_two(tmp_path, f"chinese_share={share}", "batch_size=40", "vocab_size=280",
                       "sources={'0': 1.0}")  # fmt: skip
    source = Numbered("a", 50)
    maker = MixedBatchMaker(_mixed(source), Tokenizer(tmp_path, 280), recipe, 0, 1)
    for step in range(5):
        maker.make(step)
    chinese = sum(language == "zh" for _, language in source.asked) / 200
    assert chinese == pytest.approx(share, abs=0.1 if 0 < share < 1 else 0)


def test_a_wrong_text_that_reads_like_the_right_one_is_left_out(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(train_vocabulary(["abc def ghi"] * 30, 280))
    recipe = stage_two(tmp_path, "batch_size=1", "sources={'0': 1.0}")
    wrong = ("a dog", "A DOG", "a brown dog", "a cat", "")
    region = Region((0.0, 0.0, 1.0, 1.0), "A brown dog", wrong, hard_text="A dog")
    source, tokenizer = Numbered("a", 1, regions=(region,)), Tokenizer(tmp_path, 280)
    regions = MixedBatchMaker(_mixed(source), tokenizer, recipe, 0, 1).make(0).regions
    assert regions is not None
    assert regions.negative_KN.shape == (1, 1)
    cat = tokenizer.encode(["a cat"], 64)
    assert regions.ids_UL[regions.negative_KN[0]].tolist() == cat.tolist()
