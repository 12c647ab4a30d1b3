-- A library of version 3, as Finelens wrote it.
PRAGMA application_id = 1181314661;
PRAGMA user_version = 3;
BEGIN TRANSACTION;
CREATE TABLE album_photos (
    album_id INTEGER NOT NULL REFERENCES albums (id) ON DELETE CASCADE,
    photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    position INTEGER NOT NULL, PRIMARY KEY (album_id, photo_id)
) WITHOUT ROWID;
CREATE TABLE albums (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, created_at TEXT NOT NULL
);
CREATE TABLE concept_examples (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        concept_id INTEGER NOT NULL REFERENCES concepts (id) ON DELETE CASCADE,
        photo_id INTEGER REFERENCES photos (id) ON DELETE SET NULL,
        box TEXT,
        accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)),
        picture BLOB NOT NULL,
        created_at TEXT NOT NULL
    );
CREATE TABLE concepts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        created_at TEXT NOT NULL
    );
CREATE TABLE library (
    id INTEGER PRIMARY KEY CHECK (id = 1), uuid TEXT NOT NULL, generation INTEGER NOT NULL DEFAULT 0
);
INSERT INTO "library" VALUES(1,'11111111-2222-3333-4444-555555555555',41);
CREATE TABLE models (
    id INTEGER PRIMARY KEY AUTOINCREMENT, fingerprint TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    dim INTEGER NOT NULL, generation INTEGER NOT NULL DEFAULT 0, added_at TEXT NOT NULL
);
INSERT INTO "models" VALUES(1,'old-weights','old',4,7,'2026-01-01T00:00:00+00:00');
CREATE TABLE photo_tags (
    photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE, PRIMARY KEY (photo_id, tag_id)
) WITHOUT ROWID;
CREATE TABLE photos (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    root_id INTEGER NOT NULL REFERENCES roots (id) ON DELETE CASCADE,
    path BLOB NOT NULL, display TEXT NOT NULL, size_bytes INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL, content_hash BLOB NOT NULL, width_px INTEGER NOT NULL,
    height_px INTEGER NOT NULL, taken_at TEXT, camera TEXT, format TEXT NOT NULL,
    average_rgb INTEGER NOT NULL, sort_s INTEGER NOT NULL, "gone" INTEGER NOT NULL DEFAULT 0,
    UNIQUE (root_id, path)
);
INSERT INTO "photos" VALUES(8,3,X'612FFF2E6A7067','a/\xff.jpg',10,1700000000000000000,5,X'ABCD',64,48,'2020-05-06T07:08:09','Camera','jpeg',1122867,1588748889,0);
INSERT INTO "photos" VALUES(9,3,X'622E6A7067','b.jpg',11,1600000000000000000,6,X'EF01',32,32,NULL,NULL,'png',0,1600000000,0);
CREATE TABLE problems (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    root_id INTEGER NOT NULL REFERENCES roots (id) ON DELETE CASCADE,
    path BLOB NOT NULL, display TEXT NOT NULL, size_bytes INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, decoder_version TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    UNIQUE (root_id, path)
);
INSERT INTO "problems" VALUES(2,3,X'6261642E6A7067','bad.jpg',1,2,3,'truncated','short','1','2026-01-01T00:00:00+00:00');
CREATE TABLE ratings (
    photo_id INTEGER PRIMARY KEY REFERENCES photos (id) ON DELETE CASCADE,
    rating INTEGER NOT NULL CHECK (rating BETWEEN 0 AND 5),
    favourite INTEGER NOT NULL CHECK (favourite IN (0, 1)), changed_at TEXT NOT NULL
);
INSERT INTO "ratings" VALUES(8,4,1,'2026-01-01T00:00:00+00:00');
CREATE TABLE region_projections (
        model_id INTEGER PRIMARY KEY REFERENCES models (id) ON DELETE CASCADE,
        n_regions INTEGER NOT NULL,
        n_columns INTEGER NOT NULL,
        matrix BLOB NOT NULL
    );
CREATE TABLE regions (
            id INTEGER PRIMARY KEY,
            model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
            photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
            n_regions INTEGER NOT NULL,
            boxes BLOB NOT NULL,
            scales BLOB NOT NULL,
            codes BLOB NOT NULL, generation INTEGER NOT NULL DEFAULT 0,
            UNIQUE (model_id, photo_id)
        );
CREATE TABLE roots (
    id INTEGER PRIMARY KEY AUTOINCREMENT, path BLOB NOT NULL UNIQUE, display TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'online' CHECK (state IN ('online', 'offline')), added_at TEXT NOT NULL
);
INSERT INTO "roots" VALUES(3,X'2F70686F746F73','/photos','offline','2026-01-01T00:00:00+00:00');
CREATE TABLE saved_searches (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, query TEXT NOT NULL,
    created_at TEXT NOT NULL
);
INSERT INTO "saved_searches" VALUES(1,'Dogs','a dog','2024-01-01T00:00:00+00:00');
CREATE TABLE search_history (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        query TEXT NOT NULL,
        asked_at TEXT NOT NULL
    );
CREATE TABLE tags (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);
CREATE TABLE vectors (
    id INTEGER PRIMARY KEY,
    model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
    photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    root_id INTEGER, generation INTEGER NOT NULL, patches INTEGER NOT NULL, vector BLOB NOT NULL,
    UNIQUE (model_id, photo_id)
);
INSERT INTO "vectors" VALUES(1,1,8,3,7,256,X'003C000000000000');
CREATE INDEX photos_by_content ON photos (content_hash, size_bytes);
CREATE INDEX vectors_of_photo ON vectors (photo_id);
CREATE INDEX vectors_by_root ON vectors (model_id, root_id);
CREATE INDEX vectors_by_generation ON vectors (model_id, generation);
CREATE INDEX album_photos_of_photo ON album_photos (photo_id);
CREATE INDEX photo_tags_of_tag ON photo_tags (tag_id);
CREATE INDEX photos_newest ON photos (sort_s DESC, id DESC) WHERE gone = 0;
CREATE INDEX photos_newest_in_root ON photos (root_id, sort_s DESC, id DESC) WHERE gone = 0;
CREATE INDEX regions_of_photo ON regions (photo_id);
CREATE INDEX regions_by_generation ON regions (model_id, generation);
CREATE INDEX concept_examples_of_concept ON concept_examples (concept_id);
CREATE INDEX concept_examples_of_photo ON concept_examples (photo_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('roots',3);
INSERT INTO "sqlite_sequence" VALUES('photos',9);
INSERT INTO "sqlite_sequence" VALUES('problems',2);
INSERT INTO "sqlite_sequence" VALUES('models',1);
INSERT INTO "sqlite_sequence" VALUES('saved_searches',1);
COMMIT;
