"""The command line's ``search``, ``export`` and ``concept``."""

from __future__ import annotations

import argparse
import math
import os
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

from app.cli_hints import hints
from app.cli_output import print_hits, print_json
from app.core.asking import Box, Filters, ImageQuery, Phrase, Query, box_text
from app.core.errors import (
    BoxError,
    ConceptMissingError,
    EngineError,
    LibraryError,
    LibraryMissingError,
    ModelError,
    QueryError,
)
from app.core.language.combining import combined
from app.core.language.filter_words import contradiction, parse_filter
from app.core.library import Library
from app.core.library.concepts import NewExample
from app.core.library.place import library_files
from app.core.library.region_index import RegionIndex
from app.core.library.searches import name_key
from app.core.library.vector_index import VectorIndex
from app.core.messages import ExportForm, ExportResults, Hit
from app.core.models import choose_model
from app.core.paths import choose_library, default_config_dir, display_path, display_text
from app.core.queries import parse_query, tidy
from app.core.settings import SETTINGS_NAME, Settings, load_settings
from app.worker.decode_messages import DecodedPixels, PixelsRequest, Refused
from app.worker.decoder_pool import DecoderPool, PoolLike
from app.worker.encoding import EncoderLike
from app.worker.engine import EncoderLoader
from app.worker.export import export_results, hit_dict
from app.worker.failures import refusal_error
from app.worker.pictures import QUERY_SIDE_PX, Picture, check_query
from app.worker.question_desk import decoded_image
from app.worker.searcher import Searcher

_DEFAULT_LIMIT = 20
_COMMAS = re.compile(r"(?<!\d),|,(?!\d)|[，、;；]")
_QUOTE = re.compile('["“”「」『』]')
_MOST_DIGITS = 20  # more than any library has photos
_FORMS: tuple[ExportForm, ...] = get_args(ExportForm)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search gave, with the paths of its photos."""

    hits: tuple[Hit, ...]
    paths: dict[int, bytes]
    model: str
    took_ms: float


class _AddPicture(argparse.Action):
    """Collects ``--image`` and ``--box`` in the order given, in one list."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        pictures = list(getattr(namespace, "pictures", None) or [])
        namespace.pictures = [*pictures, (self.dest, values)]


def add_search_commands(commands: Any, parents: list[argparse.ArgumentParser]) -> None:
    """Add the parsers of ``search``, ``export`` and ``concept``."""
    asking = _asking_options()
    commands.add_parser(
        "search",
        parents=[*parents, asking],
        help="find photos by words, by pictures and boxes, or by both",
    )
    export = commands.add_parser(
        "export", parents=[*parents, asking], help="write what a search finds to a file"
    )
    export.add_argument("--out", type=Path, required=True, metavar="FILE", help="the file to write")
    export.add_argument(
        "--form", choices=_FORMS, help="what to write; else what the file's name ends with"
    )
    concept = commands.add_parser("concept", help="name what examples have in common")
    actions = concept.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", parents=parents, help="make a concept, or give it examples")
    add.add_argument("name", metavar="NAME")
    _add_picture_options(add)
    actions.add_parser("list", parents=parents, help="list the concepts")
    search = actions.add_parser("search", parents=parents, help="find photos that show a concept")
    search.add_argument("name", metavar="NAME")
    search.add_argument("--limit", type=_positive, default=_DEFAULT_LIMIT, metavar="N")


def run_search(options: argparse.Namespace, loader: EncoderLoader, pool: PoolLike | None) -> int:
    """Find photos and print them.

    Raises:
        QueryError: the question makes no sense.
        AppError: the search cannot run.
    """
    found = _find(options, _query(options), options.limit, loader, pool)
    _print_found(options, options.query, found)
    return 0


