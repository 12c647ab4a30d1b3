"""The panel at the right: what is known of the photo, why it matches, what can be done with it."""

from __future__ import annotations

import os

from PySide6.QtCore import QDateTime, QEvent, QLocale, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.core.changes import Marks
from app.core.library.rows import Photo
from app.core.messages import Hit
from app.core.paths import display_path
from app.ui.flow_layout import FlowLayout
from app.ui.icon_button import IconButton
from app.ui.icons import line_icon
from app.ui.match_panel import MatchPanel
from app.ui.question import Question
from app.ui.star_rating import StarRating
from app.ui.tag_editor import TagEditor

WIDTH_PX = 264
MIN_WIDTH_PX = 224
SECTION_GAP_PX = 16


class Inspector(QFrame):
    """Match, marks, facts, tags and actions of one photo."""

    rating_requested = Signal(object, int)  # photo id, stars
    favourite_requested = Signal(object)  # photo id
    flag_requested = Signal(object, int)  # photo id, 1 or -1
    tag_requested = Signal(object, str, bool)  # photo id, tag, whether it is given
    similar_requested = Signal(object)  # photo id
    reveal_requested = Signal(object)  # photo id
    open_with_requested = Signal(object)  # photo id

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("chrome", True)
        self.setMinimumWidth(MIN_WIDTH_PX)
        self._photo: Photo | None = None
        self.name_label = self._label()
        self.path_label = self._label()
        self.path_label.setProperty("secondary", True)
        self.match = MatchPanel(self)
        self.stars = StarRating(self)
        self.heart_button = IconButton("heart", self)
        self.pick_button = IconButton("flag", self)
        self.reject_button = IconButton("reject", self)
        for button in (self.heart_button, self.pick_button, self.reject_button):
            button.setCheckable(True)
        self.facts_label = self._label()
        self.tags = TagEditor(self)
        self.similar_button = self._action_button()
        self.reveal_button = self._action_button()
        self.open_with_button = self._action_button()
        self.details = QWidget(self)
        self._lay_out()
        self._connect()
        self._retranslate()
        self._redraw()

    def _label(self) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        return label

    def _action_button(self) -> QPushButton:
        button = QPushButton(self)
        button.setFlat(True)
        button.setStyleSheet("text-align: left;")
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _lay_out(self) -> None:
        marks = FlowLayout(spacing_px=4)
        for mark in (self.stars, self.heart_button, self.pick_button, self.reject_button):
            marks.addWidget(mark)
        actions = QVBoxLayout()
        actions.setSpacing(0)
        actions.setContentsMargins(-8, 0, 0, 0)
        for button in (self.similar_button, self.reveal_button, self.open_with_button):
            actions.addWidget(button)
        details = QVBoxLayout(self.details)
        details.setContentsMargins(0, 0, 0, 0)
        details.setSpacing(SECTION_GAP_PX)
        details.addWidget(self.match)
        details.addLayout(marks)
        details.addWidget(self.facts_label)
        details.addWidget(self.path_label)
        details.addWidget(self.tags)
        details.addLayout(actions)
        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(SECTION_GAP_PX)
        column.addWidget(self.name_label)
        column.addWidget(self.details)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        area.setProperty("chrome", True)
        content.setProperty("chrome", True)
        self._area = area
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)

    def _connect(self) -> None:
        self.stars.rating_chosen.connect(self._on_stars_rating_chosen)
        self.heart_button.clicked.connect(self._on_heart_button_clicked)
        self.pick_button.clicked.connect(self._on_pick_button_clicked)
        self.reject_button.clicked.connect(self._on_reject_button_clicked)
        self.tags.tag_added.connect(self._on_tags_tag_added)
        self.tags.tag_removed.connect(self._on_tags_tag_removed)
        for button, signal in (
            (self.similar_button, self.similar_requested),
            (self.reveal_button, self.reveal_requested),
            (self.open_with_button, self.open_with_requested),
        ):
            button.clicked.connect(lambda _checked, signal=signal: self._wish(signal))

    # ------------------------------------------------------------ content

    @property
    def photo(self) -> Photo | None:
        """The photo that is described."""
        return self._photo

    def show_photo(self, photo: Photo | None, hit: Hit | None, question: Question) -> None:
        """Describe a photo, and why it is among the answers; None asks to choose one."""
        changed = photo is None or self._photo is None or photo.id != self._photo.id
        self._photo = photo
        self.match.show_match(hit, question)
        if changed:
            self.tags.show_tags((), ())
        self._retranslate()

    def show_marks(self, marks: Marks) -> None:
        """Show what the photo is marked with."""
        self.stars.set_rating(marks.rating)
        self.heart_button.setChecked(marks.favourite)
        self.heart_button.set_icon_name("heart_filled" if marks.favourite else "heart")
        self.pick_button.setChecked(marks.flag > 0)
        self.reject_button.setChecked(marks.flag < 0)

    def show_tags(self, tags: tuple[str, ...], all_tags: tuple[str, ...]) -> None:
        """Show the tags of the photo, and offer those that there are."""
        self.tags.show_tags(tags, all_tags)

    # ------------------------------------------------------------ wishes

    def _wish(self, signal: object, *values: object) -> None:
        if self._photo is not None:
            signal.emit(self._photo.id, *values)  # type: ignore[attr-defined]

    @Slot(int)
    def _on_stars_rating_chosen(self, rating: int) -> None:
        self._wish(self.rating_requested, rating)

    @Slot()
    def _on_heart_button_clicked(self) -> None:
        self._wish(self.favourite_requested)

    @Slot()
    def _on_pick_button_clicked(self) -> None:
        self._wish(self.flag_requested, 1)

    @Slot()
    def _on_reject_button_clicked(self) -> None:
        self._wish(self.flag_requested, -1)

    @Slot(str)
    def _on_tags_tag_added(self, tag: str) -> None:
        self._wish(self.tag_requested, tag, True)

    @Slot(str)
    def _on_tags_tag_removed(self, tag: str) -> None:
        self._wish(self.tag_requested, tag, False)

    # ------------------------------------------------------------ words

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._redraw()

    def _redraw(self) -> None:
        self.similar_button.setIcon(line_icon("similar", self.palette()))
        self.reveal_button.setIcon(line_icon("folder", self.palette()))
        self.open_with_button.setIcon(line_icon("reveal", self.palette()))

    def _retranslate(self) -> None:
        self._area.setAccessibleName(self.tr("Photo information"))
        self.heart_button.set_label(self.tr("Favourite"), "F")
        self.pick_button.set_label(self.tr("Pick"), "P")
        self.reject_button.set_label(self.tr("Reject"), "X")
        self.similar_button.setText(self.tr("Find similar"))
        self.reveal_button.setText(self.tr("Show in file manager"))
        self.open_with_button.setText(self.tr("Open with…"))
        photo = self._photo
        self.details.setVisible(photo is not None)
        if photo is None:
            self.name_label.setText(self.tr("Choose a photo to see its details."))
            return
        folder, name = os.path.split(photo.absolute_path)
        self.name_label.setText(_breakable(display_path(name)))
        self.facts_label.setText("\n".join(self._facts(photo)))
        self.path_label.setText(_breakable(display_path(folder)))

    def _facts(self, photo: Photo) -> list[str]:
        locale = QLocale()
        facts = [
            self.tr("{0} × {1} pixels").format(
                locale.toString(photo.width_px), locale.toString(photo.height_px)
            ),
            f"{photo.format.upper()}, {locale.formattedDataSize(photo.size_bytes)}",
        ]
        if photo.taken_at:
            moment = QDateTime.fromString(photo.taken_at[:19], Qt.DateFormat.ISODate)
            if moment.isValid():
                facts.append(locale.toString(moment, QLocale.FormatType.ShortFormat))
        if photo.camera:
            facts.append(photo.camera)
        return facts


def _breakable(text: str) -> str:
    """Let a long name or path wrap at its separators."""
    for mark in "/\\_-.":
        text = text.replace(mark, mark + "\u200b")
    return text
