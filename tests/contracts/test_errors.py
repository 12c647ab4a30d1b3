"""The error trees are what their module docstrings draw."""

from __future__ import annotations

import importlib
import inspect
import re

import pytest

ROOTS = {"app.core.errors": "AppError", "fgclip2.errors": "FgclipError"}


def _drawn(docstring: str, root: str) -> dict[str, str]:
    """Parents by class name, read from a tree drawn with ``├──`` and ``└──``."""
    parents: dict[str, str] = {}
    at_depth: list[str] = []
    for line in docstring.splitlines():
        found = re.match(r"^((?:[│ ]   )*)[├└]── (\w+)", line)
        if line.split(" ")[0] == root:
            at_depth = [root]
        elif found:
            depth = len(found[1]) // 4 + 1
            at_depth = [*at_depth[:depth], found[2]]
            parents[found[2]] = at_depth[depth - 1]
    return parents


@pytest.mark.parametrize("module", sorted(ROOTS))
def test_tree_is_as_drawn(module: str) -> None:
    errors = importlib.import_module(module)
    classes = {
        name: kind
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if kind.__module__ == module
    }
    assert issubclass(classes.pop(ROOTS[module]), Exception)
    drawn = _drawn(errors.__doc__ or "", ROOTS[module])
    assert {name: kind.__mro__[1].__name__ for name, kind in classes.items()} == drawn
    assert all(kind.__doc__ for kind in classes.values())
