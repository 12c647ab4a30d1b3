"""The library: photos, vectors and what people made of them, kept in SQLite."""

from app.core.library.library import Library

__all__ = ["Library"]
