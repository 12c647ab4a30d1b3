"""The command line: the engine's jobs without a window. What it writes: ``cli_output``."""

from __future__ import annotations

import argparse
import dataclasses
import logging
import os
import re
import sys
from collections.abc import Sequence
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from app import cli_models
from app.cli_output import (
    Watcher,
    drop_output,
    fail,
    index_result,
    make_output_safe,
    output_refusal,
    print_backups,
    print_index,
    print_json,
    print_status,
    problem_dict,
    problem_line,
)
from app.cli_search import (
    add_search_commands,
    library_dir,
    model_dir,
    open_known,
    run_concept,
    run_export,
    run_search,
    user_settings,
)
from app.core.errors import AppError, EngineError, LibraryError, QueryError
from app.core.library import Library
from app.core.messages import (
    CancelJob,
    IndexFinished,
    StartIndex,
)
from app.core.paths import (
    display_path,
)
from app.worker.decoder_pool import PoolLike
from app.worker.encoding import load_encoder
from app.worker.engine import EncoderLoader, Engine

logger = logging.getLogger(__name__)
# "-cars" as a query; options of one letter and of two dashes are none.
_EXCLUSION = re.compile(r"-(?:[^\W\d_]{2,}|[^\W\d_a-zA-Z]+)")

_DEFAULT_LIMIT = 20
_WAIT_S = 0.1


class _Parser(argparse.ArgumentParser):
    def print_help(self, file: Any = None) -> None:
        """Write the help now; argparse alone passes over what hinders it."""
        print(self.format_help(), end="", file=file, flush=True)


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
    run = {"index": _index, "problems": _problems, "status": _status, "relink": _relink}
    run |= {"search": run_search, "export": run_export, "concept": run_concept}
    run |= {"backups": _backups, "restore": _restore, "models": _models}
    try:
        options = parser.parse_args(_with_exclusions(argv))
        code = run[options.command](options, loader, pool)
        sys.stdout.flush()  # what cannot be written is known here
        return code
    except QueryError as error:
        parser.error(str(error))
    except AppError as error:
        return fail(str(error))
    except KeyboardInterrupt:
        return fail("Stopped before the end.")
    except BrokenPipeError:
        drop_output()
        return 1
    except Exception as error:
        if refusal := output_refusal(error):
            drop_output()
            return fail(
                f"The output cannot be written: {refusal}. Make room or write it elsewhere."
            )
        logger.debug("unexpected", exc_info=True)
        return fail(f"This should not have happened: {type(error).__name__}: {error}")


def _with_exclusions(argv: Sequence[str]) -> list[str]:
    """Return arguments in which "-word" is words: a space before it shows that it is no option."""
    return [f" {each}" if _EXCLUSION.fullmatch(each) else each for each in argv]


def _parser() -> argparse.ArgumentParser:
    program = "finelens" if getattr(sys, "frozen", False) else "python -m app"
    parser = _Parser(
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
    add_search_commands(commands, [shared, model])
    relink = commands.add_parser(
        "relink", parents=[shared], help="say that a folder of the library lies elsewhere now"
    )
    relink.add_argument("old", metavar="OLD", help="the folder as the library knows it")
    relink.add_argument("new", metavar="NEW", help="where it is now")
    cli_models.add_parser(commands)
    commands.add_parser("problems", parents=[shared], help="list files that could not be used")
    commands.add_parser("status", parents=[shared], help="say what the library holds")
    commands.add_parser(
        "backups", parents=[shared], help="list the good backups of ratings, albums and tags"
    )
    restore = commands.add_parser(
        "restore", parents=[shared], help="bring ratings, albums and tags back from a backup"
    )
    restore.add_argument("name", metavar="NAME", help="of a backup; see: backups")
    return parser


# ---------------------------------------------------------------- index


def _index(options: argparse.Namespace, loader: EncoderLoader, pool: PoolLike | None) -> int:
    roots = tuple(os.fsencode(os.path.abspath(directory)) for directory in options.directories)
    watcher = Watcher(sys.stderr)
    settings = user_settings()
    engine = Engine(
        settings,
        library_dir(options),
        model_dir(options, settings),
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
    while watcher.finished is None and watcher.failed is None and not engine.stopping:
        try:
            if not engine.step():
                wait([engine.waker.reader], _WAIT_S)
        except KeyboardInterrupt:
            engine.receive(CancelJob(job_id))
    if watcher.finished is None:
        if watcher.failed is None:
            raise LibraryError(
                "The library turned out to be damaged. Run this once more: it is set aside then,"
                " and what people said about photos is carried over."
            )
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


# ---------------------------------------------------------------- relink, problems, status


def _relink(options: argparse.Namespace, loader: EncoderLoader, pool: PoolLike | None) -> int:
    old = os.fsencode(os.path.abspath(options.old))
    with open_known(options) as library:
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
    with Library.open(library_dir(options), write=False) as library:
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
    with Library.open(library_dir(options), write=False) as library:
        status = library.status()
    if options.json:
        print_json(status)
        return 0
    print_status(status)
    return 0


def _models(options: argparse.Namespace, loader: EncoderLoader, pool: PoolLike | None) -> int:
    return cli_models.run(options)


def _backups(options: argparse.Namespace, loader: EncoderLoader, pool: PoolLike | None) -> int:
    with Library.open(library_dir(options), write=False) as library:
        backups = library.backups()
    if options.json:
        print_json({"backups": [dataclasses.asdict(backup) for backup in backups]})
    else:
        print_backups(backups)
    return 0


def _restore(options: argparse.Namespace, loader: EncoderLoader, pool: PoolLike | None) -> int:
    with open_known(options) as library:
        library.restore(options.name)
    if options.json:
        print_json({"restored": options.name})
    else:
        print(f"Ratings, albums and tags are those of {options.name} now.")
    return 0
