"""The sidebar: folders and their state."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QAction
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from app.core.asking import Query
from app.core.library.rows import Album, Concept, SavedSearch
from app.ui.photo_drag import put_photo_ids
from app.ui.plain_tip import plain_tip
from app.ui.scope import ALL_PHOTOS, FAVOURITES, Scope
from app.ui.sidebar import Sidebar
from app.ui.sidebar_model import SidebarContent, SidebarModel
from tests.unit.ui.samples import Listener, drop_on, progress, root

KEPT = SidebarContent(
    albums=(Album(4, "Lake", 7),),
    searches=(SavedSearch(5, "Boats", Query("boat")),),
    concepts=(Concept(6, "My cat", 3, 1),),
)
KEPT_SCOPES = [Scope(album_id=4), Scope(saved_id=5), Scope(concept_id=6)]


@pytest.fixture
def sidebar(qtbot: QtBot) -> Sidebar:
    sidebar = Sidebar()
    qtbot.addWidget(sidebar)
    sidebar.resize(232, 600)
    sidebar.show()
    nas = root(2, path=b"/mnt/NAS", display="/mnt/NAS", state="offline", n_photos=3)
    sidebar.set_content(SidebarContent((root(1), nas), 13, 2))
    return sidebar


def texts(model: SidebarModel) -> list[str]:
    return [model.index(row).data() for row in range(model.rowCount())]


def states(model: SidebarModel) -> list[str]:
    return [model.state_text(row) for row in model._rows]


def test_model_keeps_qts_rules(qapp: object) -> None:
    model = SidebarModel()
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, model
    )
    model.set_content(SidebarContent((root(1),), 10, 0))
    model.set_content(SidebarContent((root(1), root(2)), 20, 1))
    model.set_progress(progress())
    model.clear_progress()
    model.set_content(SidebarContent((), 0, 0))
    assert tester.model() is model


def test_keys_rename_and_delete_the_line_with_the_keyboard(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.set_content(replace(KEPT, roots=(root(1),)))
    trash = QAction(sidebar)
    trash.setShortcut(Qt.Key.Key_Delete)
    trashed, renamed, deleted, removed = (Listener() for _ in range(4))
    trash.triggered.connect(trashed.on_one)
    sidebar.addAction(trash)
    sidebar.rename_requested.connect(renamed.on_one)
    sidebar.delete_requested.connect(deleted.on_one)
    sidebar.remove_requested.connect(removed.on_one)
    sidebar.activateWindow()
    sidebar.view.setFocus()
    for scope in (ALL_PHOTOS, FAVOURITES, Scope(root_id=1), *KEPT_SCOPES):
        sidebar.select_scope(scope)
        for key in (Qt.Key.Key_F2, Qt.Key.Key_Delete):
            qtbot.keyClick(sidebar.view, key)
    assert renamed.heard == KEPT_SCOPES
    assert deleted.heard == KEPT_SCOPES
    assert removed.heard == [root(1)]
    assert trashed.heard == []
    qtbot.keyClick(sidebar.view, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    assert deleted.heard == KEPT_SCOPES


def test_folders_show_name_count_and_state(sidebar: Sidebar) -> None:
    assert texts(sidebar.model) == [
        "Library", "All photos", "Favourites", "Folders", "Holiday", "NAS",
        "Albums", "Drag photos here", "Searches", "Keep a search with Ctrl+S",
        "Concepts", "Draw a box, then name it",
    ]  # fmt: skip
    assert states(sidebar.model) == ["", "13", "2", "", "10", "offline", *[""] * 6]


def test_albums_searches_and_concepts_are_listed_and_have_menus(
    sidebar: Sidebar, qtbot: QtBot
) -> None:
    sidebar.set_content(KEPT)
    assert texts(sidebar.model)[4:] == ["Albums", "Lake", "Searches", "Boats", "Concepts", "My cat"]
    renamed, deleted = Listener(), Listener()
    sidebar.rename_requested.connect(renamed.on_one)
    sidebar.delete_requested.connect(deleted.on_one)
    for scope in KEPT_SCOPES:
        menu = sidebar.menu_for(scope)
        assert menu is not None
        for action in menu.actions():
            action.trigger()
        menu.deleteLater()
    assert renamed.heard == deleted.heard == KEPT_SCOPES
    assert sidebar.menu_for(FAVOURITES) is None
    sidebar.show_group("searches")
    assert sidebar.view.currentIndex().data() == "Boats"
    assert sidebar.scope == ALL_PHOTOS, "showing a part chooses nothing"


def test_names_are_in_order_whatever_their_capitals_and_tips_say_them_whole(
    sidebar: Sidebar,
) -> None:
    searches = tuple(
        SavedSearch(number, name, Query("x"))
        for number, name in enumerate(("Zoo", "apple <b>tree</b>", "Boat", "zoo"))
    )
    sidebar.set_content(SidebarContent(searches=searches))
    names = texts(sidebar.model)[7:11]
    assert names == ["apple <b>tree</b>", "Boat", "Zoo", "zoo"]
    tips = [sidebar.model.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in (1, 4, 6, 7, 8)]
    assert tips == [None, None, None, plain_tip(names[0]), "Boat"]


@pytest.mark.parametrize(
    ("line", "heard"),
    [("Lake", [(4, (7, 3))]), ("Albums", [(None, (7, 3))]), ("Holiday", []), ("Favourites", [])],
)
def test_photos_are_dropped_on_an_album_or_its_heading(
    sidebar: Sidebar, line: str, heard: list[object]
) -> None:
    sidebar.set_content(SidebarContent((root(1),), albums=(Album(4, "Lake", 7),)))
    got: list[object] = []
    sidebar.photos_dropped.connect(lambda album_id, ids: got.append((album_id, ids)))
    data = QMimeData()
    put_photo_ids(data, [7, 3])
    drop_on(sidebar, line, data)
    assert got == heard
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile("/photos/a.jpg")])
    drop_on(sidebar, line, files)
    assert got == heard, "files from elsewhere are the window's"


def test_a_folder_shows_percent_while_it_is_indexed(sidebar: Sidebar) -> None:
    sidebar.set_progress(progress(812, 1243))
    assert states(sidebar.model)[4] == "65 %"
    spoken = sidebar.model.index(4).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Holiday" in spoken
    assert "65 %" in spoken
    sidebar.clear_progress()
    assert states(sidebar.model)[4] == "10"


def test_progress_moves_no_selection(sidebar: Sidebar) -> None:
    heard = Listener()
    sidebar.select_scope(Scope(root_id=1))
    sidebar.scope_changed.connect(heard.on_one)
    sidebar.set_progress(progress(5, 10))
    sidebar.set_content(SidebarContent((root(1), root(2)), 20, 1))
    assert heard.heard == []
    assert sidebar.scope == Scope(root_id=1)


def test_keys_choose_and_pass_over_headings(sidebar: Sidebar, qtbot: QtBot) -> None:
    heard = Listener()
    sidebar.scope_changed.connect(heard.on_one)
    sidebar.view.setFocus()
    for _ in range(2):
        qtbot.keyClick(sidebar.view, Qt.Key.Key_Down)
    assert heard.heard == [FAVOURITES, Scope(root_id=1)]


def test_a_click_chooses(sidebar: Sidebar, qtbot: QtBot) -> None:
    rect = sidebar.view.visualRect(sidebar.model.index(5))
    with qtbot.waitSignal(sidebar.scope_changed) as got:
        qtbot.mouseClick(sidebar.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert got.args == [Scope(root_id=2)]


def test_a_folder_that_goes_leaves_all_photos(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.select_scope(Scope(root_id=2))
    with qtbot.waitSignal(sidebar.scope_changed) as got:
        sidebar.set_content(SidebarContent((root(1),), 10, 2))
    assert got.args == [ALL_PHOTOS]


def test_the_folder_menu_asks_for_the_folder(sidebar: Sidebar) -> None:
    heard = Listener()
    for signal in (
        sidebar.index_requested,
        sidebar.reveal_requested,
        sidebar.relink_requested,
        sidebar.remove_requested,
    ):
        signal.connect(heard.on_one)
    menu = sidebar.folder_menu(root(1))
    for action in menu.actions():
        action.trigger()
    menu.deleteLater()
    assert heard.heard == [root(1)] * 4


def test_the_button_asks_for_a_folder(sidebar: Sidebar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(sidebar.add_folder_requested):
        qtbot.mouseClick(sidebar.add_button, Qt.MouseButton.LeftButton)


def test_a_folder_at_the_top_of_a_disk_has_a_name(qapp: object) -> None:
    model = SidebarModel()
    model.set_content(SidebarContent((root(1, path=b"/", display="/"),), 1, 0))
    assert texts(model)[4] == "/"


def test_the_demo_album_has_its_own_name(qapp: object) -> None:
    model = SidebarModel(demo_album=b"/resources/demo/album")
    model.set_content(SidebarContent((root(1, path=b"/resources/demo/album"), root(2)), 1, 0))
    assert texts(model)[4:6] == ["Demo album", "Holiday"]


def test_it_paints_every_state(sidebar: Sidebar) -> None:
    sidebar.set_progress(progress(1, 2))
    image = sidebar.grab().toImage()
    colors = {
        image.pixelColor(x, y).rgb()
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    }
    assert len(colors) > 10
