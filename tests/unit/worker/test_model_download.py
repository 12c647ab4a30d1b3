"""Downloads from a hub on loopback that cuts lines, sends wrong bytes and fills disks."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.core.errors import DiskSpaceError, DownloadError, ModelError
from app.core.model_messages import ModelProgress
from app.core.models import ModelStore, PublishedModel
from app.worker import model_download
from app.worker.model_download import Offer, download, fetch_offer
from app.worker.model_files import file_sha256
from tests.small_hub import SmallHub
from tests.small_models import write_small_model

MODEL = PublishedModel("base", "makers/base", "a" * 40, 1000, "Apache-2.0")
WEIGHTS = "model.safetensors"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[SmallHub]:
    with SmallHub(write_small_model(tmp_path / "published")) as hub:
        hub.files["modeling_fgclip2.py"] = b"print('never fetched')"
        hub.files["pytorch_model.bin"] = b"\x80\x04pickle"
        yield hub


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pieces, so that a cut leaves some; no waiting between attempts."""
    from huggingface_hub import file_download

    monkeypatch.setattr(model_download, "_PIECE_BYTES", 16 << 10)
    monkeypatch.setattr(model_download, "_RETRY_WAIT_S", 0.0)
    hurried = SimpleNamespace(**{**vars(time), "sleep": lambda _: None})
    monkeypatch.setattr(file_download, "time", hurried)


def _download(hub: SmallHub, store: ModelStore) -> list[ModelProgress]:
    told: list[ModelProgress] = []
    download(store, fetch_offer(MODEL, hub.endpoint), told.append)
    return told


def test_a_download_is_whole_checked_and_recorded(hub: SmallHub, store: ModelStore) -> None:
    offer = fetch_offer(MODEL, hub.endpoint + "/")
    assert offer.revision == hub.commit
    assert {file.name for file in offer.files} == {
        "config.json", "preprocessor_config.json", "tokenizer.model", WEIGHTS,
    }  # fmt: skip
    told: list[ModelProgress] = []
    folder = download(store, offer, told.append)
    model = store.get("base")
    assert model.directory == folder
    assert model.revision == hub.commit
    assert model.source == f"{hub.endpoint}/makers/base"
    for file in model.files:
        assert (folder / file.name).read_bytes() == hub.files[file.name]
        assert file.sha256 == file_sha256(folder / file.name)
    assert {path.name for path in folder.iterdir()} == {
        *(file.name for file in offer.files), "model.json",
    }  # fmt: skip
    done = [progress.done_bytes for progress in told]
    assert done == sorted(done)
    assert done[-1] == offer.total_bytes


def test_neither_tokens_nor_names_are_sent(
    hub: SmallHub, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    _download(hub, store)
    assert set(hub.behaviour.tokens) == {""}


def test_a_cut_line_goes_on_where_it_was(hub: SmallHub, store: ModelStore) -> None:
    size = len(hub.files[WEIGHTS])
    hub.behaviour.cut_after[WEIGHTS] = [size // 3, size // 3]
    _download(hub, store)
    starts = [start for name, start in hub.behaviour.ranges if name == WEIGHTS]
    assert len(starts) == 3
    assert starts[0] == 0 < starts[1] < starts[2] < size
    assert (store.get("base").directory / WEIGHTS).read_bytes() == hub.files[WEIGHTS]


def test_a_dead_line_ends_with_a_sentence_and_the_next_try_goes_on(
    hub: SmallHub, store: ModelStore
) -> None:
    size = len(hub.files[WEIGHTS])
    hub.behaviour.cut_after[WEIGHTS] = [size // 2, *[0] * 50]
    with pytest.raises(DownloadError, match="does not deliver"):
        _download(hub, store)
    with pytest.raises(ModelError):
        store.get("base")
    hub.behaviour.cut_after.clear()
    hub.behaviour.ranges.clear()
    _download(hub, store)
    assert all(start > 0 for name, start in hub.behaviour.ranges if name == WEIGHTS)
    assert (store.get("base").directory / WEIGHTS).read_bytes() == hub.files[WEIGHTS]


@pytest.mark.parametrize("name", [WEIGHTS, "config.json", "tokenizer.model"])
def test_wrong_bytes_of_the_right_size_are_refused(
    hub: SmallHub, store: ModelStore, name: str
) -> None:
    content = hub.files[name]
    hub.behaviour.swapped[name] = bytes([content[0] ^ 1]) + content[1:]
    with pytest.raises(DownloadError, match=f"{name} .* its hash differs"):
        _download(hub, store)
    assert not (store.partial_dir("base") / name).exists()
    hub.behaviour.swapped.clear()
    _download(hub, store)


def test_a_hub_that_offers_no_whole_model_is_refused(hub: SmallHub) -> None:
    del hub.files["tokenizer.model"]
    with pytest.raises(DownloadError, match=r"lacks tokenizer\.model"):
        fetch_offer(MODEL, hub.endpoint)
    del hub.files[WEIGHTS]
    hub.files["tokenizer.model"] = b""
    with pytest.raises(DownloadError, match="weights as safetensors"):
        fetch_offer(MODEL, hub.endpoint)


def test_an_address_where_nobody_answers_is_named(hub: SmallHub) -> None:
    with pytest.raises(DownloadError, match=r"http://127\.0\.0\.1:9 does not deliver"):
        fetch_offer(MODEL, "http://127.0.0.1:9")


def test_whole_files_that_are_no_model_are_refused(hub: SmallHub, store: ModelStore) -> None:
    hub.files["config.json"] = b"{}"
    with pytest.raises(ModelError, match=r"config\.json"):
        _download(hub, store)
    assert [model.name for model in store.installed()] == ["finelens-tiny"]


def test_a_slow_line_tells_how_far_it_is(hub: SmallHub, store: ModelStore) -> None:
    hub.behaviour.pause_s = 0.05
    told = _download(hub, store)
    seen = {progress.done_bytes for progress in told if progress.file == WEIGHTS}
    assert len(seen) > 2


def test_a_full_disk_is_noticed_before_and_while_downloading(
    hub: SmallHub, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = fetch_offer(MODEL, hub.endpoint)
    huge = Offer(MODEL, offer.endpoint, offer.revision, tuple(
        type(file)(file.name, 10**15, file.sha256, file.git_hash) for file in offer.files
    ))  # fmt: skip
    with pytest.raises(DiskSpaceError, match="are needed"):
        download(store, huge, lambda _: None)
    assert hub.behaviour.ranges == []

    from huggingface_hub import file_download

    def no_room(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(file_download, "http_get", no_room)
    with pytest.raises(DiskSpaceError, match="is kept"):
        download(store, offer, lambda _: None)
