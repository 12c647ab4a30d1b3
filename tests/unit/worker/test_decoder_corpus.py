"""169 odd and broken pictures: what must be decoded is, what must be refused is named."""

from __future__ import annotations

import json
import os
from pathlib import Path

from app.worker.decode_messages import DecodedPhoto, PhotoRequest, Refused
from app.worker.decoder_pool import DecoderPool

REASONS = {"unreadable", "truncated", "unsupported", "too_large", "empty"}


def test_corpus(shared_corpus: Path) -> None:
    entries = json.loads((shared_corpus / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert len(entries) > 100
    wrong = []
    with DecoderPool(2) as pool:
        futures = [
            pool.submit(
                PhotoRequest(os.fsencode(shared_corpus / "images" / entry["file"]), 256, 320)
            )
            for entry in entries
        ]
        for entry, future in zip(entries, futures, strict=True):
            reply = future.result(60)
            allowed: tuple[type, ...] = {
                "index": (DecodedPhoto,),
                "report": (Refused,),
            }.get(entry["expect"], (DecodedPhoto, Refused))
            # Nothing here needs to die: a crash or a hang would be a surprise worth a look.
            named = not isinstance(reply, Refused) or reply.reason in REASONS
            if not isinstance(reply, allowed) or not named:
                wrong.append((entry["file"], entry["expect"], reply))
    assert wrong == []
