"""Named concepts: what people showed by examples, accepted or rejected.

An example keeps a small picture of itself, so that it outlives its photo and can be learned by any
model. Every write here is on disk before it returns.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count

from app.core.asking import Box
from app.core.changes import ForgetConcept, KeptExample, RestoreConcept, ReviseConcept
from app.core.errors import ConceptMissingError, ExamplesError, NameTakenError
from app.core.library.rows import Concept, Example
from app.core.library.searches import checked_name, name_key
from app.core.library.store import Store

MAX_EXAMPLES_AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class NewExample:
    """An example to be kept.

    Attributes:
        picture: a JPEG that can be learned again (``app.worker.pictures.Picture.of_example``).
        photo_id: of the photo that it was taken from.
        box: where in that photo.
        accepted: whether it shows the concept.
    """

    picture: bytes
    photo_id: int | None = None
    box: Box | None = None
    accepted: bool = True


class Concepts:
    """The concepts of one library; ``Library.concepts``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Concept]:
        """Return the concepts, by name."""
        rows = self._store.rows(
            "SELECT c.id, c.name, COALESCE(SUM(e.accepted), 0),"
            " COALESCE(SUM(1 - e.accepted), 0) FROM concepts c"
            " LEFT JOIN concept_examples e ON e.concept_id = c.id GROUP BY c.id ORDER BY c.name"
        )
        return [Concept(*row) for row in rows]

    def named(self, name: str) -> Concept:
        """Return the concept of a name, whatever its capitals and its width.

        They matter only where an older library has several names that differ by them.

        Raises:
            ConceptMissingError: there is none.
            NoNameError: the name is empty.
        """
        tidy = checked_name(name)
        alike = [each for each in self.all() if name_key(each.name) == name_key(tidy)]
        for concept in alike:
            if concept.name == tidy or len(alike) == 1:
                return concept
        raise ConceptMissingError(
            f"There is no concept {tidy!r}; make it with examples, or choose one that is listed.",
            name=tidy,
        )

    def examples(self, concept_id: int) -> list[Example]:
        """Return the examples of a concept, oldest first.

        Raises:
            ConceptMissingError: no such concept.
        """
        self._require(concept_id)
        rows = self._store.rows(
            "SELECT id, concept_id, photo_id, box, accepted, picture FROM concept_examples"
            " WHERE concept_id = ? ORDER BY id",
            (concept_id,),
        )
        return [Example(row[0], row[1], row[2], _box(row[3]), bool(row[4]), row[5]) for row in rows]

    def as_it_is(self, concept_id: int) -> ReviseConcept:
        """Return the change that brings a concept back to what it is now.

        Raises:
            ConceptMissingError: no such concept.
        """
        return ReviseConcept(concept_id, *_kept(self._store, concept_id))

    def save(self, name: str, examples: Sequence[NewExample], concept_id: int | None = None) -> int:
        """Make a concept of one to five examples, or give a known one more, or another name.

        Returns:
            The concept's id.

        Raises:
            NoNameError: no name.
            NameTakenError: another concept has the name, or one that differs by capitals alone.
            ExamplesError: too few or too many examples.
            ConceptMissingError: no concept has that id.
        """
        tidy = checked_name(name)
        if len(examples) > MAX_EXAMPLES_AT_ONCE or (concept_id is None and not examples):
            raise ExamplesError(
                f"A concept is made of one to {MAX_EXAMPLES_AT_ONCE} examples, not of"
                f" {len(examples)}.",
                n_examples=str(len(examples)),
                limit=str(MAX_EXAMPLES_AT_ONCE),
            )
        with self._store.transaction(durable=True):
            self._require_free(tidy, concept_id)
            if concept_id is None:
                self._store.run(
                    "INSERT INTO concepts (name, created_at) VALUES (?, ?)", (tidy, _now())
                )
                concept_id = self._store.number("SELECT last_insert_rowid()")
            else:
                self._require(concept_id)
                self._store.run("UPDATE concepts SET name = ? WHERE id = ?", (tidy, concept_id))
            for example in examples:
                self._add(concept_id, example)
        return concept_id

    def judge(self, concept_id: int, example: NewExample) -> None:
        """Add a photo's example, accepted or rejected, in place of what was said of the photo.

        A photo that is accepted once more keeps the examples that it has, with their boxes.

        Raises:
            ConceptMissingError: no such concept.
        """
        with self._store.transaction(durable=True):
            self._require(concept_id)
            of_photo = (concept_id, example.photo_id)
            known = self._store.row(
                "SELECT 1 FROM concept_examples WHERE concept_id = ? AND photo_id = ? AND accepted",
                of_photo,
            )
            if example.accepted and known is not None:
                return
            self._store.run(
                "DELETE FROM concept_examples WHERE concept_id = ? AND photo_id = ?", of_photo
            )
            self._add(concept_id, example)

    def _require_free(self, name: str, concept_id: int | None) -> None:
        """Refuse a name that another concept has; one that keeps its own is fine."""
        alike = [each for each in self.all() if name_key(each.name) == name_key(name)]
        others = [each.name for each in alike if each.id != concept_id]
        if others and all(each.name != name or each.id != concept_id for each in alike):
            raise NameTakenError(
                f"There is a concept {others[0]!r} already; choose another name.", name=others[0]
            )

    def _require(self, concept_id: int) -> None:
        if self._store.row("SELECT 1 FROM concepts WHERE id = ?", (concept_id,)) is None:
            raise _gone()

    def _add(self, concept_id: int, example: NewExample) -> None:
        box = None if example.box is None else json.dumps(example.box)
        self._store.run(
            "INSERT INTO concept_examples"
            " (concept_id, photo_id, box, accepted, picture, created_at)"
            " VALUES (?, (SELECT id FROM photos WHERE id = ?), ?, ?, ?, ?)",
            (concept_id, example.photo_id, box, example.accepted, example.picture, _now()),
        )


