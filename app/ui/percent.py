"""Shares in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale


def percent_text(share: float) -> str:
    """Return a share of 0..1 as people of the language write it: "12 %", "12%"."""
    number = QLocale().toString(round(100 * share))
    return QCoreApplication.translate("Percent", "{0} %").format(number)
