"""The library: photos, vectors and what people made of them, kept in SQLite.

``Library`` is imported when it is first asked for: whoever needs only the rows does not load the
database code before the window has painted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.core.library.library import Library

__all__ = ["Library"]


def __getattr__(name: str) -> object:
    if name == "Library":
        from app.core.library.library import Library

        return Library
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