def run_export(options: argparse.Namespace, loader: EncoderLoader, pool: PoolLike | None) -> int:
    """Find photos and write them to a file.

    Raises:
        QueryError: the question makes no sense, or the file's form is not known.
        AppError: the search cannot run, or the file cannot be written.
    """
    form = options.form or options.out.suffix.lstrip(".").lower()
    if form not in _FORMS:
        raise QueryError(
            f"The name {options.out.name!r} does not say what to write; end it with"
            f" {', '.join(f'.{each}' for each in _FORMS)}, or give --form."
        )
    query = _query(options)
    found = _find(options, query, options.limit, loader, pool)
    path = os.fsencode(os.path.abspath(options.out))
    with Library.open(library_dir(options), write=False) as library:
        n_photos = export_results(library, ExportResults(1, path, form, query, found.hits))
    if options.json:
        print_json({"path": os.fsdecode(path), "photos": n_photos})
    else:
        print(f"{n_photos:,} photos are in {display_path(path)}.")
    return 0


def run_concept(options: argparse.Namespace, loader: EncoderLoader, pool: PoolLike | None) -> int:
    """Make, list or look for concepts.

    Raises:
        QueryError: no such concept, or no examples.
        AppError: it cannot be done.
    """
    if options.action == "search":
        with Library.open(library_dir(options), write=False) as library:
            concept = library.concepts.named(options.name)
        query = Query(images=(ImageQuery(concept_id=concept.id),))
        _print_found(options, options.name, _find(options, query, options.limit, loader, pool))
        return 0
    if options.action == "add":
        _add_concept(options, pool)
    with Library.open(library_dir(options), write=False) as library:
        concepts = [
            {"name": each.name, "accepted": each.n_accepted, "rejected": each.n_rejected}
            for each in library.concepts.all()
            if options.action == "list" or name_key(each.name) == name_key(options.name)
        ]
    if options.json:
        print_json({"concepts": concepts})
    else:
        for each in concepts:
            name = display_text(each["name"])
            print(f"{name}: {each['accepted']} accepted, {each['rejected']} rejected")
    return 0


def _add_concept(options: argparse.Namespace, pool: PoolLike | None) -> None:
    images = _images(options)
    if not images:
        raise QueryError(
            f"The concept {options.name!r} needs one to five examples: --image FILE [--box ...]"
        )
    examples = [
        NewExample(picture.example_jpeg(), box=picture.box)
        for picture in _decoded_pictures(images, pool)
        if picture is not None
    ]
    with open_known(options) as library:
        try:
            known = library.concepts.named(options.name)
        except ConceptMissingError:
            library.concepts.save(options.name, examples)
        else:
            library.concepts.save(known.name, examples, known.id)


# ---------------------------------------------------------------- options


def _asking_options() -> argparse.ArgumentParser:
    asking = argparse.ArgumentParser(add_help=False)
    asking.add_argument(
        "query",
        type=str.strip,
        nargs="?",
        default="",
        metavar="QUERY",
        help="what to look for; may be empty with --image",
    )
    asking.add_argument("--limit", type=_positive, default=_DEFAULT_LIMIT, metavar="N")
    asking.add_argument(
        "--without", action="append", default=[], metavar="TEXT", help="leave out what shows this"
    )
    asking.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="FILTER",
        help='camera:nikon, "rating>=4", date:2023-05, "last summer", type:png, folder:trips,'
        " name:img, orientation:portrait, favourite",
    )
    _add_picture_options(asking)
    return asking


def _add_picture_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--image",
        action=_AddPicture,
        type=Path,
        metavar="FILE",
        help="a picture to search by; may be given several times",
    )
    parser.add_argument(
        "--box",
        action=_AddPicture,
        type=_pixel_box,
        metavar="x0,y0,x1,y1",
        help="part of the picture before it, in pixels; may be given several times",
    )


def _positive(text: str) -> int:
    digits = text.lstrip("0")
    if not text.isascii() or not text.isdigit() or not digits:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return min(int(digits[:_MOST_DIGITS]), sys.maxsize)


def _pixel_box(text: str) -> Box:
    try:
        numbers = [float(part) for part in text.split(",")]
        x0, y0, x1, y1 = numbers
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a box; give four numbers, as in 10,20,300,200"
        ) from None
    if not all(math.isfinite(number) for number in numbers):
        raise argparse.ArgumentTypeError(f"{text!r} is not a box: its numbers must be finite")
    if x0 >= x1 or y0 >= y1 or x0 < 0 or y0 < 0:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a box: 0 <= x0 < x1 and 0 <= y0 < y1 are needed"
        )
    if x1 - x0 < 1 and y1 - y0 < 1:
        raise argparse.ArgumentTypeError(
            f"{text!r} is smaller than a pixel; boxes are given in pixels, as in 10,20,300,200"
        )
    return x0, y0, x1, y1


