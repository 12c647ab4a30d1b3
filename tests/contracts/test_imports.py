"""Who may import whom: the contracts of pyproject.toml, and what import-linter cannot say."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWN = {"app", "fgclip2", "trainer", "scripts", "tests", "benchmarks", "packager"}


def _files(package: str) -> list[Path]:
    found = sorted((ROOT / package).rglob("*.py"))
    assert found, f"no modules below {package}"
    return found


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def _imports(path: Path, *, when_loaded: bool = False) -> Iterator[str]:
    """Dotted names a file imports: all of them, or those that run when the module is loaded."""
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        yield from _imported(node)
        if when_loaded and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if not _is_type_checking(node):
            waiting += ast.iter_child_nodes(node)


def _starts_with(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def _who_imports(package: str, name: str, *, when_loaded: bool = False) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in _files(package)
        if any(_starts_with(each, name) for each in _imports(path, when_loaded=when_loaded))
    }


def test_import_linter_contracts_hold() -> None:
    lint = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"
    done = subprocess.run(
        [sys.executable, "-c", lint], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_broken_contract_is_noticed(tmp_path: Path) -> None:
    for package in ("app", "fgclip2", "trainer"):
        for path in _files(package):
            copy = tmp_path / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (tmp_path / "app/core/bad.py").write_text("from PySide6.QtCore import QObject\n")
    lint = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"
    done = subprocess.run(
        [sys.executable, "-c", lint], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "app.core.bad" in done.stdout


def test_engine_link_uses_nothing_of_qt_but_qtcore() -> None:
    for path in _files("app/engine"):
        names = [name for name in _imports(path) if _starts_with(name, "PySide6")]
        wrong = [name for name in names if not _starts_with(name, "PySide6.QtCore")]
        assert not wrong, f"{path.name} imports {wrong}"


def test_entry_point_loads_the_standard_library_only() -> None:
    for name in _imports(ROOT / "app/__main__.py", when_loaded=True):
        assert name.split(".")[0] in {*sys.stdlib_module_names, "__future__"}, name


def test_worker_imports_fgclip2_inside_functions_only() -> None:
    assert not _who_imports("app/worker", "fgclip2", when_loaded=True)


def test_only_the_link_names_the_engine_process() -> None:
    naming = {
        str(path.relative_to(ROOT))
        for package in ("app", "trainer", "fgclip2")
        for path in _files(package)
        if "worker/" not in str(path)
        and any(_starts_with(name, "app.worker.main") for name in _imports(path))
    }
    assert naming <= {"app/engine/link.py"}


def test_only_torch_modules_of_fgclip2_load_torch() -> None:
    loading = _who_imports("fgclip2", "torch", when_loaded=True)
    assert all(Path(name).name.startswith("torch_") for name in loading), loading


def test_torch_distributed_is_imported_in_one_place() -> None:
    found = _who_imports("trainer", "torch.distributed") | _who_imports(
        "fgclip2", "torch.distributed"
    )
    assert found <= {"trainer/distributed.py"}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("package", ["app", "fgclip2", "trainer"])
def test_third_party_imports_are_declared(package: str) -> None:
    """What a package imports is in its set of pyproject.toml, not there by luck."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = list(project["dependencies"])
    if package in ("fgclip2", "trainer"):
        declared += project["optional-dependencies"]["trainer"]
    if package == "app":
        declared += project["optional-dependencies"]["raw"]
    known = {_normal(re.split(r"[<>=!~ \[]", line)[0]) for line in declared}
    owners = importlib.metadata.packages_distributions()
    for path in _files(package):
        for name in {name.split(".")[0] for name in _imports(path)}:
            if name in sys.stdlib_module_names or name in OWN or name == "__future__":
                continue
            found = {_normal(owner) for owner in owners.get(name, [name])}
            assert found & known, f"{path.relative_to(ROOT)} imports {name}: not declared"
