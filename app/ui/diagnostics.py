"""The log, and what happens to errors that nobody handled. Set up once, by ``main``."""

from __future__ import annotations

import logging
import logging.handlers
import os
import sys
import threading
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import (
    QCoreApplication,
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QMessageBox

from app.ui.message_box import message_box

logger = logging.getLogger(__name__)
qt_logger = logging.getLogger("qt")

LOG_NAME = "finelens.log"
LOG_BYTES = 1_000_000
N_OLD_LOGS = 2

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def set_up_logging(folder: Path) -> None:
    """Log to a file in a folder, warnings to stderr too; ``FINELENS_LOG`` sets the level."""
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    handlers[0].setLevel(logging.WARNING)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handlers.append(
            logging.handlers.RotatingFileHandler(
                folder / LOG_NAME, maxBytes=LOG_BYTES, backupCount=N_OLD_LOGS, encoding="utf-8"
            )
        )
    except OSError as error:
        print(f"no log file: {error}", file=sys.stderr)
    logging.basicConfig(
        level=os.environ.get("FINELENS_LOG", "INFO").upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        handlers=handlers,
    )


class CrashNotice(QObject):
    """Says once that something went wrong, in the window's thread, whichever thread it was."""

    error_caught = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        # Kept, because a box without a parent would go with its last name.
        self._box: QMessageBox | None = None
        self.error_caught.connect(self._on_error_caught, Qt.ConnectionType.QueuedConnection)

    def catch(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        """Log an error that nobody handled; any thread."""
        if issubclass(kind, KeyboardInterrupt):
            QCoreApplication.quit()
            return
        logger.critical("unhandled error", exc_info=(kind, error, trace))
        self.error_caught.emit()

    @Slot()
    def _on_error_caught(self) -> None:
        if self._box is not None:
            return
        self._box = message_box(
            QApplication.activeWindow(),
            "Finelens",
            self.tr("Something went wrong inside Finelens."),
            self.tr("Your photos are not touched. The log says what happened."),
        )
        self._box.setIcon(QMessageBox.Icon.Warning)
        self._box.open()


def install_hooks(app: QApplication) -> None:
    """Send unhandled errors of all threads, and Qt's own messages, to the log."""
    notice = CrashNotice(app)
    sys.excepthook = notice.catch
    threading.excepthook = lambda args: notice.catch(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )
    qInstallMessageHandler(_log_qt_message)


def _log_qt_message(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    qt_logger.log(_LEVELS.get(kind, logging.WARNING), "%s", message)
