"""Tables of ``library.sqlite`` and the steps that bring older files up to date.

``PRAGMA application_id`` says that a file is ours, ``PRAGMA user_version`` which version of the
schema it has. A change of the schema is a new version, a new step in ``UPGRADES`` and a fixture of
the old version in the tests; the steps of released versions are never edited.
"""

from __future__ import annotations

import functools
import os
import sqlite3
import uuid
from collections.abc import Callable

from app.core.errors import LibraryDamagedError, LibraryMissingError, LibraryNewerError
from app.core.library.store import Store
from app.core.paths import display_path

APPLICATION_ID = 0x46696E65  # "Fine"
SCHEMA_VERSION = 5

# A region row's generation: of the model when it changed. A projection, (E, D) float32, makes
# region vectors shorter for the index; n_regions: how many it was made from.
_REGION_INDEX_DDL = (
    "CREATE INDEX regions_by_generation ON regions (model_id, generation)",
    """
    CREATE TABLE region_projections (
        model_id INTEGER PRIMARY KEY REFERENCES models (id) ON DELETE CASCADE,
        n_regions INTEGER NOT NULL,
        n_columns INTEGER NOT NULL,
        matrix BLOB NOT NULL
    )
    """,
)

# What people made: concepts by examples, and what they asked. picture: a JPEG of the example, so
# that any model can learn it; box: four numbers in 0..1 as JSON, or NULL for the whole photo.
_CONCEPTS_DDL = (
    """
    CREATE TABLE concepts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        created_at TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE concept_examples (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        concept_id INTEGER NOT NULL REFERENCES concepts (id) ON DELETE CASCADE,
        photo_id INTEGER REFERENCES photos (id) ON DELETE SET NULL,
        box TEXT,
        accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)),
        picture BLOB NOT NULL,
        created_at TEXT NOT NULL
    )
    """,
    "CREATE INDEX concept_examples_of_concept ON concept_examples (concept_id)",
    "CREATE INDEX concept_examples_of_photo ON concept_examples (photo_id)",
    """
    CREATE TABLE search_history (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        query TEXT NOT NULL,
        asked_at TEXT NOT NULL
    )
    """,
)

