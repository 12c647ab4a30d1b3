"""Whether the battery is in use, read from made-up lists of the kernel."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.power import draws_from_battery

BATTERY = {"type": "Battery", "status": "Discharging"}
MOUSE = {**BATTERY, "scope": "Device"}


@pytest.mark.parametrize(
    ("supplies", "expected"),
    [
        ({}, False),
        ({"BAT0": BATTERY}, True),
        ({"BAT0": {**BATTERY, "status": "Charging"}}, False),
        ({"BAT0": BATTERY, "AC": {"type": "Mains", "online": "0"}}, True),
        ({"BAT0": BATTERY, "AC": {"type": "Mains", "online": "1"}}, False),
        ({"BAT0": BATTERY, "ucsi": {"type": "USB", "online": "1"}}, False),
        ({"mouse": MOUSE}, False),
        ({"mouse": MOUSE, "BAT1": BATTERY}, True),
        ({"odd": {}}, False),
    ],
)
def test_supplies(tmp_path: Path, supplies: dict[str, dict[str, str]], expected: bool) -> None:
    for name, facts in supplies.items():
        (tmp_path / name).mkdir()
        for fact, value in facts.items():
            (tmp_path / name / fact).write_text(value + "\n")
    assert draws_from_battery(tmp_path) is expected


def test_a_machine_without_such_a_list_has_no_battery(tmp_path: Path) -> None:
    assert draws_from_battery(tmp_path / "none") is False
