"""The filters as controls, in a pane that opens under the search bar."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QDate, QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.asking import Filters, Orientation
from app.core.library.rows import Root
from app.ui.filter_texts import orientation_texts, stars_text
from app.ui.question import NO_FILTERS
from app.ui.sidebar_model import root_name

_Value = TypeVar("_Value")
WIDTH_PX = 360
FIRST_DAY = QDate(1830, 1, 1)
FORMATS = ("jpeg", "png", "heic", "raw", "tiff", "webp", "gif", "avif", "bmp")
ORIENTATIONS: tuple[Orientation, ...] = ("landscape", "portrait", "square")


class DayEdit(QDateEdit):
    """A day, or any: ``FIRST_DAY`` stands for none, and choosing begins today."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(FIRST_DAY, parent)
        self.setCalendarPopup(True)
        self.setMinimumDate(FIRST_DAY)
        self.calendarWidget().installEventFilter(self)

    def stepBy(self, steps: int) -> None:
        """Arrows and the wheel lead from no day to today."""
        if self.date() == FIRST_DAY and steps > 0:
            self.setDate(QDate.currentDate())
        else:
            super().stepBy(steps)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open the calendar at today's month while no day is chosen."""
        if event.type() == QEvent.Type.Show and self.date() == FIRST_DAY:
            today = QDate.currentDate()
            self.calendarWidget().setCurrentPage(today.year(), today.month())
        return super().eventFilter(watched, event)