# Ids are never reused (AUTOINCREMENT): windows and index files may hold the id of a row that left.
DDL = (
    """
    CREATE TABLE library (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        uuid TEXT NOT NULL,
        generation INTEGER NOT NULL DEFAULT 0
    )
    """,
    """
    CREATE TABLE roots (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        path BLOB NOT NULL UNIQUE,
        display TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'online' CHECK (state IN ('online', 'offline')),
        added_at TEXT NOT NULL,
        removed INTEGER NOT NULL DEFAULT 0
    )
    """,
    # Folders on other disks below a root (b"" is the root itself), as the last scans found them.
    # away: the folder is on the disk of the one above it now, so its own disk is not there.
    """
    CREATE TABLE mounts (
        root_id INTEGER NOT NULL REFERENCES roots (id) ON DELETE CASCADE,
        path BLOB NOT NULL,
        away INTEGER NOT NULL CHECK (away IN (0, 1)),
        PRIMARY KEY (root_id, path)
    ) WITHOUT ROWID
    """,
    # gone: 0 for photos to be seen. 1: the file is not there, but the row is kept for what people
    # said about the photo, and for a while to recognise the file elsewhere. 2: people took the
    # photo out. 3: its folder was removed and can come back until the library is opened anew.
    # sort_s: when it was taken, else changed; seconds.
    """
    CREATE TABLE photos (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        root_id INTEGER NOT NULL REFERENCES roots (id) ON DELETE CASCADE,
        path BLOB NOT NULL,
        display TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL,
        content_hash BLOB NOT NULL,
        width_px INTEGER NOT NULL,
        height_px INTEGER NOT NULL,
        taken_at TEXT,
        camera TEXT,
        format TEXT NOT NULL,
        average_rgb INTEGER NOT NULL,
        sort_s INTEGER NOT NULL,
        gone INTEGER NOT NULL DEFAULT 0,
        UNIQUE (root_id, path)
    )
    """,
    "CREATE INDEX photos_by_content ON photos (content_hash, size_bytes)",
    "CREATE INDEX photos_newest ON photos (sort_s DESC, id DESC) WHERE gone = 0",
    "CREATE INDEX photos_newest_in_root ON photos (root_id, sort_s DESC, id DESC) WHERE gone = 0",
    """
    CREATE TABLE problems (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        root_id INTEGER NOT NULL REFERENCES roots (id) ON DELETE CASCADE,
        path BLOB NOT NULL,
        display TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL,
        reason TEXT NOT NULL,
        detail TEXT NOT NULL,
        decoder_version TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        UNIQUE (root_id, path)
    )
    """,
    """
    CREATE TABLE models (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        fingerprint TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        dim INTEGER NOT NULL,
        generation INTEGER NOT NULL DEFAULT 0,
        added_at TEXT NOT NULL
    )
    """,
    # vector: float16, little-endian. root_id: of the photo, NULL while it is gone. generation: of
    # the model when the row changed, so that an index can catch up.
    """
    CREATE TABLE vectors (
        id INTEGER PRIMARY KEY,
        model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
        photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
        root_id INTEGER,
        generation INTEGER NOT NULL,
        patches INTEGER NOT NULL,
        vector BLOB NOT NULL,
        UNIQUE (model_id, photo_id)
    )
    """,
    "CREATE INDEX vectors_of_photo ON vectors (photo_id)",
    "CREATE INDEX vectors_by_root ON vectors (model_id, root_id)",
    "CREATE INDEX vectors_by_generation ON vectors (model_id, generation)",
    # boxes: (K, 4) uint16 in 1/65535 of width and height; scales: (K,) float32; codes: (K, E) int8;
    # a vector is its codes times its scale. All little-endian.
    """
    CREATE TABLE regions (
        id INTEGER PRIMARY KEY,
        model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
        photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
        n_regions INTEGER NOT NULL,
        boxes BLOB NOT NULL,
        scales BLOB NOT NULL,
        codes BLOB NOT NULL,
        generation INTEGER NOT NULL DEFAULT 0,
        UNIQUE (model_id, photo_id)
    )
    """,
    "CREATE INDEX regions_of_photo ON regions (photo_id)",
    *_REGION_INDEX_DDL,
    # What people made. Written with full durability.
    """
    CREATE TABLE ratings (
        photo_id INTEGER PRIMARY KEY REFERENCES photos (id) ON DELETE CASCADE,
        rating INTEGER NOT NULL CHECK (rating BETWEEN 0 AND 5),
        favourite INTEGER NOT NULL CHECK (favourite IN (0, 1)),
        changed_at TEXT NOT NULL,
        flag INTEGER NOT NULL DEFAULT 0
    )
    """,
    """
    CREATE TABLE albums (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        created_at TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE album_photos (
        album_id INTEGER NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
        photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        PRIMARY KEY (album_id, photo_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX album_photos_of_photo ON album_photos (photo_id)",
    "CREATE TABLE tags (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE)",
    """
    CREATE TABLE photo_tags (
        photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
        tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
        PRIMARY KEY (photo_id, tag_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX photo_tags_of_tag ON photo_tags (tag_id)",
    """
    CREATE TABLE saved_searches (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        query TEXT NOT NULL,
        created_at TEXT NOT NULL
    )
    """,
    *_CONCEPTS_DDL,
)

TABLES = frozenset(
    {
        "library",
        "roots",
        "mounts",
        "photos",
        "problems",
        "models",
        "vectors",
        "regions",
        "ratings",
        "albums",
        "album_photos",
        "tags",
        "photo_tags",
        "saved_searches",
        "region_projections",
        "concepts",
        "concept_examples",
        "search_history",
    }
)


def prepare(store: Store, before_upgrade: Callable[[int], None] | None = None) -> None:
    """Create the tables in an empty file, bring an older file up to date, refuse any other.

    Args:
        store: open for writing.
        before_upgrade: called with the version of an older file before it is changed.

    Raises:
        LibraryDamagedError: not a library, or tables are missing.
        LibraryNewerError: made by a newer version.
    """
    version = _version(store)
    if before_upgrade is not None and version is not None and version < SCHEMA_VERSION:
        before_upgrade(version)
    with store.transaction():
        version = _version(store)
        if version is None:
            _create(store)
        elif version < SCHEMA_VERSION:
            for older in range(version, SCHEMA_VERSION):
                with store.plain_errors():
                    UPGRADES[older](store.connection)
            store.run(f"PRAGMA user_version = {SCHEMA_VERSION}")
        _require_tables(store)


def check(store: Store, *, older: bool = False) -> None:
    """Check that a reader can use the file as it is.

    Args:
        store: open for reading or writing.
        older: a file of an older version, to be brought up to date first, will do.

    Raises:
        LibraryMissingError: still empty, or of an older version that a writer must prepare.
        LibraryDamagedError: not a library, or tables are missing.
        LibraryNewerError: made by a newer version.
    """
    with store.snapshot():
        version = _version(store)
        if older and version is not None and version < SCHEMA_VERSION:
            return
        if version is None or version < SCHEMA_VERSION:
            shown = _shown(store)
            raise LibraryMissingError(
                f"The library {shown} is not ready yet; it is prepared when indexing starts.",
                directory=shown,
            )
        _require_tables(store)


def check_tables(store: Store) -> None:
    """Check that a file of this version has all that it must have; others are left alone.

    Raises:
        LibraryDamagedError: not a library, or tables or columns are missing.
        LibraryNewerError: made by a newer version.
    """
    if _version(store) == SCHEMA_VERSION:
        _require_tables(store)


def _version(store: Store) -> int | None:
    """Return the schema version of the file, None for an empty one."""
    application_id = store.number("PRAGMA application_id")
    version = store.number("PRAGMA user_version")
    if application_id == APPLICATION_ID and version > SCHEMA_VERSION:
        raise LibraryNewerError(
            f"The library {_shown(store)} was made by a newer Finelens (format {version}, this one"
            f" knows up to {SCHEMA_VERSION}). Update Finelens, or choose another library folder.",
            file=_shown(store),
            version=str(version),
        )
    if application_id == APPLICATION_ID and version >= 1:
        return version
    if application_id == 0 and version == 0 and not store.value("SELECT 1 FROM sqlite_master"):
        return None
    raise LibraryDamagedError(
        f"The file {_shown(store)} is not a Finelens library. Move it aside and start again.",
        file=_shown(store),
    )


def _require_tables(store: Store) -> None:
    there = {name for (name,) in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    lost = sorted(TABLES - there)
    for table in sorted(TABLES & there):
        found = {row[1] for row in store.rows(f"PRAGMA table_info({table})")}
        lost += sorted(f"{table}.{column}" for column in _columns()[table] - found)
    if lost or not store.value("SELECT 1 FROM library"):
        raise LibraryDamagedError(
            f"The library {_shown(store)} is damaged: it lacks {', '.join(lost) or 'its identity'}."
            " Move it aside and index again.",
            file=_shown(store),
        )


@functools.cache
def _columns() -> dict[str, frozenset[str]]:
    """The columns of every table, asked of an empty library in memory."""
    connection = sqlite3.connect(":memory:")
    try:
        for statement in DDL:
            connection.execute(statement)
        return {
            table: frozenset(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))
            for table in TABLES
        }
    finally:
        connection.close()


def _create(store: Store) -> None:
    for statement in DDL:
        store.run(statement)
    store.run("INSERT INTO library (id, uuid) VALUES (1, ?)", (str(uuid.uuid4()),))
    store.run(f"PRAGMA application_id = {APPLICATION_ID}")
    store.run(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _shown(store: Store) -> str:
    return display_path(os.fsencode(store.path))


# ---------------------------------------------------------------- upgrade steps, oldest first


def _add_regions_and_gone_photos(connection: sqlite3.Connection) -> None:
    """1 -> 2: region vectors; photos whose file is gone stay for what people said about them."""
    from sqlite_utils import Database

    Database(connection).table("photos").add_column("gone", int, not_null_default=0)
    for name in ("photos_newest", "photos_newest_in_root"):
        connection.execute(f"DROP INDEX {name}")
    connection.execute("CREATE INDEX photos_newest ON photos (sort_s DESC, id DESC) WHERE gone = 0")
    connection.execute(
        "CREATE INDEX photos_newest_in_root"
        " ON photos (root_id, sort_s DESC, id DESC) WHERE gone = 0"
    )
    connection.execute(
        """
        CREATE TABLE regions (
            id INTEGER PRIMARY KEY,
            model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
            photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
            n_regions INTEGER NOT NULL,
            boxes BLOB NOT NULL,
            scales BLOB NOT NULL,
            codes BLOB NOT NULL,
            UNIQUE (model_id, photo_id)
        )
        """
    )
    connection.execute("CREATE INDEX regions_of_photo ON regions (photo_id)")


def _add_region_index_and_concepts(connection: sqlite3.Connection) -> None:
    """2 -> 3: regions know when they changed; concepts and the history of searches."""
    connection.execute("ALTER TABLE regions ADD COLUMN generation INTEGER NOT NULL DEFAULT 0")
    for statement in (*_REGION_INDEX_DDL, *_CONCEPTS_DDL):
        connection.execute(statement)


def _add_flags_and_removed_folders(connection: sqlite3.Connection) -> None:
    """3 -> 4: photos are picked or rejected; a removed folder can come back."""
    from sqlite_utils import Database

    database = Database(connection)
    database.table("ratings").add_column("flag", int, not_null_default=0)
    database.table("roots").add_column("removed", int, not_null_default=0)


def _add_mounts(connection: sqlite3.Connection) -> None:
    """4 -> 5: which folders below a root lie on disks of their own."""
    connection.execute(
        """
        CREATE TABLE mounts (
            root_id INTEGER NOT NULL REFERENCES roots (id) ON DELETE CASCADE,
            path BLOB NOT NULL,
            away INTEGER NOT NULL CHECK (away IN (0, 1)),
            PRIMARY KEY (root_id, path)
        ) WITHOUT ROWID
        """
    )


UPGRADES: dict[int, Callable[[sqlite3.Connection], None]] = {
    1: _add_regions_and_gone_photos,
    2: _add_region_index_and_concepts,
    3: _add_flags_and_removed_folders,
    4: _add_mounts,
}
