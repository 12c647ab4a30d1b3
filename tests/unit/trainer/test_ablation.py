"""The ablation in a very small form: every variant is trained, judged and told apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trainer import ablation
from trainer.ablation import COLUMNS, VARIANTS, recipe_of, run_variant, table, write_page
from trainer.data.scene_source import SceneSource
from trainer.errors import CheckpointError, DataError
from trainer.evaluation.scenes import VALIDATION_SPLIT


def test_variants_differ_in_their_objectives_alone() -> None:
    recipes = {name: json.loads(recipe_of(name, 1, 10, 20).to_json()) for name in VARIANTS}
    full = recipes["full"]
    assert full["objectives"]["rank"] > 0
    for recipe in recipes.values():
        changed = {key for key, value in recipe.items() if value != full[key]}
        assert changed <= {"name", "objectives", "stage"}
    without = {name: set(full["objectives"]) - set(r["objectives"]) for name, r in recipes.items()}
    assert without["without CMR"] == {"rank"}
    assert without["without TIC"] == {"text"}
    assert without["global only"] == {"region", "pair", "text", "rank"}


def test_a_run_is_judged_and_not_repeated(tmp_path: Path) -> None:
    training, judging = SceneSource(40), SceneSource(3, VALIDATION_SPLIT)
    judged = [judging.scene(at) for at in range(3)]

    def run(variant: str, steps: int) -> dict[str, float]:
        return run_variant(tmp_path, variant, 3, steps, training, judged)

    assert run("full", 2) != run("global only", 2)
    kept = tmp_path / "full-3" / "figures.json"
    content = json.loads(kept.read_text())
    kept.write_text(json.dumps(content | {"figures": {"en region top-1": 12.0}}))
    assert run("full", 2) == {"en region top-1": 12.0}
    with pytest.raises(CheckpointError, match="steps"):
        run("full", 3)


def test_runs_of_several_processes_are_put_in_one_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"{language} {name}" for name in COLUMNS.values() for language in ("en", "zh")]
    for number, variant in enumerate(VARIANTS):
        folder = tmp_path / f"{variant.removeprefix('+ ').replace(' ', '-')}-3"
        folder.mkdir()
        content = {
            "recipe": json.loads(recipe_of(variant, 3, 2, 40).to_json()),
            "figures": dict.fromkeys(names, float(number)),
            "core_minutes": 2.0,
        }
        (folder / "figures.json").write_text(json.dumps(content))
    sizes = ["--steps", "2", "--scenes", "40", "--judged", "1", "--seeds", "3"]
    assert ablation.main(["--out", str(tmp_path), *sizes]) == 0
    shown = capsys.readouterr().out.splitlines()
    for number, variant in enumerate(VARIANTS):
        assert shown[2 + number].startswith(f"| {variant} | {number}.0 |")
    assert shown[-1].endswith("12 core-minutes.")


def test_the_table_has_means_over_the_seeds(tmp_path: Path) -> None:
    names = [f"{language} {name}" for name in COLUMNS.values() for language in ("en", "zh")]
    text = table({"full": {0: dict.fromkeys(names, 10.0), 1: dict.fromkeys(names, 20.0)}})
    assert text.splitlines()[2].count("15.0 ± 7.1") == len(names)
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- figures: written by trainer.ablation -->\nold\n"
                    "<!-- end of figures -->\nafter\n")  # fmt: skip
    write_page(page, text)
    write_page(page, text)
    content = page.read_text()
    assert content.startswith("before\n")
    assert content.endswith("\nafter\n")
    assert "old" not in content
    assert content.count(text) == 1
    page.write_text("nothing")
    with pytest.raises(DataError, match="no place"):
        write_page(page, text)


def test_a_page_without_a_place_is_refused_before_the_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing", encoding="utf-8")
    for wrong in (page, tmp_path / "missing.md"):
        assert ablation.main(["--out", str(tmp_path / "runs"), "--page", str(wrong)]) == 1
        assert str(wrong) in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()
