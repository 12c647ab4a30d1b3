"""The ablation in a very small form: every variant is trained, judged and told apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trainer import ablation
from trainer.ablation import COLUMNS, VARIANTS, recipe_of, run_ablation, table, write_page
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


def test_a_small_ablation_runs_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = {name: VARIANTS[name] for name in ("global only", "full")}
    monkeypatch.setattr(ablation, "VARIANTS", chosen)
    training, judging = SceneSource(40), SceneSource(3, VALIDATION_SPLIT)
    judged = [judging.scene(at) for at in range(3)]
    found = run_ablation(tmp_path, [3], 2, training, judged)
    assert found.keys() == chosen.keys()
    assert found["full"][3] != found["global only"][3]
    kept = tmp_path / "full-3" / "figures.json"
    content = json.loads(kept.read_text())
    kept.write_text(json.dumps(content | {"figures": {"en region top-1": 12.0}}))
    again = run_ablation(tmp_path, [3], 2, training, judged)
    assert again["full"][3] == {"en region top-1": 12.0}
    assert again["global only"] == found["global only"]
    with pytest.raises(CheckpointError, match="steps"):
        run_ablation(tmp_path, [3], 3, training, judged)


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
