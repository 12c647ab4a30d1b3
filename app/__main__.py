"""``python -m app``: the window; with a subcommand the same jobs without one.

Only the standard library is imported here, so that spawned processes and ``--help`` start at once.
"""

from __future__ import annotations

import gc
import os
import sys

COMMANDS = frozenset(
    {
        "index",
        "search",
        "export",
        "concept",
        "relink",
        "problems",
        "status",
        "backups",
        "restore",
        "models",
    }
)


def main(argv: list[str] | None = None) -> int:
    """Run the window, the command line or, without a display, the demonstration."""
    from multiprocessing import freeze_support

    freeze_support()
    _restore_library_path()
    _keep_products_on_one_thread()
    arguments = sys.argv[1:] if argv is None else argv
    wants_command = bool(arguments) and (
        arguments[0] in COMMANDS or not (_is_option(arguments[0]) or os.path.isdir(arguments[0]))
    )
    if wants_command or {"-h", "--help"} & set(arguments):
        try:
            from app import cli
        except KeyboardInterrupt:  # importing takes a moment
            print("Stopped before the end.", file=sys.stderr)
            return 1
        return cli.main(arguments)
    if has_display():
        gc.disable()  # until the window is built: nothing of what is made before is garbage
        from app.main import main as window_main

        return window_main(arguments)
    from app.demonstration import demonstrate

    return demonstrate(arguments)


def has_display() -> bool:
    """Whether a window can be shown here."""
    if os.environ.get("QT_QPA_PLATFORM") or sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _restore_library_path() -> None:
    """Let programs that the packaged application starts find their own libraries, not ours."""
    name = "LD_LIBRARY_PATH"
    if getattr(sys, "frozen", False) and name in os.environ:
        original = os.environ.pop(f"{name}_ORIG", None)
        if original is None:
            del os.environ[name]
        else:
            os.environ[name] = original


def _keep_products_on_one_thread() -> None:
    """Let NumPy use one thread for a product, here and in all processes that this one starts.

    Products are small here; a second thread waits longer for its turn than it works while the
    encoder uses all cores: the regions of a photo then take a quarter of the time.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _is_option(argument: str) -> bool:
    return argument.startswith("-")


if __name__ == "__main__":
    sys.exit(main())
