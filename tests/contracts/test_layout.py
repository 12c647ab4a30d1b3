"""The shape of the source tree: sizes, names, no traces of a machine, commands that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("app", "fgclip2", "trainer", "scripts", "benchmarks", "packager", "tests")
TEXT_FOLDERS = (*FOLDERS, "docs", "resources", ".ci")
TEXT_ENDINGS = {".py", ".md", ".toml", ".txt", ".json", ".ts", ".svg", ".jsonl", ".spec", ""}
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60
VAGUE_NAMES = {"utils", "util", "common", "misc", "helpers", "helper"}


def _python_files() -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def _text_files() -> list[Path]:
    found = [path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXT_ENDINGS]
    for folder in TEXT_FOLDERS:
        found += [
            path
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and path.suffix in TEXT_ENDINGS and "__pycache__" not in path.parts
        ]
    return found


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_files_are_short() -> None:
    lengths = {_name(path): path.read_bytes().count(b"\n") for path in _python_files()}
    assert {name: n for name, n in lengths.items() if n > MAX_FILE_LINES} == {}


def test_functions_are_short() -> None:
    long = {}
    for path in _python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                n_lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if n_lines > MAX_FUNCTION_LINES:
                    long[f"{_name(path)}:{node.name}"] = n_lines
    assert long == {}


def test_modules_have_telling_names() -> None:
    assert [_name(path) for path in _python_files() if path.stem in VAGUE_NAMES] == []


def test_test_files_have_unique_names() -> None:
    stems = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted({name for name in stems if stems.count(name) > 1}) == []


def test_no_machine_paths_and_no_registry_hosts() -> None:
    places = r"(?<![\w./~$}-])/(?:home|Users|root|work|workspace|opt|tmp/[a-z])/[\w.]"
    hosts = r"\b(?:pypi|pythonhosted|download\.pytorch)\.org\b"
    wrong = re.compile(f"{places}|{hosts}")
    found = []
    for path in _text_files():
        if path == Path(__file__).resolve():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if wrong.search(line) and "machine-path: allowed" not in line:
                found.append(f"{_name(path)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_no_pickled_weights_are_in_the_tree() -> None:
    endings = {".pt", ".pth", ".bin", ".pkl", ".pickle", ".ckpt"}
    kept = [path for name in ("resources", "tests", "fgclip2") for path in (ROOT / name).rglob("*")]
    assert [_name(path) for path in kept if path.suffix in endings] == []


def test_commands_of_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    documents = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    wanted: dict[str, str] = {}
    for path in documents:
        text = path.read_text(encoding="utf-8")
        code = re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)
        for target in re.findall(r"\bmake ([a-z][a-z-]*)", "\n".join(code)):
            wanted[target] = _name(path)
        for script in re.findall(r"\b((?:scripts|benchmarks)/\w+\.py)\b", text):
            assert (ROOT / script).exists(), f"{_name(path)} names {script}"
    assert {"run", "test"} <= set(wanted), "README.md names the two commands"
    assert set(wanted) <= targets


def test_relative_links_of_the_documents_lead_somewhere() -> None:
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith("mailto:"):
                assert (path.parent / target).exists(), f"{_name(path)} links to {target}"
