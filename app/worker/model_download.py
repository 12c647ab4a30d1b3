"""Downloads a published model from Hugging Face or from a mirror, resumably, and checks it.

Nothing here runs before the user has agreed. ``huggingface_hub`` does the transfer: no token is
sent, no telemetry, nothing but plain files is fetched, and each is compared with the size and the
hash that the hub stated for the revision before the model becomes usable.
"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.core.errors import DownloadError
from app.core.model_messages import ModelProgress
from app.core.models import InstalledModel, ModelFile, ModelStore, PublishedModel
from app.worker.model_files import (
    NEEDED_FILES,
    Tell,
    check_model,
    check_room,
    file_sha256,
    is_model_file,
    storage_error,
)

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoSibling

# After a line that stays dead this long the transfer is tried again from where it stood.
TIMEOUT_S = 10.0
N_ATTEMPTS = 2  # each of them goes on five times without a new byte
_PIECE_BYTES = 256 << 10
_RETRY_WAIT_S = 1.0
_TELL_INTERVAL_S = 0.1


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file as the hub describes it: sha256 for large files, git's hash for small ones."""

    name: str
    size_bytes: int
    sha256: str
    git_hash: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What would be downloaded: files of one exact revision."""

    model: PublishedModel
    endpoint: str
    revision: str
    files: tuple[OfferedFile, ...]

    @property
    def total_bytes(self) -> int:
        """Bytes of all files."""
        return sum(file.size_bytes for file in self.files)


def fetch_offer(model: PublishedModel, endpoint: str, revision: str = "") -> Offer:
    """Ask the hub what a revision holds; the first word to the network.

    Args:
        model: which one.
        endpoint: address of the hub or of a mirror.
        revision: another than the pinned one.

    Raises:
        DownloadError: the hub does not answer, does not know it, or offers no whole model.
    """
    hub = _hub()
    wanted = revision or model.revision
    try:
        api = hub.HfApi(endpoint=endpoint.rstrip("/"), token=False)
        info = api.model_info(
            model.repository, revision=wanted, files_metadata=True, timeout=TIMEOUT_S
        )
    except Exception as error:  # the hub's library lets many kinds through
        raise _download_error(endpoint, error) from error
    siblings = [each for each in info.siblings or () if is_model_file(each.rfilename)]
    files = tuple(_offered(each) for each in siblings)
    names = {file.name for file in files}
    missing = [name for name in NEEDED_FILES if name not in names]
    if missing or not any(name.endswith(".safetensors") for name in names):
        shown = ", ".join(missing or ["weights as safetensors"])
        raise DownloadError(
            f"{endpoint} offers no whole model {model.repository}: it lacks {shown}.", host=endpoint
        )
    return Offer(model, endpoint.rstrip("/"), info.sha or wanted, files)


def download(store: ModelStore, offer: Offer, tell: Tell) -> Path:
    """Fetch what is not there yet, check all of it, make it usable; returns its folder.

    What is fetched stays when this ends early, and the next call goes on from there.

    Raises:
        DownloadError: the line stays dead, or what came is not what was offered.
        DiskSpaceError: there is no room.
        ModelError: the files are whole and no usable model all the same.
    """
    name = offer.model.name
    store.check_new_name(name)
    gathered = store.partial_dir(name)
    check_room(store.directory, offer.total_bytes - _bytes_below(gathered))
    counter = _Counter(name, offer.total_bytes, tell)
    try:
        gathered.mkdir(mode=0o700, parents=True, exist_ok=True)
        files = []
        for file in offer.files:
            path = gathered / file.name
            if not _is_whole(path, file):
                _fetch(offer, file, gathered, counter)
            if not _is_whole(path, file):
                path.unlink(missing_ok=True)
                raise DownloadError(
                    f"{file.name} from {offer.endpoint} is not what it should be: its hash differs."
                    " It was deleted; try again or choose another mirror.",
                    host=offer.endpoint,
                )
            counter.finish(file)
            sha256 = file.sha256 or file_sha256(path)  # a stated one was just compared
            files.append(ModelFile(file.name, file.size_bytes, sha256))
        tell(ModelProgress("checking", name, offer.total_bytes, offer.total_bytes))
        check_model(gathered)
        for leftover in gathered.glob("*.incomplete"):
            leftover.unlink()
        source = f"{offer.endpoint}/{offer.model.repository}"
        model = InstalledModel(name, "downloaded", gathered, source, offer.revision, tuple(files))
        return store.take_in(model, gathered).directory
    except OSError as error:
        raise storage_error(error) from error


def _fetch(offer: Offer, file: OfferedFile, gathered: Path, counter: _Counter) -> None:
    """Bring one file, from where an earlier transfer of the same content ended."""
    hub = _hub()
    partial = _partial_path(gathered, file)
    url = hub.hf_hub_url(
        offer.model.repository, file.name, revision=offer.revision, endpoint=offer.endpoint
    )
    for attempt in range(1, N_ATTEMPTS + 1):
        with partial.open("ab") as target:
            counter.begin(file, target.tell())
            try:
                # The library's higher functions begin anew each time; this one goes on.
                hub.file_download.http_get(
                    url,
                    target,
                    resume_size=target.tell(),
                    headers=hub.utils.build_hf_headers(token=False),
                    expected_size=file.size_bytes,
                    tqdm_class=counter.bar_class(),
                )
            except Exception as error:
                if isinstance(error, OSError) and error.errno is not None and _is_storage(error):
                    raise
                if attempt == N_ATTEMPTS:
                    raise _download_error(offer.endpoint, error) from error
                time.sleep(_RETRY_WAIT_S)
            else:
                break
    partial.replace(gathered / file.name)


class _Counter:
    """Adds up what came of all files and tells it a few times a second."""

    def __init__(self, name: str, total_bytes: int, tell: Tell) -> None:
        self._name, self._total_bytes, self._tell = name, total_bytes, tell
        self._finished_bytes = 0
        self._file_bytes = 0
        self._file = ""
        self._told_at_s = 0.0

    def begin(self, file: OfferedFile, n_bytes: int) -> None:
        self._file, self._file_bytes = file.name, n_bytes
        self._report(force=True)

    def add(self, n_bytes: float) -> None:
        self._file_bytes += int(n_bytes)
        self._report(force=False)

    def finish(self, file: OfferedFile) -> None:
        self._finished_bytes += file.size_bytes
        self._file_bytes = 0
        self._report(force=True)

    def bar_class(self) -> Any:
        """What the hub's library takes for a progress bar: it adds to this counter."""
        counter = self

        class Bar:
            def __init__(self, *_arguments: Any, **_options: Any) -> None:
                """Take whatever a progress bar is told at its start."""

            def update(self, n: float = 1) -> None:
                counter.add(n)

            def close(self) -> None:
                """Nothing was drawn."""

            def __enter__(self) -> Bar:
                return self

            def __exit__(self, *_: object) -> None:
                self.close()

        return Bar

    def _report(self, *, force: bool) -> None:
        now_s = time.monotonic()
        if force or now_s - self._told_at_s >= _TELL_INTERVAL_S:
            self._told_at_s = now_s
            done = min(self._finished_bytes + self._file_bytes, self._total_bytes)
            self._tell(
                ModelProgress("downloading", self._name, done, self._total_bytes, self._file)
            )


