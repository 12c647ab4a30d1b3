"""Checks a model's folder strictly, and takes it in: copied or linked."""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from app.core.errors import AppError, DiskSpaceError, ModelError
from app.core.files import nearest_existing
from app.core.model_messages import ModelProgress
from app.core.models import InstalledModel, ModelFile, ModelStore
from app.worker.failures import unusable_model

Tell = Callable[[ModelProgress], None]

NEEDED_FILES = ("config.json", "preprocessor_config.json", "tokenizer.model")
_COMPANIONS = ("README.md", "LICENSE", "LICENSE.txt", "NOTICE", "model.safetensors.index.json")
_CHUNK_BYTES = 4 << 20
# Beside the files themselves: a record, and room for the file system and for others.
SPARE_BYTES = 64 << 20


def is_model_file(name: str) -> bool:
    """Whether a file of a published repository belongs to a model; code and pickles never do."""
    return name in NEEDED_FILES or name in _COMPANIONS or name.endswith(".safetensors")


def check_model(directory: Path) -> None:
    """Refuse a folder that is not a whole model in the published layout.

    Raises:
        ModelError: names the file and the cause.
    """
    missing = [name for name in NEEDED_FILES if not (directory / name).is_file()]
    if missing:
        raise ModelError(
            f"{directory} is no model in the published layout: it lacks {', '.join(missing)}.",
            directory=str(directory),
        )
    from fgclip2 import FgclipError
    from fgclip2.checkpoint import Checkpoint
    from fgclip2.tokenizer import Tokenizer

    try:
        checkpoint = Checkpoint.open(directory)
        try:
            Tokenizer(directory, checkpoint.config.text.vocab_size)
        finally:
            checkpoint.close()
    except FgclipError as error:
        raise unusable_model(directory, error) from error


def add_model(store: ModelStore, directory: Path, name: str, *, link: bool, tell: Tell) -> Path:
    """Check a folder and take it in; returns where the model lies then.

    Raises:
        ModelError: the folder is no usable model, or the name cannot be used.
        DiskSpaceError: there is no room for a copy.
    """
    store.check_new_name(name)
    directory = directory.resolve()
    tell(ModelProgress("checking", name))
    check_model(directory)
    names = sorted(path.name for path in directory.iterdir() if is_model_file(path.name))
    total = sum((directory / each).stat().st_size for each in names)
    if link:
        files = tuple(_hashed(directory / each, name, tell) for each in names)
        model = InstalledModel(name, "linked", directory, str(directory), files=files)
        return store.take_in(model, None).directory
    check_room(store.directory, total)
    gathered = store.partial_dir(name)
    shutil.rmtree(gathered, ignore_errors=True)
    try:
        gathered.mkdir(mode=0o700, parents=True)
        files = _copy(directory, gathered, names, ModelProgress("copying", name, 0, total), tell)
        check_model(gathered)
        model = InstalledModel(name, "copied", gathered, str(directory), files=files)
        return store.take_in(model, gathered).directory
    except OSError as error:
        raise storage_error(error) from error
    finally:
        shutil.rmtree(gathered, ignore_errors=True)


def check_room(directory: Path, n_bytes: int) -> None:
    """Refuse to begin what the disk cannot hold.

    Raises:
        DiskSpaceError: says how much is needed and how much is free.
    """
    free = shutil.disk_usage(nearest_existing(directory)).free
    if free < n_bytes + SPARE_BYTES:
        raise DiskSpaceError(
            f"The disk of {directory} has {free / 1e9:.1f} GB free and"
            f" {(n_bytes + SPARE_BYTES) / 1e9:.1f} GB are needed.",
            free=f"{free / 1e9:.1f}",
            needed=f"{(n_bytes + SPARE_BYTES) / 1e9:.1f}",
        )


def storage_error(error: OSError) -> AppError:
    """What a failed write means to people."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskSpaceError("The disk is full; what was fetched so far is kept.", free="0")
    return ModelError(f"The model cannot be stored: {error.strerror or error}.")


def file_sha256(path: Path) -> str:
    """The sha256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hashed(path: Path, name: str, tell: Tell) -> ModelFile:
    tell(ModelProgress("checking", name, file=path.name))
    return ModelFile(path.name, path.stat().st_size, file_sha256(path))


def _copy(
    source: Path, target: Path, names: list[str], progress: ModelProgress, tell: Tell
) -> tuple[ModelFile, ...]:
    files, done = [], 0
    for name in names:
        digest = hashlib.sha256()
        with (source / name).open("rb") as read, (target / name).open("wb") as write:
            while chunk := read.read(_CHUNK_BYTES):
                digest.update(chunk)
                write.write(chunk)
                done += len(chunk)
                tell(ModelProgress("copying", progress.name, done, progress.total_bytes, name))
        size = (target / name).stat().st_size
        files.append(ModelFile(name, size, digest.hexdigest()))
    return tuple(files)
