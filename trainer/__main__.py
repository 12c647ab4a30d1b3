"""``python -m trainer``: train a recipe, evaluate a model, export a checkpoint."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path

from fgclip2.errors import FgclipError
from trainer.errors import TrainerError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it ran, 1 with a sentence on stderr when it could not."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in ("evaluate", "export"):
        parser, run = _PARSERS[given[0]]
        options = parser().parse_args(given[1:])
    else:
        options, run = _train_parser().parse_args(given), _train
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    try:
        run(options)
    except (TrainerError, FgclipError) as error:
        print(f"trainer: {error}", file=sys.stderr)
        return 1
    return 0


def _train_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m trainer",
        description="Train a recipe. Other commands: evaluate, export (each with --help).",
    )
    parser.add_argument("--recipe", required=True, help="name of the recipe, for example tiny")
    parser.add_argument("--out", required=True, type=Path, help="folder of the run")
    parser.add_argument("--resume", action="store_true", help="go on from the newest checkpoint")
    parser.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="change a recipe field"
    )
    parser.add_argument("--stop-after", type=int, metavar="STEPS", help="pause after that step")
    return parser


def _evaluate_parser() -> argparse.ArgumentParser:
    from trainer.evaluation.tasks import TASKS

    parser = argparse.ArgumentParser(prog="python -m trainer evaluate")
    parser.add_argument("--task", required=True, choices=sorted(TASKS))
    parser.add_argument("--model", required=True, type=Path, help="model directory")
    parser.add_argument("--data", type=Path, help="folder of the data set (scenes are drawn)")
    parser.add_argument("--patches", type=int, help="budget (default: the protocol's)")
    parser.add_argument("--json", action="store_true")
    return parser


def _export_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m trainer export")
    parser.add_argument("--checkpoint", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    return parser


def _train(options: argparse.Namespace) -> None:
    from trainer.loop import train
    from trainer.recipes import resolve

    recipe = resolve(options.recipe, options.set)
    print(train(recipe, options.out, options.resume, options.stop_after))


def _evaluate(options: argparse.Namespace) -> None:
    from trainer.evaluation.tasks import TASKS

    figures = TASKS[options.task].figures(options.model, options.data, options.patches)
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:<36} {value:8.2f}")


def _export(options: argparse.Namespace) -> None:
    from trainer.export import export

    export(options.checkpoint, options.out)


_PARSERS = {"evaluate": (_evaluate_parser, _evaluate), "export": (_export_parser, _export)}

if __name__ == "__main__":
    sys.exit(main())
