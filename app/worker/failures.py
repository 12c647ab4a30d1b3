"""What the engine says of work that could not be done."""

from __future__ import annotations

import traceback
from pathlib import Path

from app.core.errors import AppError, ModelError, PhotoMissingError, PhotoUnreadableError
from app.core.messages import JobFailed
from app.worker.decode_messages import Refused


def refusal_error(reply: Refused, path: str) -> AppError:
    """The error for a picture that a decoder refused."""
    if reply.reason == "missing":
        return PhotoMissingError(
            f"{path} is not there; it was moved, renamed or deleted.", path=path
        )
    return PhotoUnreadableError(
        f"{path} cannot be read: {reply.detail}.", path=path, reason=reply.reason
    )


def unusable_model(directory: Path, error: Exception) -> ModelError:
    """The error for a model that ``fgclip2`` refused."""
    return ModelError(f"The model in {directory} cannot be used: {error}", directory=str(directory))


def failure(job_id: int, error: Exception) -> JobFailed:
    """The event for a job that failed; the trace of what was not foreseen goes with it."""
    if isinstance(error, AppError):
        return JobFailed(job_id, type(error).__name__, str(error), error.params)
    trace = "".join(traceback.format_exception(error))
    return JobFailed(job_id, "EngineError", f"{type(error).__name__}: {error}", {}, trace)
