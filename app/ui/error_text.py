"""What people read when something went wrong: a sentence and one thing they can do about it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication

from app.core.errors import LibraryError
from app.core.messages import JobFailed
from app.ui.filter_texts import misread_text

ErrorAction = Literal[
    "", "retry", "restart_engine", "add_folder", "show_log", "choose_backup", "dismiss"
]


@dataclass(frozen=True, slots=True)
class ErrorText:
    """A translated sentence, and the action with its label (both empty: nothing to do)."""

    sentence: str
    action: ErrorAction = ""
    action_label: str = ""


def error_text(failure: JobFailed) -> ErrorText:
    """Return what to say about a failed job; kinds that are not known get a general sentence."""
    if failure.kind == "FilterError":
        return ErrorText(misread_text(failure.params), "dismiss", action_label("dismiss"))
    sentence, action = _sentences().get(failure.kind, (_unknown(), "show_log"))
    more = {"ExportError": _export_refusals, "LibraryError": _library_reasons}.get(failure.kind)
    if failure.kind == "ModelError" and "directory" in failure.params:
        sentence = _model_in_folder()
    if more is not None:
        sentence = more().get(failure.params.get("reason", ""), sentence)
    params = defaultdict(str, failure.params)
    params["reason"] = reason_text(params["reason"])
    return ErrorText(sentence.format_map(params).strip(), action, action_label(action))


def engine_lost_text(*, restarting: bool, failure: JobFailed | None) -> ErrorText:
    """Return what to say when the engine process ended unasked."""
    if failure is not None and not restarting:
        told = error_text(failure)
        return ErrorText(told.sentence, "restart_engine", action_label("restart_engine"))
    if restarting:
        return ErrorText(
            QCoreApplication.translate(
                "ErrorText", "The search engine stopped. It is being restarted; nothing is lost."
            )
        )
    return ErrorText(
        QCoreApplication.translate(
            "ErrorText", "The search engine stopped several times in a row. Photos can be viewed."
        ),
        "restart_engine",
        action_label("restart_engine"),
    )


def action_label(action: ErrorAction) -> str:
    """Return the words on the button of an action."""
    return {
        "": "",
        "retry": QCoreApplication.translate("ErrorText", "Try again"),
        "restart_engine": QCoreApplication.translate("ErrorText", "Try again"),
        "add_folder": QCoreApplication.translate("ErrorText", "Add a folder…"),
        "show_log": QCoreApplication.translate("ErrorText", "Show the log"),
        "choose_backup": QCoreApplication.translate("ErrorText", "Choose a backup…"),
        "dismiss": QCoreApplication.translate("ErrorText", "Close"),
    }[action]


def reason_text(reason: str) -> str:
    """Return why a file could not be used; an unknown reason word is shown as it is."""
    return _reasons().get(reason, reason)


def library_refusal_text(error: LibraryError) -> str:
    """Return why a folder cannot hold the library; ``params["reason"]`` is the reason word."""
    refusals = {
        "network": QCoreApplication.translate(
            "ErrorText",
            "This folder is on a network drive, where the library would get damaged. Choose one on"
            " this computer.",
        ),
        "read_only": QCoreApplication.translate("ErrorText", "This folder cannot be written."),
        "taken": QCoreApplication.translate("ErrorText", "There is already a library there."),
        "full": QCoreApplication.translate("ErrorText", "There is too little room there."),
    }
    return refusals.get(error.params.get("reason", ""), _unknown())


def _library_reasons() -> dict[str, str]:
    return {
        "read_only": QCoreApplication.translate(
            "ErrorText",
            "The library file {file} cannot be written. Allow writing in its folder, then try"
            " again.",
        ),
        "no_locks": QCoreApplication.translate(
            "ErrorText",
            "The folder {file} cannot hold a library: its disk has no locks. Move it to a disk of"
            " this computer.",
        ),
    }


def _export_refusals() -> dict[str, str]:
    return {
        "full": QCoreApplication.translate(
            "ErrorText",
            "There is no room on the disk for {file}. Make room, or choose another place.",
        ),
        "permission": QCoreApplication.translate(
            "ErrorText", "{file} may not be written. Choose a folder that is yours."
        ),
        "missing": QCoreApplication.translate(
            "ErrorText", "The folder of {file} is gone. Choose another place."
        ),
        "photo": QCoreApplication.translate(
            "ErrorText",
            "{file} is a photo of your library and stays as it is. Choose another place.",
        ),
        "too_many": QCoreApplication.translate(
            "ErrorText", "One picture shows {limit} photos at most. Export a PDF instead."
        ),
    }


def _unknown() -> str:
    return QCoreApplication.translate("ErrorText", "Something went wrong. The log says what.")


def _sentences() -> dict[str, tuple[str, ErrorAction]]:
    return {
        **_library_sentences(),
        **_model_sentences(),
        **_query_sentences(),
        "SettingsError": (
            QCoreApplication.translate("ErrorText", "The settings cannot be read or written."),
            "show_log",
        ),
        "RootError": (
            QCoreApplication.translate("ErrorText", "This folder cannot be added: {path}"),
            "add_folder",
        ),
        "PhotoMissingError": (
            QCoreApplication.translate(
                "ErrorText", "The file of this photo is gone. Look for new photos (F5). {path}"
            ),
            "dismiss",
        ),
        "PhotoOfflineError": (
            QCoreApplication.translate(
                "ErrorText",
                "The folder {folder} is offline. Connect its disk, or say in its menu where it"
                " lies now.",
            ),
            "dismiss",
        ),
        "PhotoUnreadableError": (
            QCoreApplication.translate(
                "ErrorText", "This picture cannot be read: {path} ({reason}). Choose another one."
            ),
            "dismiss",
        ),
        "AlbumError": (
            QCoreApplication.translate("ErrorText", "This album is gone, or has no name."),
            "dismiss",
        ),
        "TagError": (
            QCoreApplication.translate("ErrorText", "A tag needs a name."),
            "dismiss",
        ),
        "ExportError": (
            QCoreApplication.translate(
                "ErrorText", "The results cannot be written to {file}. Choose another place."
            ),
            "dismiss",
        ),
        "EngineLostError": (
            QCoreApplication.translate("ErrorText", "The search engine stopped during this."),
            "retry",
        ),
    }


def _query_sentences() -> dict[str, tuple[str, ErrorAction]]:
    texts = {
        "QueryError": QCoreApplication.translate("ErrorText", "This cannot be searched for."),
        "EmptyQueryError": QCoreApplication.translate(
            "ErrorText", "There is nothing to search for. Type some words, or give a picture."
        ),
        "QueryTooLongError": QCoreApplication.translate(
            "ErrorText",
            "The text has {n_chars} characters and at most {limit} are read. Shorten it.",
        ),
        "BoxError": QCoreApplication.translate(
            "ErrorText", "The box {box} is not inside the picture. Draw it again."
        ),
        "PictureError": QCoreApplication.translate(
            "ErrorText", "This picture came incomplete. Copy it again and paste it."
        ),
        "ConceptMissingError": QCoreApplication.translate(
            "ErrorText", "This concept is not in the library any more. Take its chip out."
        ),
        "ExamplesError": QCoreApplication.translate(
            "ErrorText", "A concept is made of one to {limit} examples, not of {n_examples}."
        ),
        "AllRejectedError": QCoreApplication.translate(
            "ErrorText",
            "All examples of this concept were rejected. Undo (Ctrl+Z), or give it a new example.",
        ),
        "SearchMissingError": QCoreApplication.translate(
            "ErrorText", "The kept search “{name}” is not in the library any more. Keep it anew."
        ),
        "KeepingError": QCoreApplication.translate(
            "ErrorText",
            "A search by a pasted picture cannot be kept. Save what it shows as a concept instead.",
        ),
        "NoNameError": QCoreApplication.translate("ErrorText", "A name is needed."),
        "NameTakenError": QCoreApplication.translate(
            "ErrorText", "There is a concept “{name}” already. Choose another name."
        ),
    }
    return {kind: (sentence, "dismiss") for kind, sentence in texts.items()}


def _library_sentences() -> dict[str, tuple[str, ErrorAction]]:
    return {
        "LibraryError": (
            QCoreApplication.translate("ErrorText", "The library cannot be used."),
            "restart_engine",
        ),
        "LibraryMissingError": (
            QCoreApplication.translate("ErrorText", "There is no library yet."),
            "add_folder",
        ),
        "LibraryLockedError": (
            QCoreApplication.translate(
                "ErrorText", "Another Finelens uses this library. Close it, then try again."
            ),
            "restart_engine",
        ),
        "LibraryNewerError": (
            QCoreApplication.translate(
                "ErrorText", "This library was made by a newer Finelens. Please update."
            ),
            "restart_engine",
        ),
        "LibraryFullError": (
            QCoreApplication.translate(
                "ErrorText", "The disk is full. Nothing was lost; make room and try again."
            ),
            "show_log",
        ),
        "LibraryDamagedError": (
            QCoreApplication.translate(
                "ErrorText", "The library file is damaged. Your photos are not touched."
            ),
            "show_log",
        ),
    }


def _model_sentences() -> dict[str, tuple[str, ErrorAction]]:
    unusable = QCoreApplication.translate(
        "ErrorText", "The search model cannot be used. Photos can be viewed but not searched."
    )
    names = (
        "ModelError",
        "FgclipError",
        "WeightsError",
        "ConfigError",
        "TokenizerError",
        "EngineError",
    )
    texts: dict[str, tuple[str, ErrorAction]] = dict.fromkeys(names, (unusable, "restart_engine"))
    texts["DeviceMemoryError"] = (
        QCoreApplication.translate("ErrorText", "There is not enough memory for this."),
        "retry",
    )
    texts["DownloadError"] = (
        QCoreApplication.translate(
            "ErrorText",
            "The download stopped: {host} does not deliver what it should. What came is kept;"
            " trying again goes on from there.",
        ),
        "retry",
    )
    texts["DiskSpaceError"] = (
        QCoreApplication.translate("ErrorText", "The disk has too little room for this model."),
        "dismiss",
    )
    texts["ImageError"] = (
        QCoreApplication.translate("ErrorText", "This picture cannot be used."),
        "dismiss",
    )
    return texts


def _model_in_folder() -> str:
    return QCoreApplication.translate(
        "ErrorText",
        "The search model in {directory} cannot be used. Photos can be viewed but not searched."
        " Choose another model in the settings, or put the folder back.",
    )


def _reasons() -> dict[str, str]:
    return {
        "unreadable": QCoreApplication.translate("ErrorText", "Not a readable picture"),
        "truncated": QCoreApplication.translate("ErrorText", "The file is cut off"),
        "unsupported": QCoreApplication.translate("ErrorText", "This format is not supported"),
        "too_large": QCoreApplication.translate("ErrorText", "The picture is too large"),
        "timeout": QCoreApplication.translate("ErrorText", "Reading took too long"),
        "crashed": QCoreApplication.translate("ErrorText", "Reading it failed"),
        "permission": QCoreApplication.translate("ErrorText", "No permission to read it"),
        "missing": QCoreApplication.translate("ErrorText", "The file is gone"),
        "empty": QCoreApplication.translate("ErrorText", "The file is empty"),
    }
