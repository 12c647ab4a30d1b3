"""Results written to a file: a table, plain data, or a contact sheet."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
from pathlib import Path
from typing import Any

from app.core.asking import Query
from app.core.errors import ExportError
from app.core.files import replace_file
from app.core.library import Library
from app.core.library.place import library_files
from app.core.library.rows import Photo
from app.core.messages import ExportResults, Hit
from app.core.paths import display_path, display_text
from app.worker.contact_sheet import contact_sheet

_COLUMNS = ("path", "score", "match", "x0", "y0", "x1", "y1", "taken_at", "camera", "phrases")
# Beyond, most programs refuse to open a picture that tall.
_MOST_ON_A_PICTURE = 1000
_FOR_OTHERS = 0o666  # less what the user's own rule takes away: exports are made to be shared
_REASONS = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EACCES: "permission",
    errno.EPERM: "permission",
    errno.EROFS: "permission",
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def hit_dict(hit: Hit, path: bytes) -> dict[str, Any]:
    """Return a hit as the command line and exports write it; the format is part of the design."""
    return {
        "path": os.fsdecode(path),
        "score": round(hit.score, 4),
        "match": hit.match,
        "region": hit.region,
        "phrases": [
            {"text": phrase.text, "score": round(phrase.score, 4), "region": phrase.region}
            for phrase in hit.phrases
        ],
    }


def export_results(library: Library, command: ExportResults) -> int:
    """Write hits to a file, whole or not at all; return how many photos are in it.

    Hits whose photo left the library are passed over.

    Raises:
        ExportError: the file cannot be written, is a photo or a part of the library, or would be a
            picture of too many photos.
    """
    shown = display_path(command.path)
    target = _checked_target(library, command.path)
    photos = {photo.id: photo for photo in library.photos([h.photo_id for h in command.hits])}
    found = [(hit, photos[hit.photo_id]) for hit in command.hits if hit.photo_id in photos]
    if command.form == "png" and len(found) > _MOST_ON_A_PICTURE:
        raise ExportError(
            f"A picture shows {_MOST_ON_A_PICTURE:,} photos at most, not {len(found):,}. Write a"
            " PDF, or fewer photos.",
            file=shown,
            reason="too_many",
            limit=f"{_MOST_ON_A_PICTURE:,}",
        )
    match command.form:
        case "csv":
            data = _csv(found)
        case "json":
            results = [hit_dict(hit, photo.absolute_path) for hit, photo in found]
            whole = {"query": command.query.text, "results": results}
            data = json.dumps(whole, indent=1).encode()
        case "png" | "pdf":
            thumbnails = library.thumbnails([photo.id for _, photo in found])
            title = display_text(title_of(library, command.query))
            parts = _part_names(library, command.query, found[0][0]) if found else []
            data = contact_sheet(title, parts, found, thumbnails, command.form)
    try:
        replace_file(target, data, mode=_FOR_OTHERS)
    except OSError as error:
        raise ExportError(
            f"{shown} cannot be written: {error.strerror}. Choose another place.",
            file=shown,
            reason=_REASONS.get(error.errno or 0, ""),
        ) from error
    return len(found)


def _checked_target(library: Library, path: bytes) -> Path:
    """Return the file to write, links resolved; refuse what must stay as it is."""
    target = Path(os.fsdecode(os.path.realpath(path)))
    why, reason = "", ""
    if library.photo_id_at(path) is not None or library.photo_id_at(bytes(target)) is not None:
        why, reason = "is a photo of the library and stays as it is", "photo"
    elif target in library_files(library.directory.resolve()):
        why = "is a part of the library and stays as it is"
    elif target.exists() and not target.is_file():
        why = "is a folder" if target.is_dir() else "is no file that can be replaced"
    elif target.is_file() and not (target.stat().st_mode & 0o222 and os.access(target, os.W_OK)):
        why, reason = "is protected against writing", "permission"
    if why:
        shown = display_path(path)
        raise ExportError(f"{shown} {why}. Choose another place.", file=shown, reason=reason)
    return target


def _csv(found: list[tuple[Hit, Photo]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(_COLUMNS)
    for hit, photo in found:
        box = [""] * 4 if hit.region is None else [f"{side:.4f}" for side in hit.region]
        phrases = "; ".join(f"{phrase.text}: {phrase.score:.2f}" for phrase in hit.phrases)
        path = photo.absolute_path.decode("utf-8", "backslashreplace")
        writer.writerow(
            [
                _harmless(path),
                f"{hit.score:.4f}",
                hit.match,
                *box,
                photo.taken_at or "",
                _harmless(photo.camera or ""),
                _harmless(phrases),
            ]
        )
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")  # the mark tells spreadsheets UTF-8


def _harmless(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def title_of(library: Library, query: Query) -> str:
    """Return what was asked: the words, and the names of concepts."""
    concept_ids = {image.concept_id for image in query.images}
    names = [each.name for each in library.concepts.all() if each.id in concept_ids]
    return " + ".join(filter(None, (query.words, *names)))


def _part_names(library: Library, query: Query, hit: Hit) -> list[str]:
    """Return what each part of a hit is about, phrases first, as their boxes are numbered."""
    wanted = [image for image in query.images if image.need != "excluded"]
    concepts = {concept.id: concept.name for concept in library.concepts.all()}
    photo_ids = [image.photo_id for image in wanted if image.photo_id is not None]
    shown = {photo.id: photo.display for photo in library.photos(photo_ids)}
    names = []
    for number, image in enumerate(wanted, start=1):
        name = concepts.get(image.concept_id or 0) or shown.get(image.photo_id or 0)
        if image.path is not None:
            name = display_path(image.path)
        names.append(os.path.basename(name) if name else f"#{number}")
    return [*(phrase.text for phrase in hit.phrases), *names[: len(hit.images)]]
