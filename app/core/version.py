"""The version, said here and nowhere else: pyproject.toml, the package and the window read it."""

VERSION = "0.1.0"
