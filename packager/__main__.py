"""``python -m packager build`` and ``check``: what ``make package`` and ``package-check`` run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from packager.errors import PackageError


def main() -> int:
    """Run one of the two; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m packager", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    build_options = commands.add_parser("build", help="make dist/ from build.spec")
    build_options.add_argument(
        "--update-document", action="store_true", help="write the sizes into docs/packaging.md"
    )
    check_options = commands.add_parser("check", help="use the package under Xvfb and judge it")
    check_options.add_argument("--screenshots", type=Path, help="folder for them")
    options = parser.parse_args()
    try:
        if options.command == "build":
            from packager.build import build

            return build(update_document=options.update_document)
        from packager.check import check, default_shots

        return check(options.screenshots or default_shots())
    except PackageError as error:
        print(f"packager: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
