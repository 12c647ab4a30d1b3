"""Back and forward through what was asked, as a browser goes through pages."""

from __future__ import annotations

from app.ui.question import Question

N_KEPT = 100


class QuestionHistory:
    """Questions in the order asked; words that are still being typed are one question."""

    def __init__(self, first: Question) -> None:
        self._questions = [first]
        self._at = 0
        self._is_live = False

    @property
    def can_go_back(self) -> bool:
        """Whether there is a question before."""
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        """Whether there is a question that one came back from."""
        return self._at < len(self._questions) - 1

    def add(self, question: Question, *, live: bool = False) -> None:
        """Note a question; ``live``: it is being typed and takes the place of its beginning."""
        if question == self._questions[self._at]:
            self._is_live = self._is_live and live
            return
        if live and self._is_live:
            self._questions[self._at] = question
        else:
            self._questions[self._at + 1 :] = [question]
            del self._questions[:-N_KEPT]
            self._at = len(self._questions) - 1
        self._is_live = live

    def back(self) -> Question | None:
        """The question before, None at the beginning."""
        return self._go(-1) if self.can_go_back else None

    def forward(self) -> Question | None:
        """The question after, None at the end."""
        return self._go(1) if self.can_go_forward else None

    def _go(self, step: int) -> Question:
        self._at += step
        self._is_live = False
        return self._questions[self._at]
