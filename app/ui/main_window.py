"""The window: where the panels are, which are shown, and what is dropped on them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QSettings, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.ui.banner import Banner, StartingBar
from app.ui.first_start import FirstStart
from app.ui.inspector import Inspector
from app.ui.photo_page import PhotoPage
from app.ui.pictures import local_paths
from app.ui.query_chips import QueryChips
from app.ui.rail import Rail
from app.ui.results_page import ResultsPage
from app.ui.search_bar import SearchBar
from app.ui.sidebar import Sidebar
from app.ui.sidebar_model import SidebarGroup
from app.ui.status_bar import StatusBar
from app.ui.toast import Toast
from app.ui.window_actions import WindowActions

SIDEBAR_WIDTH_PX = 232
SIDEBAR_MIN_WIDTH_PX = 160
INSPECTOR_WIDTH_PX = 264
CENTER_MIN_WIDTH_PX = 400  # the panels shrink before the search line shows less than 20 letters
DEFAULT_SIZE = QSize(1280, 820)
# Every page fits between both panels at their narrowest.
MINIMUM_SIZE = QSize(856, 480)
_SHOWN = (QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
_HIDDEN = (QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)


@dataclass(slots=True)
class Panels:
    """The parts of the window; the window becomes their owner."""

    rail: Rail
    sidebar: Sidebar
    search_bar: SearchBar
    chips: QueryChips
    starting_bar: StartingBar
    banner: Banner
    first_start: FirstStart
    results: ResultsPage
    photo_page: PhotoPage
    inspector: Inspector
    status_bar: StatusBar


class MainWindow(QMainWindow):
    """Lays out the panels, keeps its geometry. What panels do to each other is not its affair."""

    first_painted = Signal()
    folders_dropped = Signal(object)  # tuple[bytes, ...]
    folders_given = Signal(object)  # tuple[bytes, ...]: the application was started with them
    picture_dropped = Signal(object)  # bytes
    clear_requested = Signal()
    back_requested = Signal()
    forward_requested = Signal()
    inspector_shown = Signal()
    closed = Signal()

    def __init__(self, panels: Panels, geometry: QSettings) -> None:
        super().__init__()
        self.setWindowTitle("Finelens")
        self.setMinimumSize(MINIMUM_SIZE)
        self.setAcceptDrops(True)
        self.panels = panels
        self._geometry = geometry
        self._is_painted = False
        self.actions_ = WindowActions(self)
        self.stack = QStackedWidget(self)
        for page in (panels.results, panels.first_start, panels.photo_page):
            self.stack.addWidget(page)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._lay_out()
        self._show_page(panels.results)
        panels.rail.set_settings_menu(self.actions_.settings_menu)
        self._connect()
        self._restore()

    def _lay_out(self) -> None:
        panels = self.panels
        self._ask_area = QWidget(self)
        ask = QVBoxLayout(self._ask_area)
        ask.setContentsMargins(0, 0, 0, 0)
        ask.setSpacing(0)
        ask.addWidget(panels.search_bar)
        ask.addWidget(panels.chips)
        center = QWidget(self)
        center.setMinimumWidth(CENTER_MIN_WIDTH_PX)
        column = QVBoxLayout(center)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self._ask_area, panels.starting_bar, panels.banner):
            column.addWidget(widget)
        column.addWidget(self.stack, 1)
        self.splitter.addWidget(panels.sidebar)
        self.splitter.addWidget(center)
        self.splitter.addWidget(panels.inspector)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        panels.sidebar.setMinimumWidth(SIDEBAR_MIN_WIDTH_PX)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(panels.rail)
        row.addWidget(_line(QFrame.Shape.VLine, self))
        row.addWidget(self.splitter, 1)
        central = QWidget(self)
        whole = QVBoxLayout(central)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(row, 1)
        whole.addWidget(_line(QFrame.Shape.HLine, self))
        whole.addWidget(panels.status_bar)
        self.setCentralWidget(central)
        self.toast = Toast(center)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(True)  # Enter presses it, as in dialogs
        self._order_tabs()

    def _order_tabs(self) -> None:
        """Tab goes as one reads: along the search line, through the chips, to the photos."""
        bar = self.panels.search_bar
        before = (bar.back_button, bar.forward_button, bar.history_button, bar.edit)
        after = (bar.picture_button, bar.filters_button)
        for first, second in pairwise((*before, *after, self.panels.results.grid)):
            self.setTabOrder(first, second)
        self.panels.chips.follow_by_tab(bar.filters_button)

    def _connect(self) -> None:
        actions, rail = self.actions_, self.panels.rail
        actions.show_sidebar.triggered.connect(self.set_sidebar_shown)
        actions.show_inspector.triggered.connect(self.set_inspector_shown)
        actions.full_screen.triggered.connect(self._on_full_screen_triggered)
        actions.next_panel.triggered.connect(self._on_next_panel_triggered)
        actions.quit.triggered.connect(self.close)
        rail.sidebar_requested.connect(self._on_rail_sidebar_requested)
        rail.info_requested.connect(self._on_rail_info_requested)
        rail.group_requested.connect(self._on_rail_group_requested)
        for widget in (self.panels.results.grid, self.panels.photo_page.view):
            widget.installEventFilter(self)

    # ------------------------------------------------------------ pages and panels

    def show_results(self) -> None:
        """Show the grid."""
        self._show_page(self.panels.results)
        self.panels.results.grid.setFocus()

    def show_first_start(self) -> None:
        """Show the page of an empty library."""
        self._show_page(self.panels.first_start)

    def show_photo(self) -> None:
        """Show one photo in place of the grid and the search bar."""
        self._show_page(self.panels.photo_page)
        self.panels.photo_page.view.setFocus()

    @property
    def is_photo_shown(self) -> bool:
        """Whether one photo is open."""
        return self.stack.currentWidget() is self.panels.photo_page

    @property
    def is_first_start_shown(self) -> bool:
        """Whether the page of an empty library is open."""
        return self.stack.currentWidget() is self.panels.first_start

    def _show_page(self, page: QWidget) -> None:
        self._ask_area.setVisible(page is not self.panels.photo_page)
        # A page that is not shown must not make the window wider than it is.
        for number in range(self.stack.count()):
            other = self.stack.widget(number)
            other.setSizePolicy(*(_SHOWN if other is page else _HIDDEN))
        self.stack.setCurrentWidget(page)

    @Slot(bool)
    def set_sidebar_shown(self, shown: bool) -> None:
        """Show or hide the sidebar."""
        self.panels.sidebar.setVisible(shown)
        self._show_panel_states()

    @Slot(bool)
    def set_inspector_shown(self, shown: bool) -> None:
        """Show or hide the information panel."""
        self.panels.inspector.setVisible(shown)
        self._show_panel_states()
        if shown:
            self.inspector_shown.emit()

    def _show_panel_states(self) -> None:
        sidebar = not self.panels.sidebar.isHidden()
        inspector = not self.panels.inspector.isHidden()
        self.actions_.show_sidebar.setChecked(sidebar)
        self.actions_.show_inspector.setChecked(inspector)
        self.panels.rail.show_panels(sidebar=sidebar, inspector=inspector)

    @Slot()
    def _on_rail_sidebar_requested(self) -> None:
        self.set_sidebar_shown(self.panels.sidebar.isHidden())

    @Slot()
    def _on_rail_info_requested(self) -> None:
        self.set_inspector_shown(self.panels.inspector.isHidden())

    @Slot(str)
    def _on_rail_group_requested(self, group: SidebarGroup) -> None:
        self.set_sidebar_shown(True)
        self.panels.sidebar.show_group(group)

    @Slot(bool)
    def _on_full_screen_triggered(self, full: bool) -> None:
        self.setWindowState(
            self.windowState() | Qt.WindowState.WindowFullScreen
            if full
            else self.windowState() & ~Qt.WindowState.WindowFullScreen
        )

    @Slot()
    def _on_next_panel_triggered(self) -> None:
        panels, strip = self.panels, self.panels.photo_page.strip
        box_bar = panels.photo_page.view.box_bar
        stops: list[tuple[QWidget, QWidget]] = [  # a panel, and what in it takes the keyboard
            (panels.search_bar, panels.search_bar.edit),
            (panels.results, panels.results.grid),
            (panels.photo_page, panels.photo_page.view),
            (box_bar, box_bar.chosen_button),
            (strip, strip),
            (panels.first_start, panels.first_start.add_button),
            (panels.inspector, panels.inspector.stars),
            (panels.status_bar, panels.status_bar.size_slider),
            (panels.rail, panels.rail.photos_button),
            (panels.sidebar, panels.sidebar.view),
        ]
        no_focus = Qt.FocusPolicy.NoFocus
        shown = [
            (panel, target)
            for panel, target in stops
            if target.isVisible() and target.focusPolicy() != no_focus
        ]
        focus = QApplication.focusWidget()
        at = -1
        for number, (panel, _target) in enumerate(shown):
            if focus is not None and (panel is focus or panel.isAncestorOf(focus)):
                at = number  # the innermost: the tools of a box lie in the photo
        shown[(at + 1) % len(shown)][1].setFocus(Qt.FocusReason.TabFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice the first paint; over photos let Tab, Shift+Tab and Esc act on the window."""
        if event.type() == QEvent.Type.Expose and not self._is_painted:
            # The event paints the window; what is queued now runs after it.
            QTimer.singleShot(0, self._on_first_exposed)
        elif event.type() == QEvent.Type.KeyPress and self._act_on_key(watched, event):
            return True
        return super().eventFilter(watched, event)

    def _act_on_key(self, watched: QObject, event: QEvent) -> bool:
        """Tab and Shift+Tab hide panels where they would only leave the photos; F6 leaves them."""
        on_photos = watched in (self.panels.results.grid, self.panels.photo_page.view)
        if not on_photos or not isinstance(event, QKeyEvent):
            return False
        if event.key() == Qt.Key.Key_Tab and not event.modifiers():
            self.set_sidebar_shown(self.panels.sidebar.isHidden())
            return True
        if event.key() == Qt.Key.Key_Backtab:
            self.set_inspector_shown(self.panels.inspector.isHidden())
            return True
        if event.key() == Qt.Key.Key_Escape and watched is self.panels.results.grid:
            self.clear_requested.emit()
            return True
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The side buttons of a mouse go back and forward, wherever nobody else wants them."""
        if event.button() == Qt.MouseButton.BackButton:
            self.back_requested.emit()
        elif event.button() == Qt.MouseButton.ForwardButton:
            self.forward_requested.emit()
        else:
            super().mousePressEvent(event)

    # ------------------------------------------------------------ drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders, not our own photos."""
        if event.mimeData().hasUrls() and event.source() is None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A folder is to be indexed, a picture is to be searched by."""
        self.take_files(local_paths(event.mimeData()))
        event.acceptProposedAction()

    def take_files(self, paths: list[bytes]) -> None:
        """Offer to index folders; search by the first picture where there is no folder."""
        folders = tuple(path for path in paths if os.path.isdir(path))
        if folders:
            self.folders_dropped.emit(folders)
        elif paths:
            self.picture_dropped.emit(paths[0])

    # ------------------------------------------------------------ life

    def showEvent(self, event: QShowEvent) -> None:
        """Watch for the moment when the window is on the screen."""
        super().showEvent(event)
        if not self._is_painted and self.windowHandle() is not None:
            self.windowHandle().installEventFilter(self)

    @Slot()
    def _on_first_exposed(self) -> None:
        # Not for a window that was closed at once: nobody would end what starts now.
        if not self._is_painted and self.isVisible():
            self._is_painted = True
            self.first_painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the geometry; the rest of the application ends with the window."""
        self._geometry.setValue("geometry", self.saveGeometry())
        self._geometry.setValue("splitter", self.splitter.saveState())
        self._geometry.setValue("sidebar", not self.panels.sidebar.isHidden())
        self._geometry.setValue("inspector", not self.panels.inspector.isHidden())
        self._geometry.sync()
        event.accept()
        self.closed.emit()

    def _restore(self) -> None:
        geometry = self._geometry.value("geometry")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(DEFAULT_SIZE.boundedTo(self.screen().availableSize()))
        splitter = self._geometry.value("splitter")
        if splitter is None or not self.splitter.restoreState(splitter):
            self.splitter.setSizes([SIDEBAR_WIDTH_PX, 800, INSPECTOR_WIDTH_PX])
        self.set_sidebar_shown(self._geometry.value("sidebar", True, type=bool))
        self.set_inspector_shown(self._geometry.value("inspector", False, type=bool))


def _line(shape: QFrame.Shape, parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setFrameShape(QFrame.Shape.NoFrame)
    line.setObjectName("hairline")
    line.setStyleSheet("#hairline { background: palette(mid); }")
    if shape == QFrame.Shape.VLine:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line
