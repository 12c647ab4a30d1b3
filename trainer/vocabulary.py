"""An own sentencepiece vocabulary with Gemma's options, for models trained from nothing."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator

import numpy as np
import sentencepiece

from trainer.data.captions import LANGUAGES
from trainer.data.photos import PhotoSet
from trainer.data.samples import Source
from trainer.data.scene_source import SceneSource
from trainer.data.scenes_text import every_phrase
from trainer.errors import DataError, SampleError
from trainer.recipes import Recipe

_SCENES_READ = 1000
_SAMPLES_READ = 2000


def train_vocabulary(texts: Iterable[str], vocab_size: int) -> bytes:
    """A BPE model with byte fallback, pad 0, eos 1, bos 2, unk 3, as Gemma's; texts lower-cased.

    Raises:
        DataError: too few texts for that many pieces.
    """
    model = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=(text.lower() for text in texts),
            model_writer=model,
            model_type="bpe",
            vocab_size=vocab_size,
            character_coverage=0.9999,
            byte_fallback=True,
            split_digits=True,
            allow_whitespace_only_pieces=True,
            remove_extra_whitespaces=False,
            add_dummy_prefix=False,
            normalization_rule_name="identity",
            pad_id=0,
            eos_id=1,
            bos_id=2,
            unk_id=3,
            pad_piece="<pad>",
            eos_piece="<eos>",
            bos_piece="<bos>",
            unk_piece="<unk>",
            num_threads=1,
            minloglevel=2,
        )
    except (RuntimeError, OSError) as error:
        raise DataError(
            f"no vocabulary of {vocab_size} pieces can be trained: {error}; give more texts or"
            " set another vocab_size"
        ) from None
    return model.getvalue()


def caption_texts(photos: PhotoSet, recipe: Recipe) -> Iterable[str]:
    """Human sentences once each, a few captions of every classed photo, and phrases of scenes."""
    rng = np.random.default_rng(recipe.seed)
    seen: set[str] = set()
    for photo in photos.photos:
        for sentences in photo.sentences.values():
            yield from sentences
        if photo.name is not None:
            for language in LANGUAGES:
                for long in (False, True):
                    text = photo.caption(language, long, rng).text
                    if text not in seen:
                        seen.add(text)
                        yield text
    if "scenes" in recipe.sources:
        yield from every_phrase()


def scene_vocabulary(scenes: SceneSource, vocab_size: int) -> bytes:
    """A vocabulary of what the first scenes of a source say, for runs on scenes alone."""
    texts = []
    for index in range(min(len(scenes), _SCENES_READ)):
        scene = scenes.scene(index)
        words = (scene.short, scene.long, *(each.phrase for each in scene.objects))
        texts += [text for word in words for text in (word.en, word.zh)]
    return train_vocabulary(texts, vocab_size)


def source_texts(sources: Iterable[Source], seed: int) -> Iterator[str]:
    """What up to 2,000 samples of each source say, spread over it; unreadable ones do not count.

    Raises:
        DataError: of a source all are unreadable.
    """
    rng = np.random.default_rng(seed)
    for source in sources:
        chosen = range(0, len(source), math.ceil(len(source) / _SAMPLES_READ))
        n_read = 0
        for number, index in enumerate(chosen):
            try:
                sample = source.sample(index, LANGUAGES[number % len(LANGUAGES)], rng)
            except SampleError as error:  # else the run names it when its turn comes
                if not n_read and index == chosen[-1]:
                    raise DataError(f"no sample can be read; the last one: {error}") from None
                continue
            n_read += 1
            yield from (each.text for each in (sample.short, sample.long) if each)
            for region in sample.regions:
                yield from (region.text, *region.negatives)