def forget(store: Store, change: ForgetConcept) -> RestoreConcept:
    """Forget a concept, inside a transaction; return the inverse.

    Raises:
        ConceptMissingError: no such concept.
    """
    name, examples = _kept(store, change.concept_id)
    store.run("DELETE FROM concepts WHERE id = ?", (change.concept_id,))
    return RestoreConcept(change.concept_id, name, examples)


def restore(store: Store, change: RestoreConcept) -> ForgetConcept:
    """Bring a concept back, inside a transaction; return the inverse.

    If another one was given its name meanwhile, it has a number behind its own.
    """
    name = _free_name(store, change.name, change.concept_id)
    store.run(
        "INSERT INTO concepts (id, name, created_at) VALUES (?, ?, ?)",
        (change.concept_id, name, _now()),
    )
    _put(store, change.concept_id, change.examples)
    return ForgetConcept(change.concept_id)


def revise(store: Store, change: ReviseConcept) -> ReviseConcept:
    """Give a concept other examples and another name, inside a transaction; return the inverse.

    Raises:
        ConceptMissingError: no such concept.
    """
    name, examples = _kept(store, change.concept_id)
    if change.name != name:
        free = _free_name(store, change.name, change.concept_id)
        store.run("UPDATE concepts SET name = ? WHERE id = ?", (free, change.concept_id))
    store.run("DELETE FROM concept_examples WHERE concept_id = ?", (change.concept_id,))
    _put(store, change.concept_id, change.examples)
    return ReviseConcept(change.concept_id, name, examples)


def _kept(store: Store, concept_id: int) -> tuple[str, tuple[KeptExample, ...]]:
    """The name and the examples of a concept, oldest first."""
    name = store.value("SELECT name FROM concepts WHERE id = ?", (concept_id,))
    if name is None:
        raise _gone()
    rows = store.rows(
        "SELECT photo_id, box, accepted, picture FROM concept_examples"
        " WHERE concept_id = ? ORDER BY id",
        (concept_id,),
    )
    return name, tuple(KeptExample(row[0], row[1], bool(row[2]), row[3]) for row in rows)


def _put(store: Store, concept_id: int, examples: Sequence[KeptExample]) -> None:
    store.run_many(
        "INSERT INTO concept_examples (concept_id, photo_id, box, accepted, picture, created_at)"
        " VALUES (?, (SELECT id FROM photos WHERE id = ?), ?, ?, ?, ?)",
        [
            (concept_id, each.photo_id, each.box, each.accepted, each.picture, _now())
            for each in examples
        ],
    )


def _free_name(store: Store, name: str, concept_id: int) -> str:
    """A name that no other concept has: this one, or with a number behind it."""
    rows = store.rows("SELECT name FROM concepts WHERE id != ?", (concept_id,))
    taken = {name_key(other) for (other,) in rows}
    numbered = (f"{name} ({number})" for number in count(2))
    return next(each for each in chain([name], numbered) if name_key(each) not in taken)


def _gone() -> ConceptMissingError:
    return ConceptMissingError(
        "This concept is not in the library any more; search for something else."
    )


def _box(text: str | None) -> Box | None:
    if text is None:
        return None
    x0, y0, x1, y1 = json.loads(text)
    return x0, y0, x1, y1


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
