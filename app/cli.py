"""The command line: the engine's jobs without a window. What it writes: ``cli_output``."""

from __future__ import annotations

import argparse
import logging
import math
import os
import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING

from app import cli_models
from app.cli_output import (
    Watcher,
    fail,
    hit_dict,
    index_result,
    make_output_safe,
    print_hits,
    print_index,
    print_json,
    print_status,
    problem_dict,
    problem_line,
)
from app.core.errors import AppError, EngineError, LibraryError, ModelError, QueryError
from app.core.library import Library
from app.core.library.vector_index import VectorIndex
from app.core.messages import (
    Box,
    CancelJob,
    ImageQuery,
    IndexFinished,
    Search,
    StartIndex,
)
from app.core.models import choose_model
from app.core.paths import (
    choose_library,
    default_config_dir,
    display_path,
)
from app.core.settings import SETTINGS_NAME, Settings, load_settings
from app.worker.decode_messages import DecodedPixels, PixelsRequest, Refused
from app.worker.decoder_pool import DecoderPool, PoolLike
from app.worker.encoding import EncoderLike, load_encoder, patch_budget
from app.worker.engine import EncoderLoader, Engine
from app.worker.failures import refusal_error
from app.worker.searcher import QUERY_SIDE_PX, Searcher, check_question

if TYPE_CHECKING:
    from PIL.Image import Image

logger = logging.getLogger(__name__)

_DEFAULT_LIMIT = 20
_WAIT_S = 0.1


