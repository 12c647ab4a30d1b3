"""What is kept of searching: searches under a name, named concepts, files with results."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from app.core.asking import Box, ImageQuery
from app.core.changes import ForgetConcept
from app.core.library.concepts import MAX_EXAMPLES_AT_ONCE
from app.core.library.rows import Concept, SavedSearch
from app.core.library.searches import name_key
from app.core.messages import (
    ConceptSaved,
    ExportFinished,
    ExportForm,
    JobFailed,
    LibraryChanged,
    SearchesSaved,
)
from app.core.paths import display_path, display_text
from app.engine.link import EngineLink
from app.ui.library_reader import Kept, LibraryReader
from app.ui.message_box import message_box
from app.ui.name_dialog import NameDialog
from app.ui.question import Picture, Question, Results, question_of
from app.ui.scope import Scope
from app.ui.undo_desk import Step, UndoDesk
from app.ui.usual_places import Location, usual_dir

FORMS: tuple[ExportForm, ...] = ("csv", "json", "png", "pdf")
SUGGESTED_FORM: ExportForm = "csv"


def export_file(path: Path, chosen: ExportForm) -> tuple[Path, ExportForm]:
    """Return where results go and in which form, of a name and the form chosen beside it.

    An ending that was typed says the form. One that may be the suggestion's gives way to a form
    that was chosen, since not every system's dialog changes it then.
    """
    ending = path.suffix.lstrip(".").lower()
    typed = next((each for each in FORMS if each == ending), None)
    if typed is None:
        return path.with_name(f"{path.name}.{chosen}"), chosen
    if typed == SUGGESTED_FORM:
        return (path if typed == chosen else path.with_suffix(f".{chosen}")), chosen
    return path, typed


class KeptController(QObject):
    """Keeps, renames and forgets searches and concepts, each with Undo; writes results to files.

    Args:
        label_of: the name of a picture or box of a question for people.
    """

    kept_changed = Signal(object)  # Kept
    said = Signal(str)
    export_failed = Signal(object)  # JobFailed

    def __init__(
        self,
        link: EngineLink,
        reader: LibraryReader,
        desk: UndoDesk,
        window: QWidget,
        label_of: Callable[[ImageQuery], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link = link
        self._reader = reader
        self._desk = desk
        self._window = window
        self._label_of = label_of
        self._kept = Kept()
        self._export_jobs: set[int] = set()
        self._inverses: dict[int, Callable[[SearchesSaved], Callable[[], int]]] = {}
        self._ids_now: dict[int, int] = {}  # of searches that came back under another number
        reader.kept_loaded.connect(self._on_reader_kept_loaded)
        link.library_changed.connect(self._on_link_library_changed)
        link.searches_saved.connect(self._on_link_searches_saved)
        link.concept_saved.connect(self._on_link_concept_saved)
        link.export_finished.connect(self._on_link_export_finished)
        link.job_failed.connect(self._on_link_job_failed)

    @property
    def kept(self) -> Kept:
        """The searches and concepts there are."""
        return self._kept

    def load(self) -> None:
        """Read what is kept; answered by ``kept_changed``."""
        self._reader.load_kept()

    def question(self, scope: Scope) -> Question | None:
        """The question that a kept search or a concept asks; None if it is not there."""
        saved = self._saved(scope.saved_id)
        if saved is not None:
            labels = tuple(map(self.label, saved.query.images))
            return question_of(saved.query, labels, scope)
        concept = self.concept(scope.concept_id)
        if concept is None:
            return None
        picture = Picture(ImageQuery(concept_id=concept.id), concept.name)
        return Question(pictures=(picture,), scope=scope)

    def label(self, image: ImageQuery) -> str:
        """The name of a picture, box or concept of a question for people."""
        concept = self.concept(image.concept_id)
        return self._label_of(image) if concept is None else concept.name

    def concept(self, concept_id: int | None) -> Concept | None:
        """Return a concept by its number."""
        return next((each for each in self._kept.concepts if each.id == concept_id), None)

    def _saved(self, saved_id: int | None) -> SavedSearch | None:
        return next((each for each in self._kept.searches if each.id == saved_id), None)

    # ------------------------------------------------------------ searches

    def ask_to_save(self, question: Question) -> NameDialog | None:
        """Ask for a name, then keep a search; None if there is nothing to keep."""
        if question.is_bare:
            self.said.emit(self.tr("Search for something first, then keep it."))
            return None
        if any(picture.image.pixels is not None for picture in question.pictures):
            text = self.tr(
                "A search by a pasted picture cannot be kept."
                " Save what it shows as a concept instead."
            )
            self.said.emit(text)
            return None
        dialog = NameDialog(
            self._window,
            self.tr("Keep this search"),
            self.tr("It stays in the sidebar and always shows the photos that fit now. Name:"),
            question.label,
            self.tr("Keep"),
            lambda name: self._save(name, question),
        )
        dialog.open()
        return dialog

    def _save(self, name: str, question: Question) -> None:
        text = self.tr("Search “{0}” kept").format(name)
        query = question.query
        self._carry_out(text, lambda: self._send_save(SavedSearch(0, name, query)))

    def _send_save(self, saved: SavedSearch) -> int:
        job_id = self._link.save_search(saved.name, saved.query)

        def inverse(event: SearchesSaved) -> Callable[[], int]:
            saved_id = event.saved_id or 0
            if saved.id:
                self._note_number(saved.id, saved_id)
            return lambda: self._send_removal(SavedSearch(saved_id, saved.name, saved.query))

        self._inverses[job_id] = inverse
        return job_id

    def _note_number(self, before: int, now: int) -> None:
        """Lead earlier steps, which know a search by its former number, to where it is now."""
        moved = {old: now if new == before else new for old, new in self._ids_now.items()}
        moved[before] = now
        moved.pop(now, None)  # the number of a search that is there means itself
        self._ids_now = moved

    def _send_removal(self, saved: SavedSearch) -> int:
        job_id = self._link.remove_saved_search(self._ids_now.get(saved.id, saved.id))
        self._inverses[job_id] = lambda _event: lambda: self._send_save(saved)
        return job_id

    def _send_rename(self, before: SavedSearch, after: SavedSearch) -> int:
        saved_id = self._ids_now.get(after.id, after.id)
        job_id = self._link.save_search(after.name, after.query, saved_id)
        self._inverses[job_id] = lambda _event: lambda: self._send_rename(after, before)
        return job_id

    def _carry_out(self, text: str, run: Callable[[], int]) -> None:
        self._desk.carry_out(Step(text, run, tell=True))

    # ------------------------------------------------------------ concepts

    def ask_to_name_concept(self, examples: tuple[ImageQuery, ...]) -> NameDialog | None:
        """Ask for a name, then make a concept of one to five examples."""
        examples = examples[:MAX_EXAMPLES_AT_ONCE]
        if not examples:
            self.said.emit(self.tr("Select one to five photos, or draw a box."))
            return None
        dialog = NameDialog(
            self._window,
            self.tr("Save as concept"),
            self.tr("What do %Ln example(s) show? You can search by this name.", "", len(examples)),
            "",
            self.tr("Save"),
            lambda name: self._save_concept(name, examples),
        )
        dialog.open()
        return dialog

    def _save_concept(self, name: str, examples: tuple[ImageQuery, ...]) -> None:
        alike = [each for each in self._kept.concepts if name_key(each.name) == name_key(name)]
        known = min(alike, key=lambda each: each.name != name, default=None)
        concept_id, name = (None, name) if known is None else (known.id, known.name)
        text = self.tr("Concept “{0}” saved").format(name)
        self._carry_out(text, lambda: self._link.save_concept(name, examples, concept_id))

    def judge(
        self, concept_id: int, photo_id: int, *, accepted: bool, box: Box | None = None
    ) -> None:
        """Say that a photo, or a box of it, shows a concept, or does not."""
        name = "" if (concept := self.concept(concept_id)) is None else concept.name
        text = self.tr("Noted: this is “{0}”") if accepted else self.tr("Noted: this is not “{0}”")
        self._carry_out(
            text.format(name),
            lambda: self._link.judge_concept(concept_id, photo_id, accepted, box),
        )

    # ------------------------------------------------------------ rename, delete

    def ask_to_rename(self, scope: Scope) -> NameDialog | None:
        """Ask for another name of a kept search or a concept."""
        saved, concept = self._saved(scope.saved_id), self.concept(scope.concept_id)
        kept = saved or concept
        if kept is None:
            return None
        # Only concepts are found by their names alone.
        others = () if concept is None else self._kept.concepts
        taken = [each.name for each in others if each.id != kept.id]
        dialog = NameDialog(
            self._window,
            self.tr("Rename"),
            self.tr("Name:"),
            kept.name,
            self.tr("Rename"),
            lambda name: self._rename(kept, name),
            taken,
        )
        dialog.open()
        return dialog

    def _rename(self, kept: SavedSearch | Concept, name: str) -> None:
        if name == kept.name:
            return
        if isinstance(kept, Concept):
            text = self.tr("Concept renamed to “{0}”").format(name)
            self._carry_out(text, lambda: self._link.save_concept(name, (), kept.id))
            return
        after = SavedSearch(kept.id, name, kept.query)
        text = self.tr("Search renamed to “{0}”").format(name)
        self._carry_out(text, lambda: self._send_rename(kept, after))

    def delete(self, scope: Scope) -> None:
        """Forget a kept search or a concept."""
        saved, concept = self._saved(scope.saved_id), self.concept(scope.concept_id)
        if saved is not None:
            text = self.tr("Search “{0}” deleted").format(saved.name)
            self._carry_out(text, lambda: self._send_removal(saved))
        elif concept is not None:
            text = self.tr("Concept “{0}” deleted").format(concept.name)
            self._desk.change(ForgetConcept(concept.id), text, tell=True)

    # ------------------------------------------------------------ files

    def ask_to_export(self, results: Results | None) -> None:
        """Ask for a file, then write the results to it."""
        if results is None:
            self.said.emit(self.tr("Search for something first, then export the results."))
            return
        if not results.hits:
            self.said.emit(self.tr("There is nothing to export: no photo was found."))
            return
        filters: dict[str, ExportForm] = {
            self.tr("Table (*.csv)"): "csv",
            self.tr("Data with boxes (*.json)"): "json",
            self.tr("Contact sheet, picture (*.png)"): "png",
            self.tr("Contact sheet, document (*.pdf)"): "pdf",
        }
        suggested = self.tr("results", "the name of a file")
        path, chosen = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Export results"),
            os.path.join(usual_dir(Location.DocumentsLocation), f"{suggested}.{SUGGESTED_FORM}"),
            ";;".join(filters),
        )
        if not path:
            return
        given = Path(path)
        file, form = export_file(given, filters.get(chosen, SUGGESTED_FORM))
        if file != given and file.exists():
            self._ask_to_replace(file, form, results)
        else:
            self.export(file, form, results)

    def _ask_to_replace(self, file: Path, form: ExportForm, results: Results) -> None:
        """The dialog asked about another name: ask about this one."""
        box = message_box(
            self._window,
            self.tr("Export results"),
            self.tr("{0} exists already. Replace it?").format(display_text(file.name)),
            "",
        )
        replace = box.addButton(self.tr("Replace"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        replace.clicked.connect(lambda: self.export(file, form, results))
        box.open()

    def export(self, path: Path, form: ExportForm, results: Results) -> None:
        """Write results to a file."""
        hits = tuple(results.hits[int(photo_id)] for photo_id in results.ids[: results.n_good])
        job_id = self._link.export_results(
            os.fsencode(path), form, results.question.query, hits or tuple(results.hits.values())
        )
        self._export_jobs.add(job_id)

    # ------------------------------------------------------------ facts

    @Slot(object)
    def _on_reader_kept_loaded(self, kept: Kept) -> None:
        self._kept = kept
        self.kept_changed.emit(kept)

    @Slot(object)
    def _on_link_library_changed(self, event: LibraryChanged) -> None:
        if event.searches or event.concepts:
            self.load()

    @Slot(object)
    def _on_link_searches_saved(self, event: SearchesSaved) -> None:
        inverse = self._inverses.pop(event.job_id, None)
        if inverse is not None:
            self._desk.settle(event.job_id, inverse(event))

    @Slot(object)
    def _on_link_concept_saved(self, event: ConceptSaved) -> None:
        self._desk.settle(event.job_id, self._desk.change_run(event.inverse))

    @Slot(object)
    def _on_link_export_finished(self, event: ExportFinished) -> None:
        if event.job_id in self._export_jobs:
            self._export_jobs.discard(event.job_id)
            text = self.tr("%Ln photo(s) written to {0}", "", event.n_photos)
            self.said.emit(text.format(display_path(os.path.basename(event.path))))

    @Slot(object)
    def _on_link_job_failed(self, event: JobFailed) -> None:
        self._inverses.pop(event.job_id, None)
        if event.job_id in self._export_jobs:
            self._export_jobs.discard(event.job_id)
            self.export_failed.emit(event)
