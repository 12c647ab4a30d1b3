"""Says that a damaged library was begun anew, and lets people choose another backup."""

from __future__ import annotations

import functools

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QInputDialog, QWidget

from app.core.messages import LibraryRecovered
from app.engine.link import EngineLink
from app.ui.banner import Banner
from app.ui.error_text import ErrorText, action_label


class RecoveryNotice(QObject):
    """Shows in the banner what became of a damaged library, once it is known."""

    def __init__(self, link: EngineLink, banner: Banner, window: QWidget) -> None:
        super().__init__(window)
        self._link = link
        self._banner = banner
        self._window = window
        self._backups: tuple[str, ...] = ()
        link.library_recovered.connect(self._on_link_library_recovered)
        banner.action_requested.connect(self._on_banner_action_requested)

    @Slot(object)
    def _on_link_library_recovered(self, event: LibraryRecovered) -> None:
        self._backups = event.backups
        self._banner.show_message(functools.partial(self._text, event))

    def _text(self, event: LibraryRecovered) -> ErrorText:
        if event.source == "":
            sentence = self.tr(
                "The library was damaged and begun anew; there was no good backup of ratings."
                " The damaged file is kept as {aside}."
            )
        elif event.source in event.backups:
            sentence = self.tr(
                "The library was damaged and begun anew; ratings come from the backup {source}."
                " The damaged file is kept as {aside}."
            )
        else:
            sentence = self.tr(
                "The library was damaged and begun anew; ratings could be read from the damaged"
                " file, which is kept as {aside}."
            )
        sentence = sentence.format(source=event.source, aside=event.kept_aside)
        if not event.backups:
            return ErrorText(sentence, "dismiss", action_label("dismiss"))
        return ErrorText(sentence, "choose_backup", action_label("choose_backup"))

    @Slot(str)
    def _on_banner_action_requested(self, action: str) -> None:
        if action != "choose_backup":
            return
        name, chosen = QInputDialog.getItem(
            self._window,
            self.tr("Choose a backup"),
            self.tr("Ratings, albums and tags become those of:"),
            list(self._backups),
            0,
            False,
        )
        if chosen:
            self._link.restore_backup(name)