def _hub() -> Any:
    """``huggingface_hub`` without telemetry, without its own transfer service."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["HF_HUB_DISABLE_XET"] = "1"
    os.environ["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = "1"
    os.environ["HF_HUB_DOWNLOAD_TIMEOUT"] = str(round(TIMEOUT_S))
    import huggingface_hub
    import huggingface_hub.file_download
    import huggingface_hub.utils
    from huggingface_hub import constants, logging

    logging.set_verbosity_error()
    # A cut line loses at most one such piece.
    constants.DOWNLOAD_CHUNK_SIZE = _PIECE_BYTES
    return huggingface_hub


def _offered(sibling: RepoSibling) -> OfferedFile:
    sha256 = sibling.lfs.sha256 if sibling.lfs is not None else ""
    return OfferedFile(sibling.rfilename, sibling.size or 0, sha256, sibling.blob_id or "")


def _is_whole(path: Path, file: OfferedFile) -> bool:
    if not path.is_file() or path.stat().st_size != file.size_bytes:
        return False
    if file.sha256:
        return file_sha256(path) == file.sha256
    return not file.git_hash or _git_hash(path) == file.git_hash


def _git_hash(path: Path) -> str:
    content = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _partial_path(gathered: Path, file: OfferedFile) -> Path:
    """Where a file's bytes gather; those of another revision are never mixed in."""
    return gathered / f"{file.name}.{(file.sha256 or file.git_hash)[:16]}.incomplete"


def _bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _is_storage(error: OSError) -> bool:
    """Whether the disk failed and not the line: connection errors are OSErrors, too."""
    return not isinstance(error, (ConnectionError, TimeoutError))


def _download_error(endpoint: str, error: Exception) -> DownloadError:
    cause = str(error).splitlines()[0] if str(error) else type(error).__name__
    return DownloadError(f"{endpoint} does not deliver: {cause}", host=endpoint)