class FiltersPanel(QFrame):
    """Says at once what is chosen; every control may be left as it is."""

    filters_changed = Signal(object)  # Filters

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("filters")
        self.setStyleSheet(
            "#filters { background: palette(alternate-base); border: 1px solid palette(mid); }"
        )
        self.setFixedWidth(WIDTH_PX)
        self._filters = NO_FILTERS
        self._is_showing = False
        self.folder = QComboBox(self)
        self.first_day = DayEdit(self)
        self.last_day = DayEdit(self)
        self.camera = QLineEdit(self)
        self.rating = QComboBox(self)
        self.favourite = QCheckBox(self)
        self.format = QComboBox(self)
        self.orientation = QComboBox(self)
        self.name = QLineEdit(self)
        self.clear_button = QPushButton(self)
        self.clear_button.setAutoDefault(True)
        self._labels = [QLabel(self) for _ in range(8)]
        self._said = ""
        self.said_label = QLabel(self)
        self.said_label.setTextFormat(Qt.TextFormat.PlainText)
        self.said_label.setWordWrap(True)
        self.said_label.setProperty("secondary", True)
        self._lay_out()
        self._retranslate()
        self._connect()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        controls = (
            self.folder,
            self.first_day,
            self.last_day,
            self.camera,
            self.rating,
            self.format,
            self.orientation,
            self.name,
        )
        for row, (label, control) in enumerate(zip(self._labels, controls, strict=True)):
            label.setBuddy(control)
            grid.addWidget(label, row, 0)
            grid.addWidget(control, row, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.favourite)
        foot.addStretch(1)
        foot.addWidget(self.clear_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(grid)
        column.addWidget(self.said_label)
        column.addLayout(foot)

    def _connect(self) -> None:
        for box in (self.folder, self.rating, self.format, self.orientation):
            box.activated.connect(self._on_control_changed)
        for day in (self.first_day, self.last_day):
            day.dateChanged.connect(self._on_control_changed)
        for edit in (self.camera, self.name):
            edit.editingFinished.connect(self._on_control_changed)
        self.favourite.toggled.connect(self._on_control_changed)
        self.clear_button.clicked.connect(self._on_clear_button_clicked)

    # ------------------------------------------------------------ content

    def set_roots(self, roots: tuple[Root, ...]) -> None:
        """Offer these folders."""
        chosen = self.folder.currentData()
        self.folder.clear()
        self.folder.addItem(self.tr("All folders"), None)
        for root in roots:
            self.folder.addItem(root_name(root), root.id)
        self.folder.setCurrentIndex(max(0, self.folder.findData(chosen)))

    def show_said(self, said: str) -> None:
        """Say by what the words filter besides: no control shows it, and it holds all the same."""
        self._said = said
        self.said_label.setText(self.tr("Your words say too: {0}").format(said))
        self.said_label.setVisible(bool(said))

    def show_filters(self, filters: Filters) -> None:
        """Show what is chosen without announcing it."""
        self._filters = filters
        self._is_showing = True
        root_id = filters.root_ids[0] if filters.root_ids else None
        self.folder.setCurrentIndex(max(0, self.folder.findData(root_id)))
        period = filters.taken[0] if filters.taken else (None, None)
        for edit, day in zip((self.first_day, self.last_day), period, strict=True):
            date = QDate.fromString(day or "", Qt.DateFormat.ISODate)
            edit.setDate(date if date.isValid() else FIRST_DAY)
        self.camera.setText(filters.cameras[0] if filters.cameras else "")
        self.rating.setCurrentIndex(filters.min_rating)
        self.favourite.setChecked(filters.favourite)
        kind = filters.formats[0] if filters.formats else None
        self.format.setCurrentIndex(max(0, self.format.findData(kind)))
        shape = filters.orientations[0] if filters.orientations else None
        self.orientation.setCurrentIndex(max(0, self.orientation.findData(shape)))
        self.name.setText(" ".join(filters.names))
        self._is_showing = False

    def open_under(self, widget: QWidget) -> None:
        """Open below a widget, at its right edge."""
        self.adjustSize()
        corner = widget.mapToGlobal(QPoint(widget.width() - self.width(), widget.height() + 4))
        screen = widget.screen().availableGeometry()
        self.move(max(screen.left(), corner.x()), corner.y())
        self.show()
        self.folder.setFocus()

    def filters(self) -> Filters:
        """Return what the controls say; what they cannot show stays as it was."""
        shown = self._filters
        period = _iso(self.first_day.date()), _iso(self.last_day.date())
        names = self.name.text().split()
        return replace(
            shown,
            root_ids=_with_first(shown.root_ids, self.folder.currentData()),
            taken=_with_first(shown.taken, period if any(period) else None),
            cameras=_with_first(shown.cameras, self.camera.text().strip() or None),
            min_rating=max(0, self.rating.currentIndex()),
            favourite=self.favourite.isChecked(),
            formats=_with_first(shown.formats, self.format.currentData()),
            orientations=_with_first(shown.orientations, self.orientation.currentData()),
            names=tuple(names) if names != " ".join(shown.names).split() else shown.names,
        )

    @Slot()
    def _on_control_changed(self) -> None:
        if self._is_showing:
            return
        filters = self.filters()
        if filters != self._filters:
            self._filters = filters
            self.filters_changed.emit(filters)

    @Slot()
    def _on_clear_button_clicked(self) -> None:
        self.show_filters(NO_FILTERS)
        self.filters_changed.emit(NO_FILTERS)
        self.close()

    # ------------------------------------------------------------ words

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Filters"))
        texts = (
            self.tr("&Folder"),
            self.tr("Taken fr&om"),
            self.tr("Taken &until"),
            self.tr("&Camera"),
            self.tr("&Rating"),
            self.tr("File &type"),
            self.tr("Or&ientation"),
            self.tr("&Name has"),
        )
        for label, text in zip(self._labels, texts, strict=True):
            label.setText(text)
            label.buddy().setAccessibleName(text.replace("&", ""))
        self.favourite.setText(self.tr("Fa&vourites only"))
        self.clear_button.setText(self.tr("Clear filters"))
        self.camera.setPlaceholderText(self.tr("any"))
        self.name.setPlaceholderText(self.tr("any"))
        for day in (self.first_day, self.last_day):
            day.setSpecialValueText(self.tr("any day"))
        any_text = self.tr("any")
        _fill(self.rating, [(any_text, 0), *((stars_text(n), n) for n in range(1, 6))])
        _fill(self.format, [(any_text, None), *((kind.upper(), kind) for kind in FORMATS)])
        names = orientation_texts()
        _fill(self.orientation, [(any_text, None), *((names[o], o) for o in ORIENTATIONS)])
        self.folder.setItemText(0, self.tr("All folders"))
        self.show_said(self._said)


def _fill(box: QComboBox, items: list[tuple[str, object]]) -> None:
    """Give a box its items anew; what was chosen stays."""
    chosen = max(0, box.currentIndex())
    box.clear()
    for text, data in items:
        box.addItem(text, data)
    box.setCurrentIndex(chosen)


def _with_first(values: tuple[_Value, ...], first: _Value | None) -> tuple[_Value, ...]:
    """Return several values of which a control shows the first: only that if it was changed."""
    if values and values[0] == first:
        return values
    return () if first is None else (first,)


def _iso(date: QDate) -> str | None:
    return None if date == FIRST_DAY else date.toString(Qt.DateFormat.ISODate)
