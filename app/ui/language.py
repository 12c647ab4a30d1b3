"""The language of the window: the system's or the chosen one, changed while it runs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication

LANGUAGES = ("en", "zh_CN")
# Languages by their own names, which no translation changes.
LANGUAGE_NAMES = {"en": "English", "zh_CN": "简体中文"}


def resolve_language(choice: str, system_languages: list[str]) -> str:
    """Return the catalog for a choice.

    Args:
        choice: ``system`` or one of ``LANGUAGES``.
        system_languages: The system's languages, most wanted first, such as ``zh-Hans-CN``.
    """
    if choice in LANGUAGES:
        return choice
    for name in system_languages:
        primary = name.replace("_", "-").lower().split("-")[0]
        if primary == "zh":
            return "zh_CN"
        if primary == "en":
            return "en"
    return "en"


def words_of_qt() -> tuple[str, ...]:
    """Return the words of Qt's file dialog that Qt's own Chinese lacks; our catalog has them.

    Qt asks for them by itself. They are named here for the tool that collects what is translated.
    """
    return (
        QCoreApplication.translate("QFileDialog", "&Look in:"),
        QCoreApplication.translate("QFileDialog", "Files of &type:"),
        QCoreApplication.translate("QAbstractFileIconProvider", "Drive"),
        QCoreApplication.translate("QAbstractFileIconProvider", "Folder"),
        QCoreApplication.translate("QAbstractFileIconProvider", "File Folder"),
    )


class LanguageSwitcher(QObject):
    """Installs the catalogs; widgets hear of a change by ``QEvent.LanguageChange``."""

    def __init__(self, app: QApplication, catalogs: Path) -> None:
        """Prepare a switcher.

        Args:
            app: Also the owner.
            catalogs: Folder with ``finelens_<language>.qm``.
        """
        super().__init__(app)
        self._app = app
        self._catalogs = catalogs
        self._translators: list[QTranslator] = []
        self._language = ""

    @property
    def language(self) -> str:
        """The catalog in use, empty before the first choice."""
        return self._language

    def set_choice(self, choice: str) -> None:
        """Use a language from now on; ``system`` follows the system."""
        language = resolve_language(choice, QLocale.system().uiLanguages())
        if language == self._language:
            return
        self._language = language
        # The default locale first: what widgets print on the language change uses it.
        QLocale.setDefault(QLocale(language))
        for translator in self._translators:
            self._app.removeTranslator(translator)
        self._translators = []
        qt_catalogs = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        self._install(f"qtbase_{language}", qt_catalogs)
        self._install(f"finelens_{language}", str(self._catalogs))

    def _install(self, name: str, folder: str) -> None:
        translator = QTranslator(self)
        if translator.load(name, folder):
            self._app.installTranslator(translator)
            self._translators.append(translator)