def _query(options: argparse.Namespace) -> Query:
    """The question that the options ask; boxes are still in pixels."""
    phrases = None
    if options.without:
        without = [phrase for text in options.without for phrase in _excluded(text)]
        phrases = tuple(dict.fromkeys([*parse_query(options.query).phrases, *without]))
    query = Query(options.query, _images(options), phrases, _filters(options.filter))
    check_query(replace(query, images=tuple(replace(image, box=None) for image in query.images)))
    return query


def _filters(given: Sequence[str]) -> Filters:
    """The filters of all options as one.

    Raises:
        FilterError: one is not understood, or contradicts the others.
    """
    filters, contradicting = combined([parse_filter(each, date.today()) for each in given])
    if contradicting:
        raise contradiction(given[contradicting[0]])
    return filters


def _excluded(text: str) -> tuple[Phrase, ...]:
    """What ``--without`` names: each item of a list, as after "without" in a question.

    What a question would read as more than exclusions ("a man with a hat", "2023") stays whole.
    """
    words = tidy(text)
    if not any(character.isalnum() for character in words):
        raise QueryError(f"--without {text!r} names nothing; give it some words.")
    asked = parse_query(f"without {words}")
    is_understood = asked.filters.is_empty and not asked.misread and asked.source.endswith(words)
    if asked.phrases and not asked.wanted and is_understood:
        return asked.phrases
    items = [item for item in _COMMAS.split(words) if item.strip('"“” ')]
    if len(items) > 1 and not _QUOTE.search(words):
        return tuple(phrase for item in items for phrase in _excluded(item))
    return (Phrase(words.strip('"“” '), "excluded"),)


def _images(options: argparse.Namespace) -> tuple[ImageQuery, ...]:
    """The pictures in the order given; a box belongs to the picture before it, or to the first."""
    given = list(getattr(options, "pictures", None) or [])
    paths = [value for kind, value in given if kind == "image"]
    if given and not paths:
        shown = box_text(given[0][1])
        raise QueryError(f"--box {shown} picks a part of a picture; give the picture by --image.")
    images: list[ImageQuery] = []
    early: list[Box] = []
    for kind, value in given:
        if kind == "image":
            images.append(ImageQuery(path=os.fsencode(os.path.abspath(value))))
        elif not images:
            early.append(value)
        elif images[-1].box is None:
            images[-1] = replace(images[-1], box=value)
        else:
            images.append(replace(images[-1], box=value))
    for box in early:
        if images[0].box is None:
            images[0] = replace(images[0], box=box)
        else:
            images.insert(1, replace(images[0], box=box))
    return tuple(images)


# ---------------------------------------------------------------- running


def _find(
    options: argparse.Namespace,
    query: Query,
    limit: int,
    loader: EncoderLoader,
    pool: PoolLike | None,
) -> _Found:
    directory, settings = library_dir(options), user_settings()
    with Library.open(directory, write=False) as library:
        if not library.n_photos():
            shown = display_path(os.fsencode(directory))
            raise LibraryError(f"The library in {shown} has no photos yet; index a folder first.")
        for hint in hints(query, library):
            print(hint, file=sys.stderr)
        encoder, searcher = _searcher(library, loader, _model_dirs(options, settings), settings)
        pictures = _decoded_pictures(query.images, pool)
        searcher.warm_up()
        started_s = time.monotonic()
        asked = searcher.encode(query, pictures)
        answer = searcher.refined if searcher.can_refine(asked) else searcher.first
        hits = answer(asked, limit).hits
        took_ms = (time.monotonic() - started_s) * 1000
        photos = library.photos([hit.photo_id for hit in hits])
    paths = {photo.id: photo.absolute_path for photo in photos}
    kept = tuple(hit for hit in hits if hit.photo_id in paths)
    return _Found(kept, paths, encoder.name, took_ms)


