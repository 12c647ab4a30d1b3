"""Public names exist and are explained."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

PACKAGES = ("app.core", "fgclip2")


def _modules(package: str) -> Iterator[ModuleType]:
    parent = importlib.import_module(package)
    yield parent
    for info in pkgutil.walk_packages(parent.__path__, package + "."):
        yield importlib.import_module(info.name)


@pytest.mark.parametrize("package", PACKAGES)
def test_names_in_all_exist(package: str) -> None:
    for module in _modules(package):
        for name in getattr(module, "__all__", ()):
            assert hasattr(module, name), f"{module.__name__}.{name}"


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_functions_and_classes_have_docstrings(package: str) -> None:
    """Messages and rows may be plain records: their module says what they are."""
    missing = []
    for module in _modules(package):
        if not module.__doc__ and Path(str(module.__file__)).stat().st_size > 0:
            missing.append(module.__name__)
        for name, value in vars(module).items():
            mine = getattr(value, "__module__", None) == module.__name__
            if name.startswith("_") or not mine or not inspect.isroutine(value):
                continue
            if not inspect.getdoc(value):
                missing.append(f"{module.__name__}.{name}")
    assert missing == []


def test_the_encoder_is_what_the_design_names() -> None:
    from fgclip2 import Encoder

    for name in ("load", "encode_images", "encode_texts", "encode_regions", "encode_dense"):
        assert callable(getattr(Encoder, name))
    assert "engine" in inspect.signature(Encoder.load).parameters
    assert inspect.signature(Encoder.encode_texts).parameters["mode"].default == "auto"