def main(
    argv: Sequence[str],
    *,
    loader: EncoderLoader = load_encoder,
    pool: PoolLike | None = None,
) -> int:
    """Run one subcommand.

    Args:
        argv: without the program's name.
        loader: makes the encoder; tests bring a cheap one.
        pool: decodes; tests bring an inline one.

    Returns:
        0 when the job ran, 1 when it could not run. Wrong arguments raise ``SystemExit(2)``.
    """
    make_output_safe()
    parser = _parser()
    options = parser.parse_args(argv)
    run = {"index": _index, "search": _search, "problems": _problems, "status": _status}
    run |= {"relink": _relink, "models": _models}
    try:
        return run[options.command](options, loader, pool)
    except QueryError as error:
        parser.error(str(error))
    except AppError as error:
        return fail(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        logger.debug("unexpected", exc_info=True)
        return fail(f"This should not have happened: {type(error).__name__}: {error}")


def _parser() -> argparse.ArgumentParser:
    program = "finelens" if getattr(sys, "frozen", False) else "python -m app"
    parser = argparse.ArgumentParser(
        prog=program,
        description="Finelens finds photos by sentences and by pictures, on your own machine."
        " Without a command it opens the window.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--library", type=Path, metavar="DIR", help="folder of the library")
    shared.add_argument("--json", action="store_true", help="print one JSON object")
    model = argparse.ArgumentParser(add_help=False)
    model.add_argument("--model", type=Path, metavar="DIR", help="folder of the model")

    index = commands.add_parser(
        "index", parents=[shared, model], help="add folders and make their photos searchable"
    )
    index.add_argument("directories", nargs="+", metavar="DIR")
    search = commands.add_parser(
        "search", parents=[shared, model], help="find photos by words, by a picture, or by both"
    )
    search.add_argument("query", metavar="QUERY", help='what to look for; may be "" with --image')
    search.add_argument("--limit", type=_positive, default=_DEFAULT_LIMIT, metavar="N")
    search.add_argument("--image", type=Path, metavar="FILE", help="a picture to search by")
    search.add_argument(
        "--box", type=_pixel_box, metavar="x0,y0,x1,y1", help="part of the picture, in pixels"
    )
    relink = commands.add_parser(
        "relink", parents=[shared], help="say that a folder of the library lies elsewhere now"
    )
    relink.add_argument("old", metavar="OLD", help="the folder as the library knows it")
    relink.add_argument("new", metavar="NEW", help="where it is now")
    cli_models.add_parser(commands)
    commands.add_parser("problems", parents=[shared], help="list files that could not be used")
    commands.add_parser("status", parents=[shared], help="say what the library holds")
    return parser


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _pixel_box(text: str) -> tuple[float, float, float, float]:
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
    return x0, y0, x1, y1


# ---------------------------------------------------------------- index


def _index(options: argparse.Namespace, loader: EncoderLoader, pool: PoolLike | None) -> int:
    roots = tuple(os.fsencode(os.path.abspath(directory)) for directory in options.directories)
    watcher = Watcher(sys.stderr)
    settings = _settings()
    engine = Engine(
        settings,
        _library_dir(options),
        _model_dir(options, settings),
        watcher.receive,
        loader=loader,
        pool=pool,
    )
    try:
        engine.start()
        finished = _run_index(engine, watcher, roots)
        problems = _problem_list(engine.library, finished, roots)
    finally:
        watcher.clear_line()
        engine.close()
    if options.json:
        print_json(index_result(finished, problems))
    else:
        print_index(finished, problems)
    if finished.cancelled:
        return fail("Stopped before the end; what was indexed is kept.")
    return 0


def _run_index(engine: Engine, watcher: Watcher, roots: tuple[bytes, ...]) -> IndexFinished:
    """Drive the engine until the job ended; Ctrl+C ends it early but whole."""
    job_id = 1
    engine.receive(StartIndex(job_id, roots))
    while watcher.finished is None and watcher.failed is None:
        try:
            if not engine.step():
                wait([engine.waker.reader], _WAIT_S)
        except KeyboardInterrupt:
            engine.receive(CancelJob(job_id))
    if watcher.finished is None:
        assert watcher.failed is not None
        raise EngineError(watcher.failed.message)
    return watcher.finished


def _problem_list(
    library: Library, finished: IndexFinished, roots: tuple[bytes, ...]
) -> list[dict[str, str]]:
    """The problems of the indexed folders with paths that lead back to the files."""
    if not finished.problems:
        return []
    wanted = {os.path.realpath(root) for root in roots}
    return [
        problem_dict(problem.absolute_path, problem.reason, problem.detail)
        for problem in library.problems()
        if os.path.realpath(problem.root_path) in wanted
    ]


# ---------------------------------------------------------------- search


def _search(options: argparse.Namespace, loader: EncoderLoader, pool: PoolLike | None) -> int:
    if options.box is not None and options.image is None:
        raise QueryError("--box picks a part of a picture: it needs --image")
    query = None
    if options.image is not None:
        query = ImageQuery(path=os.fsencode(os.path.abspath(options.image)))
    check_question(options.query, query)
    directory = _library_dir(options)
    settings = _settings()
    with Library.open(directory, write=False) as library:
        if not library.n_photos():
            shown = display_path(os.fsencode(directory))
            raise LibraryError(f"The library in {shown} has no photos yet; index a folder first.")
        encoder, searcher = _searcher(library, loader, _model_dirs(options, settings), settings)
        image = None if query is None else _query_image(query, options.box, pool)
        searcher.warm_up()
        started_s = time.monotonic()
        hits = searcher.search(Search(1, options.query, query, options.limit), image)
        took_ms = (time.monotonic() - started_s) * 1000
        paths = {
            photo.id: photo.absolute_path for photo in library.photos([h.photo_id for h in hits])
        }
    hits = tuple(hit for hit in hits if hit.photo_id in paths)
    if options.json:
        results = [hit_dict(hit, paths[hit.photo_id]) for hit in hits]
        print_json(
            {
                "query": options.query,
                "model": encoder.name,
                "took_ms": round(took_ms, 1),
                "results": results,
            }
        )
    else:
        print_hits(hits, paths)
    return 0


def _searcher(
    library: Library, loader: EncoderLoader, model_dirs: list[Path], settings: Settings
) -> tuple[EncoderLike, Searcher]:
    """The first of these models that the library's photos have vectors of, ready to search."""
    names = []
    for model_dir in model_dirs:
        encoder = loader(model_dir, settings)
        names.append(encoder.name)
        for model in library.models():
            if model.fingerprint == encoder.fingerprint and model.n_vectors:
                index = VectorIndex.open(library, model.id)
                return encoder, Searcher(library, index, encoder, patch_budget(encoder, settings))
    raise ModelError(
        f"The library's photos are not indexed with the model {names[0]}; index them first."
    )


def _query_image(query: ImageQuery, pixel_box: Box | None, pool: PoolLike | None) -> Image:
    """The query picture, cut to its box."""
    from PIL import Image

    assert query.path is not None
    decoders = pool or DecoderPool(1)
    try:
        box = None
        if pixel_box is not None:
            whole = _decoded(decoders, PixelsRequest(query.path, 64))
            box = _unit_box(pixel_box, whole.full_width_px, whole.full_height_px)
        pixels = _decoded(decoders, PixelsRequest(query.path, QUERY_SIDE_PX, box))
    finally:
        if pool is None:
            decoders.close()
    return Image.frombytes("RGB", (pixels.width_px, pixels.height_px), pixels.pixels)


def _decoded(pool: PoolLike, request: PixelsRequest) -> DecodedPixels:
    reply = pool.submit(request, urgent=True).result()
    if isinstance(reply, DecodedPixels):
        return reply
    shown = display_path(request.path)
    if isinstance(reply, Refused):
        raise refusal_error(reply, shown)
    raise EngineError(f"{shown} cannot be read.")


def _unit_box(box: Box, width_px: int, height_px: int) -> Box:
    x0, y0, x1, y1 = box
    if x1 > width_px or y1 > height_px:
        shown = ",".join(f"{number:g}" for number in box)
        raise QueryError(
            f"the box {shown} reaches outside the picture, which is {width_px} x {height_px} pixels"
        )
    return x0 / width_px, y0 / height_px, x1 / width_px, y1 / height_px


# ---------------------------------------------------------------- relink, problems, status


def _relink(options: argparse.Namespace, loader: EncoderLoader, pool: PoolLike | None) -> int:
    old = os.fsencode(os.path.abspath(options.old))
    with Library.open(_library_dir(options), write=True) as library:
        for root in library.roots():
            if root.path == old:
                moved = library.relink_root(root.id, os.fsencode(os.path.abspath(options.new)))
                break
        else:
            raise LibraryError(f"The library has no folder {display_path(old)}; see: status.")
    if options.json:
        print_json({"path": os.fsdecode(moved.path), "photos": moved.n_photos})
    else:
        print(f"{moved.n_photos:,} photos are in {moved.display} now.")
    return 0


def _problems(options: argparse.Namespace, loader: EncoderLoader, pool: PoolLike | None) -> int:
    with Library.open(_library_dir(options), write=False) as library:
        problems = [
            problem_dict(problem.absolute_path, problem.reason, problem.detail)
            for problem in library.problems()
        ]
    if options.json:
        print_json({"problems": problems})
        return 0
    for problem in problems:
        print(problem_line(problem))
    if not problems:
        print("No problems.")
    return 0


def _status(options: argparse.Namespace, loader: EncoderLoader, pool: PoolLike | None) -> int:
    with Library.open(_library_dir(options), write=False) as library:
        status = library.status()
    if options.json:
        print_json(status)
        return 0
    print_status(status)
    return 0


def _models(options: argparse.Namespace, loader: EncoderLoader, pool: PoolLike | None) -> int:
    return cli_models.run(options)


# ---------------------------------------------------------------- shared pieces


def _settings() -> Settings:
    return load_settings(default_config_dir() / SETTINGS_NAME)


def _library_dir(options: argparse.Namespace) -> Path:
    if options.library is not None:
        return Path(options.library)
    return choose_library(_settings().library_dir)


def _model_dir(options: argparse.Namespace, settings: Settings) -> Path:
    if options.model is not None:
        return Path(options.model)
    return choose_model(settings.model_dir)


def _model_dirs(options: argparse.Namespace, settings: Settings) -> list[Path]:
    """The chosen model, then the one that is searched with until that one is ready."""
    chosen = [_model_dir(options, settings)]
    if options.model is None and settings.former_model_dir is not None:
        chosen.append(Path(settings.former_model_dir))
    return chosen