def _print_found(options: argparse.Namespace, asked: str, found: _Found) -> None:
    if not options.json:
        print_hits(found.hits, found.paths)
        return
    print_json(
        {
            "query": asked,
            "model": found.model,
            "took_ms": round(found.took_ms, 1),
            "results": [hit_dict(hit, found.paths[hit.photo_id]) for hit in found.hits],
        }
    )


def _searcher(
    library: Library, loader: EncoderLoader, model_dirs: Sequence[Path], settings: Settings
) -> tuple[EncoderLike, Searcher]:
    """The first of these models that the library's photos have vectors of, ready to search."""
    names = []
    for directory in model_dirs:
        encoder = loader(directory, settings)
        names.append(encoder.name)
        for model in library.models():
            if model.fingerprint == encoder.fingerprint and model.n_vectors:
                index = VectorIndex.open(library, model.id)
                regions = RegionIndex(library, model.id)
                return encoder, Searcher(library, index, regions, model.id, encoder)
    raise ModelError(
        f"The library's photos are not indexed with the model {names[0]}; index them first."
    )


def _decoded_pictures(images: Sequence[ImageQuery], pool: PoolLike | None) -> list[Picture | None]:
    """Decode the pictures; boxes come in pixels and leave in 0..1. None for a concept."""
    if all(image.path is None for image in images):
        return [None] * len(images)
    decoders = pool or DecoderPool(1)
    try:
        return [None if image.path is None else _picture(image, decoders) for image in images]
    finally:
        if pool is None:
            decoders.close()


def _picture(image: ImageQuery, decoders: PoolLike) -> Picture:
    assert image.path is not None
    reply = decoders.submit(PixelsRequest(image.path, QUERY_SIDE_PX), urgent=True).result()
    shown = display_path(image.path)
    if isinstance(reply, Refused):
        raise refusal_error(reply, shown)
    if not isinstance(reply, DecodedPixels):
        raise EngineError(f"{shown} cannot be read.")
    box = image.box
    if box is not None:
        box = _unit_box(box, reply.full_width_px, reply.full_height_px)
    return Picture(decoded_image(reply), box)


def _unit_box(box: Box, width_px: int, height_px: int) -> Box:
    x0, y0, x1, y1 = box
    if x1 > width_px or y1 > height_px:
        shown = box_text(box)
        raise BoxError(
            f"The box {shown} reaches outside the picture, which is {width_px} x {height_px}"
            f" pixels; give x up to {width_px} and y up to {height_px}.",
            box=shown,
        )
    return x0 / width_px, y0 / height_px, x1 / width_px, y1 / height_px


# ---------------------------------------------------------------- where things are


def user_settings() -> Settings:
    """Return the settings of the user who runs this."""
    return load_settings(default_config_dir() / SETTINGS_NAME)


def library_dir(options: argparse.Namespace) -> Path:
    """Return the library's folder: the one given, else the user's."""
    if options.library is not None:
        return Path(options.library)
    return choose_library(user_settings().library_dir)


def open_known(options: argparse.Namespace) -> Library:
    """Open the library for writing, if there is one.

    Raises:
        LibraryMissingError: the folder holds nothing of a library.
        LibraryError: it cannot be opened.
    """
    directory = library_dir(options)
    if not any(library_files(directory)):
        shown = display_path(os.fsencode(directory))
        raise LibraryMissingError(f"There is no library in {shown}.", directory=shown)
    return Library.open(directory, write=True)


def model_dir(options: argparse.Namespace, settings: Settings) -> Path:
    """Return the model's folder: the one given, else the chosen one, else the bundled one."""
    if options.model is not None:
        return Path(options.model)
    return choose_model(settings.model_dir)


def _model_dirs(options: argparse.Namespace, settings: Settings) -> list[Path]:
    """The chosen model, then the one that is searched with until that one is ready."""
    chosen = [model_dir(options, settings)]
    if options.model is None and settings.former_model_dir is not None:
        chosen.append(Path(settings.former_model_dir))
    return chosen
