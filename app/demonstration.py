"""What ``python -m app`` does without a display: the same job in the terminal."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from app import cli
from app.cli_output import fail, make_output_safe
from app.core.paths import default_library_dir, demo_album_dir, display_path
from app.worker.decoder_pool import PoolLike
from app.worker.encoding import load_encoder
from app.worker.engine import EncoderLoader

_QUERIES = ("three penguins in the snow", "蓝色的沙发")
_N_HITS = "3"


def demonstrate(
    argv: Sequence[str],
    *,
    loader: EncoderLoader = load_encoder,
    pool: PoolLike | None = None,
) -> int:
    """What ``python -m app`` does without a display: index the demo album and search it.

    Returns:
        0, or 1 with a sentence on stderr when the demonstration cannot run.
    """
    make_output_safe()
    parser = argparse.ArgumentParser(prog="python -m app", description="Demonstration of Finelens")
    parser.add_argument("--library", type=Path, metavar="DIR")
    parser.add_argument("--model", type=Path, metavar="DIR")
    options = parser.parse_args(argv)
    album = demo_album_dir()
    shown = display_path(os.fsencode(album))
    if not album.is_dir():
        return fail(f"The demo album is missing: {shown}.")
    chosen = ["--library", str(options.library or default_library_dir())]
    if options.model is not None:
        chosen += ["--model", str(options.model)]
    print("There is no display here, so Finelens shows itself in the terminal.\n")
    print(f"Indexing the demo album {shown}")
    code = cli.main(["index", str(album), *chosen], loader=loader, pool=pool)
    for query in _QUERIES:
        if code == 0:
            print(f'\nSearching for "{query}"')
            search = ["search", query, "--limit", _N_HITS, *chosen]
            code = cli.main(search, loader=loader, pool=pool)
    if code == 0:
        print(
            "\nTo open the window, run the same command where there is a display (on a desktop, or"
            "\nwith DISPLAY or WAYLAND_DISPLAY set). All commands: python -m app --help"
        )
    return code
