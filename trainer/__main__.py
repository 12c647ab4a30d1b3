"""``python -m trainer``: train a recipe, evaluate a model, export a checkpoint."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from fgclip2.errors import FgclipError
from trainer.errors import RecipeError, TrainerError, printable

Job = Callable[[], None]


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when it ran, 1 with a sentence on stderr when it could not. Wrong arguments raise
        ``SystemExit(2)``, with a sentence as well. Of several processes under torchrun the first
        one alone says what all of them find. SIGTERM ends the process, after what Ctrl-C does.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    read_command = _COMMANDS.get(given[0]) if given else None
    job = read_command(given[1:]) if read_command else _training(given)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    try:
        with _interrupted_by_sigterm():
            job()
    except (TrainerError, FgclipError) as error:
        return _failed(str(error))
    except OSError as error:
        return _failed(f"{error}; check the path, its rights and the space left")
    except KeyboardInterrupt as interrupt:
        if _is_first_process():
            _failed("interrupted; a run goes on from its newest checkpoint with --resume")
        if isinstance(interrupt, _Terminated):
            signal.raise_signal(signal.SIGTERM)  # as whoever sent it expects
        return 1
    return 0


class _Parser(argparse.ArgumentParser):
    """Under torchrun all processes have the same arguments; the first one alone speaks of them."""

    def _print_message(self, message: str, file: IO[str] | None = None) -> None:
        if _is_first_process():
            super()._print_message(message, file)


class _Terminated(KeyboardInterrupt):
    """SIGTERM has come."""


@contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    """SIGTERM interrupts what is done within it; a second one ends the process at once."""

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        signal.signal(number, before)
        raise _Terminated

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _training(given: list[str]) -> Job:
    from trainer.recipes import resolve

    parser = _Parser(
        prog="python -m trainer",
        description="Train a recipe. Other commands: evaluate, export (each with --help).",
    )
    parser.add_argument("--recipe", required=True, help="name of the recipe, for example tiny")
    parser.add_argument("--out", required=True, type=Path, help="folder of the run")
    parser.add_argument("--resume", action="store_true", help="go on from the newest checkpoint")
    parser.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="change a recipe field"
    )
    parser.add_argument("--stop-after", type=_count, metavar="STEPS", help="pause after that step")
    options = parser.parse_args(given)
    try:
        recipe = resolve(options.recipe, options.set)
    except RecipeError as error:
        _refuse(parser, str(error))

    def run() -> None:
        from trainer.loop import train

        folder = train(recipe, options.out, options.resume, options.stop_after)
        if _is_first_process():
            print(folder)

    return run


def _evaluation(given: list[str]) -> Job:
    from trainer.evaluation.tasks import TASKS

    parser = _Parser(prog="python -m trainer evaluate")
    parser.add_argument("--task", required=True, choices=sorted(TASKS))
    parser.add_argument("--model", required=True, type=Path, help="model directory")
    parser.add_argument("--data", type=Path, help="folder of the data set (scenes are drawn)")
    parser.add_argument("--patches", type=_count, help="budget (default: the protocol's)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(given)
    task = TASKS[options.task]
    if options.data is None and task.needs_data:
        _refuse(parser, "--data is missing: name the folder of the data set")

    def run() -> None:
        figures = task.figures(options.model, options.data or Path(), options.patches)
        if options.json:
            print(json.dumps(figures))
            return
        for name, value in figures.items():
            print(f"{name:<36} {value:8.2f}")

    return run


def _exporting(given: list[str]) -> Job:
    parser = _Parser(prog="python -m trainer export")
    parser.add_argument("--checkpoint", required=True, type=Path, help="a run or its checkpoint")
    parser.add_argument("--out", required=True, type=Path, help="the model directory")
    options = parser.parse_args(given)

    def run() -> None:
        from trainer.export import export

        export(options.checkpoint, options.out)

    return run


_COMMANDS: dict[str, Callable[[list[str]], Job]] = {"evaluate": _evaluation, "export": _exporting}


def _is_first_process() -> bool:
    """Whether this is the process of a run, or the one of torchrun's, that speaks for all."""
    return os.environ.get("WORLD_SIZE", "1") == "1" or os.environ.get("RANK", "0") == "0"


def _count(text: str) -> int:
    """An argument that is a number of at least 1."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of at least 1")
    return value


def _refuse(parser: argparse.ArgumentParser, sentence: str) -> NoReturn:
    """End as argparse does for wrong arguments, without its reminder of all of them."""
    parser.exit(2, f"trainer: {sentence}\n")


def _failed(sentence: str) -> int:
    print(f"trainer: {printable(sentence)}", file=sys.stderr)  # names may hold anything
    return 1


if __name__ == "__main__":
    sys.exit(main())
