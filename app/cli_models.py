"""``models``: list, add, download, use and remove models on the command line."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.cli_output import print_json
from app.core.errors import ModelError
from app.core.model_messages import AddModel, ModelProgress, PrepareModel
from app.core.models import (
    DEFAULT_ENDPOINT,
    InstalledModel,
    ModelStore,
    PublishedModel,
    choose_model,
    published_model,
    published_models,
    settings_for_model,
)
from app.core.paths import default_config_dir, default_models_dir, display_text
from app.core.settings import SETTINGS_NAME, Settings, load_settings, save_settings


def add_parser(commands: Any) -> None:
    """Declare ``models`` and its five actions."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="print one JSON object")
    models = commands.add_parser("models", help="see, add, download, choose and remove models")
    actions = models.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", parents=[shared], help="models here and those that can be had")
    add = actions.add_parser("add", parents=[shared], help="take in a folder with a model")
    add.add_argument("directory", type=Path, metavar="DIR", help="in the published layout")
    add.add_argument("--name", help="what to call it; the folder's name if not given")
    add.add_argument("--link", action="store_true", help="leave its files where they are")
    fetch = actions.add_parser("download", parents=[shared], help="fetch a published model")
    fetch.add_argument("name", choices=[model.name for model in published_models()])
    fetch.add_argument("--endpoint", metavar="URL", help="a mirror instead of Hugging Face")
    fetch.add_argument("--revision", default="", help="another than the pinned one")
    fetch.add_argument("--yes", action="store_true", help="agree to the download")
    use = actions.add_parser("use", parents=[shared], help="search with another model")
    use.add_argument("name")
    remove = actions.add_parser("remove", parents=[shared], help="delete a model from this machine")
    remove.add_argument("name")


def run(options: argparse.Namespace) -> int:
    """Do one action; returns the exit code.

    Raises:
        AppError: it could not be done.
    """
    store = ModelStore(default_models_dir())
    actions = {
        "list": _list,
        "add": _add,
        "download": _download,
        "use": _use,
        "remove": _remove,
    }
    return actions[options.action](options, store)


def _list(options: argparse.Namespace, store: ModelStore) -> int:
    chosen = choose_model(_settings().model_dir)
    installed = store.installed()
    rows = [_installed_row(model, chosen) for model in installed]
    names = {model.name for model in installed}
    offers = [model for model in published_models() if model.name not in names]
    rows += [_published_row(model) for model in offers]
    if options.json:
        print_json({"models": rows})
        return 0
    for row in rows:
        mark = "*" if row["in_use"] else " "
        size = _size(row["size_bytes"])
        print(f"{mark} {row['name']:<16} {row['state']:<11} {size:>9}  {row['source']}")
    return 0


def _add(options: argparse.Namespace, store: ModelStore) -> int:
    from app.worker.model_jobs import do

    directory = options.directory.resolve()
    name = options.name or directory.name
    job = AddModel(str(store.directory), str(directory), name, options.link)
    with _Bar() as bar:
        done = do(job, bar.show)
        do(PrepareModel(done.directory), bar.show)
    how = "linked" if options.link else "copied"
    _say(options, store.get(name), f"{name} is {how}; search with it: models use {name}")
    return 0


def _download(options: argparse.Namespace, store: ModelStore) -> int:
    from app.worker.model_download import download, fetch_offer
    from app.worker.model_jobs import do

    model = published_model(options.name)
    store.check_new_name(model.name)
    endpoint = options.endpoint or _settings().hub_endpoint or DEFAULT_ENDPOINT
    revision = options.revision or model.revision
    if not options.yes and not _agrees(model, endpoint, revision):
        raise ModelError("Nothing was downloaded: that needs your consent, here or with --yes.")
    offer = fetch_offer(model, endpoint, revision)
    for file in offer.files:
        digest = f"sha256 {file.sha256}" if file.sha256 else f"git {file.git_hash}"
        print(f"{file.name:<28} {_size(file.size_bytes):>9}  {digest}", file=sys.stderr)
    with _Bar() as bar:
        place = download(store, offer, bar.show)
        do(PrepareModel(str(place)), bar.show)
    _say(options, store.get(model.name), f"{model.name} is here; use it: models use {model.name}")
    return 0


def _agrees(model: PublishedModel, endpoint: str, revision: str) -> bool:
    """Say what would happen and ask; somebody who cannot answer has not agreed."""
    print(
        f"{model.repository}, revision {revision},\n"
        f"about {_size(model.weights_bytes)}, licence {model.licence}, from {endpoint}.",
        file=sys.stderr,
    )
    if not sys.stdin.isatty():
        return False
    print("Download it? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes", "是"}


def _use(options: argparse.Namespace, store: ModelStore) -> int:
    model = store.get(options.name)
    settings = _settings()
    changed = replace(settings, **settings_for_model(settings, model.directory))
    save_settings(default_config_dir() / SETTINGS_NAME, changed)
    _say(options, model, f"{model.name} is chosen; photos get its vectors at the next indexing")
    return 0


def _remove(options: argparse.Namespace, store: ModelStore) -> int:
    chosen = choose_model(_settings().model_dir)
    for model in store.installed():
        if model.name == options.name and model.directory == chosen and model.kind != "bundled":
            raise ModelError(f"{model.name} is in use: choose another first, models use NAME.")
    try:
        store.remove(options.name)
    except OSError as error:
        raise ModelError(f"{options.name} cannot be removed: {error.strerror}.") from error
    if options.json:
        print_json({"removed": options.name})
    else:
        print(f"{display_text(options.name)} is removed; its vectors in libraries stay.")
    return 0


def _say(options: argparse.Namespace, model: InstalledModel, sentence: str) -> None:
    if options.json:
        print_json({"model": _installed_row(model, choose_model(_settings().model_dir))})
    else:
        print(sentence)


def _installed_row(model: InstalledModel, chosen: Path) -> dict[str, Any]:
    return {
        "name": model.name,
        "state": model.kind,
        "in_use": model.directory == chosen,
        "directory": str(model.directory),
        "source": model.source,
        "revision": model.revision,
        "size_bytes": model.size_bytes,
        "files": [
            {"name": file.name, "size_bytes": file.size_bytes, "sha256": file.sha256}
            for file in model.files
        ],
    }


def _published_row(model: PublishedModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "state": "published",
        "in_use": False,
        "directory": None,
        "source": model.repository,
        "revision": model.revision,
        "size_bytes": model.weights_bytes,
        "files": [],
    }


def _settings() -> Settings:
    return load_settings(default_config_dir() / SETTINGS_NAME)


def _size(n_bytes: int) -> str:
    if n_bytes < 1_000_000:
        return f"{n_bytes / 1e3:.1f} kB"
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes < 1e9 else f"{n_bytes / 1e9:.2f} GB"


class _Bar:
    """Progress in one line of a terminal; nothing where there is none."""

    def __init__(self) -> None:
        self._shows = sys.stderr.isatty()

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shows:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()

    def show(self, progress: ModelProgress) -> None:
        if not self._shows:
            return
        text = f"{progress.phase} {progress.name}"
        if progress.total_bytes:
            text += f" {_size(progress.done_bytes)} of {_size(progress.total_bytes)}"
        sys.stderr.write(f"\r\x1b[2K{text} {progress.file}")
        sys.stderr.flush()
