"""The panel at the left: parts of the library, folders, and the button that adds one."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    SignalInstance,
    Slot,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QMenu,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.core.library.rows import Root
from app.core.messages import IndexProgress
from app.ui.icons import line_icon, paint_icon
from app.ui.scope import ALL_PHOTOS, Scope
from app.ui.sidebar_model import (
    RowRole,
    ScopeRole,
    SidebarContent,
    SidebarGroup,
    SidebarModel,
    SidebarRow,
)
from app.ui.theme import GAP_PX, SECONDARY_TEXT_PX, text_font

ROW_HEIGHT_PX = 32
HEADING_HEIGHT_PX = 36
ICON_PX = 16
# A Mac has the second alone.
_DELETE_KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class SidebarDelegate(QStyledItemDelegate):
    """Paints a heading, or icon, name, state and a thin progress line."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Headings are taller: the space above them parts the groups."""
        row = index.data(RowRole)
        is_heading = isinstance(row, SidebarRow) and row.scope is None and not row.is_hint
        return QSize(0, HEADING_HEIGHT_PX if is_heading else ROW_HEIGHT_PX)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one line."""
        row = index.data(RowRole)
        model = index.model()
        if not isinstance(row, SidebarRow) or not isinstance(model, SidebarModel):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.is_hint:
            self._paint_hint(painter, option, row)
        elif row.scope is None:
            self._paint_heading(painter, option, row)
        else:
            self._paint_row(painter, option, row, model.state_text(row))
        painter.restore()

    @staticmethod
    def _paint_heading(painter: QPainter, option: QStyleOptionViewItem, row: SidebarRow) -> None:
        painter.setFont(text_font(SECONDARY_TEXT_PX))
        # Headings cannot be chosen, which makes their group the disabled one; they are to be read.
        quiet = option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.PlaceholderText)
        painter.setPen(quiet)
        rect = option.rect.adjusted(2 * GAP_PX, 0, -GAP_PX, -6)
        painter.drawText(
            rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, row.text.upper()
        )

    @staticmethod
    def _paint_hint(painter: QPainter, option: QStyleOptionViewItem, row: SidebarRow) -> None:
        painter.setFont(text_font(SECONDARY_TEXT_PX))
        quiet = option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.PlaceholderText)
        painter.setPen(quiet)
        rect = option.rect.adjusted(2 * GAP_PX, 0, -GAP_PX, 0)
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, row.text)

    def _paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, row: SidebarRow, state: str
    ) -> None:
        palette = option.palette
        rect = QRect(option.rect).adjusted(GAP_PX, 1, -GAP_PX, -1)
        self._paint_background(painter, option, rect)
        text_color = palette.color(QPalette.ColorRole.WindowText)
        quiet = palette.color(QPalette.ColorRole.PlaceholderText)
        icon_top = rect.center().y() - ICON_PX / 2 + 1
        paint_icon(
            painter, row.icon_name, QRectF(rect.left() + 8, icon_top, ICON_PX, ICON_PX), quiet
        )
        painter.setFont(text_font(SECONDARY_TEXT_PX))
        state_width = painter.fontMetrics().horizontalAdvance(state)
        painter.setPen(quiet)
        painter.drawText(
            rect.adjusted(0, 0, -8, 0),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            state,
        )
        painter.setFont(option.font)
        painter.setPen(quiet if row.is_offline else text_color)
        name_rect = rect.adjusted(8 + ICON_PX + 8, 0, -16 - state_width, 0)
        name = painter.fontMetrics().elidedText(
            row.text, Qt.TextElideMode.ElideMiddle, name_rect.width()
        )
        painter.drawText(name_rect, Qt.AlignmentFlag.AlignVCenter, name)
        if row.progress is not None:
            self._paint_progress(painter, palette, rect, row.progress)

    @staticmethod
    def _paint_background(painter: QPainter, option: QStyleOptionViewItem, rect: QRect) -> None:
        accent = option.palette.color(QPalette.ColorRole.Highlight)
        painter.setPen(Qt.PenStyle.NoPen)
        if option.state & QStyle.StateFlag.State_Selected:
            fill = QColor(accent)
            fill.setAlphaF(0.24)
            painter.setBrush(fill)
            painter.drawRoundedRect(rect, 5, 5)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(option.palette.color(QPalette.ColorRole.Midlight))
            painter.drawRoundedRect(rect, 5, 5)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)

    @staticmethod
    def _paint_progress(painter: QPainter, palette: QPalette, rect: QRect, progress: float) -> None:
        line = QRectF(rect.left() + 32, rect.bottom() - 2.5, rect.width() - 40, 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.Mid))
        painter.drawRoundedRect(line, 1, 1)
        line.setWidth(line.width() * min(1.0, max(0.0, progress)))
        painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
        painter.drawRoundedRect(line, 1, 1)


class SidebarView(QListView):
    """The lines; F2 and Delete are about the one with the keyboard, not about photos."""

    renaming_asked = Signal(object)  # Scope
    deletion_asked = Signal(object)  # Scope

    def event(self, event: QEvent) -> bool:
        """Keep the two keys from being the window's shortcuts."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and self._asked(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Say what one of the two keys asks."""
        asked = self._asked(event)
        if asked is None:
            super().keyPressEvent(event)
            return
        scope = self.currentIndex().data(ScopeRole)
        if isinstance(scope, Scope):
            asked.emit(scope)

    def _asked(self, event: QKeyEvent) -> SignalInstance | None:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return None
        if event.key() == Qt.Key.Key_F2:
            return self.renaming_asked
        return self.deletion_asked if event.key() in _DELETE_KEYS else None


