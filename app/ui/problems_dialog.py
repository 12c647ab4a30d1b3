"""The files that could not be used: which, why, and what can be done."""

from __future__ import annotations

import os
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.core.library.rows import Problem
from app.core.paths import display_path
from app.ui.dialog_size import resize_within_screen
from app.ui.error_text import reason_text
from app.ui.plain_tip import plain_tip

AnyIndex = QModelIndex | QPersistentModelIndex

FILE_COLUMN, REASON_COLUMN, DETAIL_COLUMN, FOLDER_COLUMN = range(4)
N_COLUMNS = 4


class ProblemsModel(QAbstractTableModel):
    """One row a file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._problems: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is listed, in the order of the rows."""
        return self._problems

    def set_problems(self, problems: tuple[Problem, ...]) -> None:
        """List these; nothing moves if they are the ones listed already."""
        if problems == self._problems:
            return
        self.beginResetModel()
        self._problems = problems
        self.endResetModel()

    def retranslate(self) -> None:
        """Show headings and reasons in the language of the moment."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, N_COLUMNS - 1)
        if self._problems:
            last = self.index(len(self._problems) - 1, N_COLUMNS - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """Number of files."""
        return 0 if parent.isValid() else len(self._problems)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """File, reason, detail, folder."""
        return 0 if parent.isValid() else N_COLUMNS

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts; the whole path as tool tip."""
        if not index.isValid() or index.row() >= len(self._problems):
            return None
        problem = self._problems[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(problem)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            if index.column() == DETAIL_COLUMN:
                return plain_tip(problem.detail)
            return plain_tip(display_path(problem.absolute_path))
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Column titles."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (self.tr("File"), self.tr("Reason"), self.tr("Detail"), self.tr("Folder"))[section]

    @staticmethod
    def _texts(problem: Problem) -> tuple[str, str, str, str]:
        folder, name = os.path.split(problem.absolute_path)
        return (
            display_path(name),
            reason_text(problem.reason),
            problem.detail,
            display_path(folder),
        )


class ProblemsDialog(QDialog):
    """The list, with retry and reveal. Not modal: indexing goes on behind it."""

    retry_requested = Signal()
    reveal_requested = Signal(object)  # absolute path, bytes

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        resize_within_screen(self, 860, 440)
        self.model = ProblemsModel(self)
        self.explanation = QLabel(self)
        self.explanation.setWordWrap(True)
        self.view = QTableView(self)
        self._set_up_view()
        self.retry_button = QPushButton(self)
        self.reveal_button = QPushButton(self)
        self.close_button = QPushButton(self)
        self.close_button.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.retry_button)
        buttons.addWidget(self.reveal_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(self.explanation)
        layout.addWidget(self.view, 1)
        layout.addLayout(buttons)
        self.retry_button.clicked.connect(self.retry_requested)
        self.reveal_button.clicked.connect(self._on_reveal_button_clicked)
        self.close_button.clicked.connect(self.close)
        self._retranslate()
        self._update_buttons()

    def _set_up_view(self) -> None:
        self.view.setModel(self.model)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setTabKeyNavigation(False)
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        # A path is told by its ends.
        self.view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        # In line with the headings.
        self.view.setStyleSheet("QTableView::item { padding-left: 5px; }")
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(30)
        header = self.view.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width_px in (
            (FILE_COLUMN, 200),
            (REASON_COLUMN, 170),
            (DETAIL_COLUMN, 280),
            (FOLDER_COLUMN, 180),
        ):
            self.view.setColumnWidth(column, width_px)
        header.setSectionResizeMode(FOLDER_COLUMN, QHeaderView.ResizeMode.Stretch)
        self.view.selectionModel().selectionChanged.connect(self._on_view_selection_changed)
        self.view.doubleClicked.connect(self._on_view_double_clicked)

    def set_problems(self, problems: tuple[Problem, ...]) -> None:
        """List these files."""
        self.model.set_problems(problems)
        self._retranslate()
        self._update_buttons()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self.model.retranslate()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Problems"))
        n_problems = self.model.rowCount()
        self.explanation.setText(
            self.tr(
                "%Ln file(s) could not be used. Everything else is in the library.", "", n_problems
            )
            if n_problems
            else self.tr("All files could be used.")
        )
        self.view.setAccessibleName(self.tr("Files that could not be used"))
        self.retry_button.setText(self.tr("Try all again"))
        self.reveal_button.setText(self.tr("Show in file manager"))
        self.close_button.setText(self.tr("Close"))

    def _update_buttons(self) -> None:
        self.retry_button.setEnabled(self.model.rowCount() > 0)
        self.reveal_button.setEnabled(self.view.selectionModel().hasSelection())

    def _reveal(self, row: int) -> None:
        self.reveal_requested.emit(self.model.problems[row].absolute_path)

    @Slot()
    def _on_view_selection_changed(self) -> None:
        self._update_buttons()

    @Slot(QModelIndex)
    def _on_view_double_clicked(self, index: QModelIndex) -> None:
        self._reveal(index.row())

    @Slot()
    def _on_reveal_button_clicked(self) -> None:
        rows = self.view.selectionModel().selectedRows()
        if rows:
            self._reveal(rows[0].row())
