"""How good search is on pictures that no training run has seen: drawn scenes, mosaics, an album.

    python -m benchmarks.quality [--model DIR] [--pictures N] [--photos ../shared/photos [--album]]

Every picture says which things it shows and where, so every question has a known answer. Each
figure is measured three ways where that makes sense: as the application searches (regions and
photos), by the photo vectors alone, and by the crop alone (a box cut out and searched as a
picture). Prints a Markdown table; docs/quality.md explains the rows.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.core.asking import ImageQuery, Query
from app.core.library import Library
from app.core.library.region_index import RegionIndex
from app.core.library.rows import NewPhoto
from app.core.library.vector_index import VectorIndex
from app.core.messages import Hit
from app.core.paths import bundled_model_dir
from app.core.ranking import GOOD_SCORE
from app.core.region_choice import overlaps
from app.worker.budgets import fine_budget
from app.worker.encoding import EncoderLike
from app.worker.fine_pass import encode_finely
from app.worker.pictures import Picture
from app.worker.searcher import Answer, Searcher
from benchmarks.quality_pictures import Known, Shown, Thing, album, mosaics, scenes
from benchmarks.regions import SMALL_AREA
from fgclip2 import Encoder
from trainer.data.captions import LANGUAGES, Language

_TOP = 20
_SIDE_WORDS = {"left": "{} on the left", "right": "{} on the right"}
_ENOUGH = 0.5
_N_WAYS = 3


@dataclass(frozen=True, slots=True)
class Bench:
    """Pictures in a library, by photo id, and what searches them."""

    searcher: Searcher
    known: Known
    shown: dict[int, Shown]

    def refined(self, text: str) -> Answer:
        return self.searcher.refined(self.searcher.encode(Query(text), []), _TOP)

    def by_photos(self, text: str) -> Answer:
        return self.searcher.first(self.searcher.encode(Query(text), []), _TOP)

    def with_name(self, name: str) -> set[int]:
        return {
            photo_id
            for photo_id, shown in self.shown.items()
            if any(each.name.en == name for each in shown.things)
        }

    def things(self, *, small: bool = False) -> Iterator[tuple[int, Thing]]:
        for photo_id, shown in self.shown.items():
            for each in shown.things:
                if not small or _area(each) < SMALL_AREA:
                    yield photo_id, each


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--model", type=Path, default=bundled_model_dir())
    parser.add_argument("--pictures", type=int, default=400)
    parser.add_argument("--photos", type=Path, help="mosaics of these photos instead of scenes")
    parser.add_argument("--album", action="store_true", help="the photos one by one instead")
    options = parser.parse_args()
    encoder = Encoder.load(options.model)
    n_pictures = options.pictures
    of_photos = album if options.album else mosaics
    known = of_photos(options.photos, n_pictures) if options.photos else scenes(n_pictures)
    with (
        tempfile.TemporaryDirectory() as folder,
        Library.open(Path(folder) / "library", write=True) as library,
    ):
        bench = _bench(library, encoder, known)
        print(f"{len(bench.shown)} pictures, model {encoder.name}\n")
        print("| question | regions | photos alone | crop alone |")
        print("|---|---|---|---|")
        for name, figures in (_album_rows if options.album else _rows)(bench):
            padded = (*figures, *[float("nan")] * (_N_WAYS - len(figures)))
            print(f"| {name} | {' | '.join(map(_percent, padded))} |", flush=True)


def _rows(bench: Bench) -> Iterator[tuple[str, tuple[float, ...]]]:
    yield "small object by its words, in the first 20", _by_words(bench)
    yield "small object by its box, another such picture in the first 20", _by_box(bench)
    yield "box of the best region overlaps the object by half", _places(bench)
    yield "two phrases: both satisfied, at the right places", _two_phrases(bench)
    yield "of the first 20 without B, those that show B (lower is better)", _exclusions(bench)
    yield "object on the side that is asked for, first 5", _sides(bench)
    yield "English and Chinese share of the first 20", _languages(bench)
    for language in LANGUAGES:
        phrases = sorted({each.name.said(language) for _, each in bench.things()})[::5]
        yield f"present, by its words ({language}): says it is absent", _says_absent(bench, phrases)
    yield from _absent_rows(bench)


def _album_rows(bench: Bench) -> Iterator[tuple[str, tuple[float, ...]]]:
    for language in LANGUAGES:
        yield f"of the first 20, those that show the kind ({language})", _by_kind(bench, language)
        yield (
            f"the photo of a sentence, in the first 20 ({language})",
            _by_sentence(bench, language),
        )
        said = [shown.sentences[language] for shown in bench.shown.values() if shown.sentences]
        yield f"a photo's sentence ({language}): says it is absent", _says_absent(bench, said)
    yield "English and Chinese share of the first 20", _languages(bench)
    yield from _absent_rows(bench)


def _absent_rows(bench: Bench) -> Iterator[tuple[str, tuple[float, ...]]]:
    present = {each.kind for _, each in bench.things()}
    for language in LANGUAGES:
        for what, kinds in (("absent", bench.known.absent), ("present", present)):
            names = [bench.known.words[kind].said(language) for kind in sorted(kinds)]
            yield f"{what}, by its kind ({language}): says it is absent", _says_absent(bench, names)


def _bench(library: Library, encoder: EncoderLike, known: Known) -> Bench:
    model_id = library.use_model(encoder.fingerprint, encoder.name, encoder.dim)
    with tempfile.TemporaryDirectory() as folder:
        root_id = library.add_root(folder.encode()).id
    by_id: dict[int, Shown] = {}
    for number, shown in enumerate(known.pictures):
        budget = fine_budget(encoder.fine_patches, *shown.image.size)
        (vector,), (regions,) = encode_finely(encoder, [shown.image], budget)
        photo = NewPhoto(
            root_id, b"%d.png" % number, 1, number, number, b"%032d" % number, *shown.image.size,
            None, None, "PNG", 0, vector=vector, patches=budget,
        )  # fmt: skip
        (photo_id,) = library.save_batch(model_id, [photo], [])
        library.regions.save(model_id, {photo_id: regions})
        by_id[photo_id] = shown
    index, regions_index = VectorIndex.open(library, model_id), RegionIndex(library, model_id)
    searcher = Searcher(library, index, regions_index, model_id, encoder)
    return Bench(searcher, known, by_id)


# ---------------------------------------------------------------- rows


def _by_words(bench: Bench) -> tuple[float, ...]:
    found = [
        (
            photo_id in _ids(bench.refined(each.name.en)),
            photo_id in _ids(bench.by_photos(each.name.en)),
        )
        for photo_id, each in bench.things(small=True)
    ]
    return tuple(np.mean(found, axis=0))


def _by_kind(bench: Bench, language: Language) -> tuple[float, ...]:
    """Of as many photos as show a kind, 20 at most, how many do; the mean over kinds."""
    shares = []
    for kind in sorted({each.kind for _, each in bench.things()}):
        showing = {photo_id for photo_id, each in bench.things() if each.kind == kind}
        name, count = bench.known.words[kind].said(language), min(len(showing), _TOP)
        answers = bench.refined(name), bench.by_photos(name)
        shares.append([_share(_ids(answer)[:count], showing) for answer in answers])
    return tuple(np.mean(shares, axis=0))


def _by_sentence(bench: Bench, language: Language) -> tuple[float, ...]:
    found = [
        [
            photo_id in _ids(ask(shown.sentences[language]))
            for ask in (bench.refined, bench.by_photos)
        ]
        for photo_id, shown in bench.shown.items()
        if shown.sentences
    ]
    return tuple(np.mean(found, axis=0))


def _by_box(bench: Bench) -> tuple[float, ...]:
    found = []
    for photo_id, each in bench.things(small=True):
        others = bench.with_name(each.name.en) - {photo_id}
        if not others:
            continue
        picture = Picture(bench.shown[photo_id].image, each.box)
        query = Query(images=(ImageQuery(photo_id=photo_id, box=each.box),))
        asked = bench.searcher.encode(query, [picture])
        alone = replace(asked, pictures=(replace(asked.pictures[0], region=None),))
        answers = (
            bench.searcher.refined(asked, _TOP + 1),
            bench.searcher.first(alone, _TOP + 1),
        )
        found.append([bool((set(_ids(answer)) - {photo_id}) & others) for answer in answers])
    regions, crop = np.mean(found, axis=0) if found else (float("nan"),) * 2
    return regions, float("nan"), crop


def _places(bench: Bench) -> tuple[float, ...]:
    right = []
    for photo_id, each in bench.things():
        hit = _hit_of(bench.refined(each.name.en), photo_id)
        if hit is not None and hit.region is not None:
            right.append(_is_at(hit.region, bench.shown[photo_id], each.name.en))
    return (float(np.mean(right)) if right else float("nan"),)


def _two_phrases(bench: Bench) -> tuple[float, ...]:
    right = []
    for photo_id, shown in bench.shown.items():
        if len(shown.things) < 2:
            continue
        one, two = shown.things[:2]
        hit = _hit_of(bench.refined(f"{one.name.en}, {two.name.en}"), photo_id)
        right.append(
            hit is not None
            and len(hit.phrases) == 2
            and all(
                phrase.score >= GOOD_SCORE
                and phrase.region
                and _is_at(phrase.region, shown, each.name.en)
                for phrase, each in zip(hit.phrases, (one, two), strict=True)
            )
        )
    return (float(np.mean(right)),)


def _exclusions(bench: Bench) -> tuple[float, ...]:
    shares = []
    for shown in list(bench.shown.values())[::4]:
        if len(shown.things) < 2:
            continue
        kind, other_kind = (each.kind for each in shown.things[:2])
        if other_kind in bench.known.alike(kind):
            continue
        wanted, other = bench.known.words[kind].en, bench.known.words[other_kind].en
        showing = {
            photo_id
            for photo_id, each in bench.shown.items()
            if any(thing.kind == other_kind for thing in each.things)
        }
        left = _ids(bench.refined(f"{wanted} without {other}"))
        asked = bench.searcher.encode(Query(wanted), [])
        unwanted = bench.searcher.questions.texts([other])[0]
        phrase = asked.phrases[0]
        apart = phrase.photo - unwanted
        minus = replace(phrase, photo=apart / np.linalg.norm(apart))
        subtracted = bench.searcher.first(replace(asked, phrases=(minus,)), _TOP)
        shares.append([_share(left, showing), _share(_ids(subtracted), showing)])
    return tuple(np.mean(shares, axis=0))


def _sides(bench: Bench) -> tuple[float, ...]:
    right = []
    names = sorted({each.name.en for _, each in bench.things()})
    for name in names[::3]:
        for side, words in _SIDE_WORDS.items():
            holders = [
                each.box
                for photo_id in bench.with_name(name)
                for each in bench.shown[photo_id].things
                if each.name.en == name
            ]
            if not any(_side(box) == side for box in holders):
                continue
            for hit in bench.refined(words.format(name)).hits[:5]:
                things = bench.shown[hit.photo_id].things
                boxes = [each.box for each in things if each.name.en == name]
                if boxes:
                    right.append(any(_side(box) == side for box in boxes))
    return (float(np.mean(right)) if right else float("nan"),)


def _languages(bench: Bench) -> tuple[float, ...]:
    shares = []
    for shown in list(bench.shown.values())[::4]:
        if not shown.things:
            continue
        name = shown.things[0].name
        shares.append(
            [
                len(set(_ids(ask(name.en))) & set(_ids(ask(name.zh)))) / _TOP
                for ask in (bench.refined, bench.by_photos)
            ]
        )
    return tuple(np.mean(shares, axis=0))


def _says_absent(bench: Bench, names: list[str]) -> tuple[float]:
    said = [not any(hit.match == "good" for hit in bench.refined(name).hits) for name in names]
    return (float(np.mean(said)),)


# ---------------------------------------------------------------- small pieces


def _ids(answer: Answer) -> list[int]:
    return [hit.photo_id for hit in answer.hits]


def _hit_of(answer: Answer, photo_id: int) -> Hit | None:
    return next((hit for hit in answer.hits if hit.photo_id == photo_id), None)


def _is_at(region: tuple[float, ...], shown: Shown, name: str) -> bool:
    """Whether a box overlaps a thing of that name enough; a picture may show several."""
    boxes = np.array([thing.box for thing in shown.things if thing.name.en == name])
    return float(overlaps(np.array(region), boxes).max()) >= _ENOUGH


def _area(thing: Thing) -> float:
    x0, y0, x1, y1 = thing.box
    return (x1 - x0) * (y1 - y0)


def _side(box: tuple[float, ...]) -> str:
    return "left" if (box[0] + box[2]) / 2 < 0.5 else "right"


def _share(ids: list[int], showing: set[int]) -> float:
    return len(set(ids) & showing) / max(len(ids), 1)


def _percent(figure: float) -> str:
    return "" if np.isnan(figure) else f"{100 * figure:.1f}"


if __name__ == "__main__":
    main()
