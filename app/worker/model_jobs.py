"""One job with a model, and the process that does it for the window."""

from __future__ import annotations

import logging
import signal
from multiprocessing.connection import Connection
from pathlib import Path

from app.core.messages import JobFailed
from app.core.model_messages import (
    AddModel,
    DownloadModel,
    ModelDone,
    ModelEvent,
    ModelJob,
    ModelProgress,
    PrepareModel,
)
from app.core.models import ModelStore, published_model
from app.worker.failures import failure, unusable_model
from app.worker.model_download import download, fetch_offer
from app.worker.model_files import Tell, add_model

logger = logging.getLogger(__name__)

_WARM_UP_SIDE_PX = 256


def run(connection: Connection, job: ModelJob) -> None:
    """Do one job and end; the entry of the process. It may be ended at any moment."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.WARNING, format="models: %(levelname)s %(message)s")
    event: ModelEvent | JobFailed
    try:
        event = do(job, connection.send)
    except Exception as error:  # noqa: BLE001 - the window hears of everything
        event = failure(0, error)
    try:
        connection.send(event)
    except OSError:
        logger.debug("nobody listens any more")
    connection.close()


def do(job: ModelJob, tell: Tell) -> ModelDone:
    """Do a job in this process; ``tell`` hears how far it is.

    Raises:
        ModelError: the model cannot be used.
        DownloadError: it cannot be fetched.
        DiskSpaceError: there is no room.
    """
    match job:
        case AddModel(models_dir, directory, name, link):
            store = ModelStore(Path(models_dir))
            place = add_model(store, Path(directory), name, link=link, tell=tell)
            return ModelDone(name, str(place))
        case DownloadModel(models_dir, name, endpoint, revision):
            offer = fetch_offer(published_model(name), endpoint, revision)
            return ModelDone(name, str(download(ModelStore(Path(models_dir)), offer, tell)))
        case PrepareModel(directory, engine, precision):
            prepare(Path(directory), engine, precision, tell)
            return ModelDone(Path(directory).name, directory)


def prepare(directory: Path, engine: str, precision: str, tell: Tell) -> None:
    """Choose the precision for this machine and compile its graphs, which are kept in the cache.

    Raises:
        ModelError: the model cannot be used.
    """
    from PIL import Image

    from fgclip2 import Encoder, FgclipError

    tell(ModelProgress("preparing", directory.name))
    try:
        encoder = Encoder.load(directory, engine, precision)
        encoder.encode_texts(["a photo"], "short")
        encoder.encode_texts(["a photo"], "long")
        picture = Image.new("RGB", (_WARM_UP_SIDE_PX, _WARM_UP_SIDE_PX))
        encoder.encode_images_and_dense([picture], encoder.quick_patches)
    except FgclipError as error:
        raise unusable_model(directory, error) from error
