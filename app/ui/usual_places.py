"""Where dialogs that choose folders and files begin: where people keep such things."""

from __future__ import annotations

import os

from PySide6.QtCore import QStandardPaths

Location = QStandardPaths.StandardLocation


def usual_dir(location: Location) -> str:
    """Return the folder of pictures, documents and the like; the home folder without one."""
    folder = QStandardPaths.writableLocation(location)
    return folder if os.path.isdir(folder) else os.path.expanduser("~")
