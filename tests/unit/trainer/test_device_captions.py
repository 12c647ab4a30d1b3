"""The captions of photos, each distinct one once."""

from __future__ import annotations

from trainer.data.names import ClassName
from trainer.data.photos import Photo
from trainer.device_captions import CaptionBank


def test_one_text_that_names_two_things_is_two_captions() -> None:
    couch = ClassName(("couch", "sofa"), ("沙发",), None, "张")
    sofa = ClassName(("sofa",), ("沙发",), None, "张")
    photos = [
        Photo("a", "1", 4, 3, name=couch, concepts=couch.concepts),
        Photo("b", "2", 4, 3, name=sofa, concepts=sofa.concepts),
        Photo("c", "3", 4, 3, {"en": ("a sofa",), "zh": ("沙发",)}),
    ]
    bank = CaptionBank(photos, 0)
    captions = [caption for _, caption in bank._rows]
    assert {each.concept for each in captions if each.text == "a sofa"} == {"couch", "sofa", None}
    for photo, kinds in zip(photos, bank.span_NK2, strict=True):
        for start, count in kinds.tolist():
            for row in bank.row_F[start : start + count].tolist():
                concept = bank.concepts[bank.concept_T[row]] if photo.name else None
                assert captions[row].concept == concept
                assert concept is None or concept in photo.concepts
                assert photo.name is not None or int(bank.concept_T[row]) == len(bank.concepts)
