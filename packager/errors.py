"""What can go wrong while building and checking the package."""

from __future__ import annotations


class PackageError(Exception):
    """The package cannot be built as it should be; the message says what to do."""


class CheckError(PackageError):
    """The package does not behave as it should."""