class Sidebar(QFrame):
    """Chooses what the grid shows; asks for folders to be added, read again, shown or forgotten."""

    scope_changed = Signal(object)  # Scope
    add_folder_requested = Signal()
    index_requested = Signal(object)  # Root
    reveal_requested = Signal(object)  # Root
    remove_requested = Signal(object)  # Root
    relink_requested = Signal(object)  # Root
    new_album_requested = Signal()
    rename_requested = Signal(object)  # Scope of an album, a search or a concept
    delete_requested = Signal(object)  # Scope of an album, a search or a concept
    photos_dropped = Signal(object, object)  # album id or None for a new album, photo ids

    def __init__(self, parent: QWidget | None = None, *, demo_album: bytes = b"") -> None:
        super().__init__(parent)
        self.setProperty("chrome", True)
        self._scope = ALL_PHOTOS
        self.model = SidebarModel(self, demo_album=demo_album)
        self.view = SidebarView(self)
        self.view.setModel(self.model)
        self.view.setItemDelegate(SidebarDelegate(self.view))
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setMouseTracking(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setAcceptDrops(True)
        self.view.setDragDropMode(QListView.DragDropMode.DropOnly)
        self.view.setDragDropOverwriteMode(True)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._on_view_menu_requested)
        self.view.renaming_asked.connect(self._on_view_renaming_asked)
        self.view.deletion_asked.connect(self._on_view_deletion_asked)
        self.view.selectionModel().selectionChanged.connect(self._on_view_selection_changed)
        self.model.modelReset.connect(self._on_model_reset)
        self.model.photos_dropped.connect(self.photos_dropped)
        self.add_button = QPushButton(self)
        self.add_button.setFlat(True)
        self.add_button.setStyleSheet("text-align: left;")
        self.add_button.clicked.connect(self.add_folder_requested)
        self.album_button = QPushButton(self)
        self.album_button.setFlat(True)
        self.album_button.setStyleSheet("text-align: left;")
        self.album_button.clicked.connect(self.new_album_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, GAP_PX)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        button_box = QVBoxLayout()
        button_box.setContentsMargins(GAP_PX, GAP_PX, GAP_PX, 0)
        button_box.setSpacing(0)
        button_box.addWidget(self.add_button)
        button_box.addWidget(self.album_button)
        layout.addLayout(button_box)
        self._retranslate()
        self._redraw()
        self.select_scope(ALL_PHOTOS)

    @property
    def scope(self) -> Scope:
        """What is chosen."""
        return self._scope

    def select_scope(self, scope: Scope) -> None:
        """Choose a line; says so by ``scope_changed`` only if it is another one."""
        row = self.model.row_of(scope)
        if row >= 0:
            self.view.selectionModel().setCurrentIndex(
                self.model.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )

    def set_content(self, content: SidebarContent) -> None:
        """Show these folders, albums, searches, concepts and counts."""
        self.model.set_content(content)

    def show_group(self, group: SidebarGroup) -> None:
        """Bring a part of the sidebar into view and give it the keyboard."""
        index = self.model.index(self.model.first_row_of(group))
        self.view.scrollTo(index, QListView.ScrollHint.PositionAtTop)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        if index.flags() & Qt.ItemFlag.ItemIsSelectable:
            self.view.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.NoUpdate
            )

    def set_progress(self, progress: IndexProgress) -> None:
        """Show how far a folder is."""
        self.model.set_progress(progress)

    def clear_progress(self) -> None:
        """No folder is being indexed."""
        self.model.clear_progress()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._redraw()

    def _retranslate(self) -> None:
        self.view.setAccessibleName(self.tr("Library and folders"))
        self.add_button.setText(self.tr("Add a folder…"))
        self.album_button.setText(self.tr("New album…"))
        self.model.retranslate()

    def _redraw(self) -> None:
        self.add_button.setIcon(line_icon("add_folder", self.palette()))
        self.album_button.setIcon(line_icon("album", self.palette()))

    @Slot(QItemSelection, QItemSelection)
    def _on_view_selection_changed(self, selected: QItemSelection, _old: QItemSelection) -> None:
        indexes = selected.indexes()
        scope = indexes[0].data(ScopeRole) if indexes else None
        if isinstance(scope, Scope) and scope != self._scope:
            self._scope = scope
            self.scope_changed.emit(scope)

    @Slot()
    def _on_model_reset(self) -> None:
        row = self.model.row_of(self._scope)
        self.select_scope(self._scope if row >= 0 else ALL_PHOTOS)

    @Slot(QPoint)
    def _on_view_menu_requested(self, position: QPoint) -> None:
        index = self.view.indexAt(position)
        scope = index.data(ScopeRole) if index.isValid() else None
        menu = self.menu_for(scope) if isinstance(scope, Scope) else None
        if menu is not None:
            menu.popup(self.view.viewport().mapToGlobal(position))

    @Slot(object)
    def _on_view_renaming_asked(self, scope: Scope) -> None:
        if _has_name(scope):
            self.rename_requested.emit(scope)

    @Slot(object)
    def _on_view_deletion_asked(self, scope: Scope) -> None:
        root = None if scope.root_id is None else self.model.root(scope.root_id)
        if root is not None:
            self.remove_requested.emit(root)
        elif _has_name(scope):
            self.delete_requested.emit(scope)

    def menu_for(self, scope: Scope) -> QMenu | None:
        """Return what can be done with a line; the menu deletes itself after use."""
        root = None if scope.root_id is None else self.model.root(scope.root_id)
        if root is not None:
            return self.folder_menu(root)
        if not _has_name(scope):
            return None
        menu = self._menu()
        menu.addAction(self.tr("Rename…"), lambda: self.rename_requested.emit(scope))
        menu.addSeparator()
        menu.addAction(self.tr("Delete"), lambda: self.delete_requested.emit(scope))
        return menu

    def folder_menu(self, root: Root) -> QMenu:
        """Return what can be done with a folder; the menu deletes itself after use."""
        menu = self._menu()
        menu.addAction(self.tr("Look for new photos"), lambda: self.index_requested.emit(root))
        menu.addAction(self.tr("Show in file manager"), lambda: self.reveal_requested.emit(root))
        menu.addAction(self.tr("It lies elsewhere now…"), lambda: self.relink_requested.emit(root))
        menu.addSeparator()
        menu.addAction(self.tr("Remove from library…"), lambda: self.remove_requested.emit(root))
        return menu

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu


def _has_name(scope: Scope) -> bool:
    """Whether people gave it a name: an album, a kept search, a concept."""
    return scope.album_id is not None or scope.is_question
