"""What the model is given to read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from app.core.asking import Query
from app.core.library import Library
from app.worker.encoding_questions import QuestionEncoder
from tests.fakes import FakeEncoder


def test_the_model_reads_traditional_chinese_as_simplified(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", write=True) as library:
        questions = QuestionEncoder(library, FakeEncoder())
        typed, plain = (
            questions.encode(Query(text), []) for text in ("左邊的貓，紅車", "左边的猫，红车")
        )
    assert [each.phrase.text for each in typed.phrases] == ["左邊的貓", "紅車"]
    for one, other in zip(typed.phrases, plain.phrases, strict=True):
        np.testing.assert_array_equal(one.photo, other.photo)
        assert one.places == other.places
    np.testing.assert_array_equal(typed.text, plain.text)
