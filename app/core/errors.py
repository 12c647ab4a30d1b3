"""Errors of the application, one tree.

AppError
├── SettingsError            a settings file that cannot be read or written
├── LibraryError
│   ├── LibraryMissingError  no library in that folder
│   ├── LibraryLockedError   another process writes this library
│   ├── LibraryFullError     the disk has no room for what is to be written
│   ├── LibraryNewerError    made by a newer version of Finelens
│   └── LibraryDamagedError  the database file is not sound
├── RootError                a folder that cannot be added or read
├── PhotoError
│   ├── PhotoMissingError    not in the library, or its file is gone
│   ├── PhotoOfflineError    its whole folder is away
│   └── PhotoUnreadableError the decoder refused it; carries the reason word
├── AlbumError               an album that is not there, or one without a name
├── TagError                 a tag without a name
├── ExportError              a file with results that cannot be written
├── ModelError               no usable model; wraps what ``fgclip2`` said
│   ├── DownloadError        it cannot be fetched; what came so far is kept
│   └── DiskSpaceError       no room for it
├── QueryError               something asked that makes no sense
│   ├── EmptyQueryError      nothing is asked
│   ├── QueryTooLongError    more text than is read
│   ├── FilterError          a filter that is not understood
│   ├── BoxError             a box that is not inside its picture
│   ├── PictureError         a picture to search by that is none
│   ├── ConceptMissingError  no such concept
│   ├── ExamplesError        too few or too many examples for a concept
│   ├── AllRejectedError     no example of a concept is left
│   ├── SearchMissingError   no such kept search
│   ├── KeepingError         a question that cannot be kept
│   ├── NoNameError          a name is needed
│   └── NameTakenError       something else has this name
└── EngineError
    └── EngineLostError      the engine process died
"""

from __future__ import annotations


class AppError(Exception):
    """Base of all errors of the application.

    ``params`` are the values that a translated sentence needs (all strings).
    """

    def __init__(self, message: str, **params: str) -> None:
        super().__init__(message)
        self.params = params


class SettingsError(AppError):
    """A settings file cannot be read or written."""


class LibraryError(AppError):
    """The library cannot be used; ``params``: the file, and the reason in a word if there is one.

    ``read_only`` or ``no_locks``; a folder for a library may be refused with others.
    """


class LibraryMissingError(LibraryError):
    """There is no library in that folder."""


class LibraryLockedError(LibraryError):
    """Another process writes this library."""


class LibraryFullError(LibraryError):
    """The disk has no room for what is to be written; nothing was lost."""


class LibraryNewerError(LibraryError):
    """The library was made by a newer version."""


class LibraryDamagedError(LibraryError):
    """The database file is not sound."""


class RootError(AppError):
    """A folder cannot be added or read."""


class PhotoError(AppError):
    """One photo cannot be used."""


class PhotoMissingError(PhotoError):
    """The photo is not in the library, or its file is gone."""


class PhotoOfflineError(PhotoError):
    """The folder of the photo is not there now; ``params``: the path, and the folder."""


class PhotoUnreadableError(PhotoError):
    """The decoder refused the photo; ``params["reason"]`` is the reason word."""


class AlbumError(AppError):
    """An album is not there any more, or would have no name."""


class TagError(AppError):
    """A tag would have no name."""


class ExportError(AppError):
    """A file with results cannot be written; ``params``: the file, and the reason in a word.

    ``full``, ``permission``, ``missing`` (its folder), ``photo`` (it is one of the library),
    ``too_many`` (photos for one picture, with ``limit``), or none of these.
    """


class ModelError(AppError):
    """No usable model."""


class DownloadError(ModelError):
    """A model cannot be fetched; what came so far is kept, trying again goes on from there."""


class DiskSpaceError(ModelError):
    """The disk has no room for a model."""


class QueryError(AppError):
    """Something is asked, or is to be kept of a search, that makes no sense."""


class EmptyQueryError(QueryError):
    """Nothing is asked: no words, no picture, no filter."""


class QueryTooLongError(QueryError):
    """More text than is read; ``params``: how many characters, and the limit."""


class FilterError(QueryError):
    """A filter is not understood; ``params``: the filter, and a reason word for the hint."""


class BoxError(QueryError):
    """A box is not inside its picture; ``params``: the box, and the size if it is known."""


class PictureError(QueryError):
    """A picture to search by is none."""


class ConceptMissingError(QueryError):
    """There is no such concept."""


class ExamplesError(QueryError):
    """A concept cannot be made of so many examples; ``params``: how many, and the limit."""


class AllRejectedError(QueryError):
    """All examples of a concept were rejected."""


class SearchMissingError(QueryError):
    """There is no such kept search."""


class KeepingError(QueryError):
    """A question cannot be kept: a picture in it is kept nowhere."""


class NoNameError(QueryError):
    """A name is needed."""


class NameTakenError(QueryError):
    """Something else has this name; ``params``: the name."""


class EngineError(AppError):
    """The engine process cannot do its work."""


class EngineLostError(EngineError):
    """The engine process died."""
