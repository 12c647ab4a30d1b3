"""The size table of docs/packaging.md: which part takes how much."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from packager.components import Component
from packager.places import ROOT

DOCUMENT = ROOT / "docs" / "packaging.md"
_SMALLEST_MB = 0.8
_MARKS = ("<!-- sizes -->", "<!-- end of sizes -->")


def size_table(components: Sequence[Component], total_bytes: int, archive_bytes: int) -> str:
    """A Markdown table, largest first; small parts are one row."""
    rows = sorted(components, key=lambda each: -each.n_bytes)
    large = [each for each in rows if each.n_bytes >= _SMALLEST_MB * 1e6]
    rest = total_bytes - sum(each.n_bytes for each in large)
    lines = ["| part | MB |", "|---|---:|"]
    lines += [f"| {each.name} {each.version} | {each.n_bytes / 1e6:.1f} |" for each in large]
    lines.append(f"| everything else | {rest / 1e6:.1f} |")
    lines.append(f"| **unpacked** | **{total_bytes / 1e6:.1f}** |")
    lines.append(f"| **as .tar.xz** | **{archive_bytes / 1e6:.1f}** |")
    return "\n".join(lines)


def write_table(table: str, document: Path = DOCUMENT) -> None:
    """Put the table between its two marks in the document."""
    text = document.read_text(encoding="utf-8")
    start, end = _MARKS
    pattern = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    document.write_text(pattern.sub(lambda _: f"{start}\n{table}\n{end}", text), encoding="utf-8")
