"""The pinned Qt holds what the window needs."""

from __future__ import annotations

from dataclasses import dataclass

import PySide6
from PySide6.QtCore import QObject, Signal, Slot

N_EMISSIONS = 5000


@dataclass(frozen=True)
class _Fact:
    number: int
    words: tuple[str, ...]


class _Sender(QObject):
    happened = Signal(object)
    counted = Signal(str, float)


class _Receiver(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.facts: list[_Fact] = []
        self.n_counted = 0

    @Slot(object)
    def _on_sender_happened(self, fact: _Fact) -> None:
        self.facts.append(fact)

    @Slot(str, float)
    def _on_sender_counted(self, _name: str, _value: float) -> None:
        self.n_counted += 1


def test_thousands_of_emissions_arrive(qapp: object) -> None:
    """6.12.0 on Python 3.11 aborts the process after some hundreds of them."""
    sender, receiver = _Sender(), _Receiver()
    sender.happened.connect(receiver._on_sender_happened)
    sender.counted.connect(receiver._on_sender_counted)
    for number in range(N_EMISSIONS):
        sender.happened.emit(_Fact(number, ("狗", "dog")))
        sender.counted.emit("seen", number / 2)
    assert [fact.number for fact in receiver.facts] == list(range(N_EMISSIONS))
    assert receiver.n_counted == N_EMISSIONS


def test_qt_is_in_the_range_that_works() -> None:
    major, minor = (int(part) for part in PySide6.__version__.split(".")[:2])
    assert (6, 8) <= (major, minor) < (6, 12)
