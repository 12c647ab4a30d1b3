"""Libraries in the package that are no Python packages: what they are and under which terms."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Native:
    """A library that others brought along; ``pattern`` fits the file names it comes as."""

    name: str
    licence: str
    pattern: str


_GCC = "GPL-3.0-or-later WITH GCC-exception-3.1"

LIBRARIES = (
    Native("Brotli", "MIT", r"libbrotli"),
    Native("bzip2", "bzip2-1.0.6", r"libbz2"),
    Native("FreeType", "FTL", r"libfreetype"),
    Native("GCC run-time libraries", _GCC, r"lib(gfortran|gomp|gcc_s|stdc\+\+)"),
    Native("GCC quad-precision library", "LGPL-2.1-or-later", r"libquadmath"),
    Native("HarfBuzz", "MIT-Modern-Variant", r"libharfbuzz"),
    Native("ICU", "Unicode-3.0", r"libicu(data|i18n|uc)"),
    Native("libavif with dav1d, libaom, libyuv", "BSD-2-Clause AND BSD-3-Clause", r"libavif"),
    Native("libde265", "LGPL-3.0-or-later", r"libde265"),
    Native("libffi", "MIT", r"libffi"),
    Native("libheif", "LGPL-3.0-or-later", r"libheif"),
    Native("libjpeg-turbo", "IJG AND BSD-3-Clause AND Zlib", r"libjpeg"),
    Native("Little CMS", "MIT", r"liblcms2"),
    Native("liblzma", "0BSD", r"liblzma"),
    Native("libpng", "libpng-2.0", r"libpng16"),
    Native("LibTIFF", "libtiff", r"libtiff"),
    Native("libuuid", "BSD-3-Clause", r"libuuid"),
    Native("libwebp", "BSD-3-Clause", r"lib(webp|webpdemux|webpmux|sharpyuv)"),
    Native("OpenBLAS with LAPACK", "BSD-3-Clause", r"libscipy_openblas"),
    Native("OpenJPEG", "BSD-2-Clause", r"libopenjp2"),
    Native("oneTBB", "Apache-2.0", r"libtbb"),
    Native("OpenSSL", "Apache-2.0", r"lib(ssl|crypto)\."),
    Native("Python", "PSF-2.0", r"libpython|base_library\.zip|python3"),
    Native("SQLite", "blessing", r"libsqlite3"),
    Native("XCB, its utilities and Xau", "X11", r"lib(xcb|Xau)"),
    Native("xkbcommon", "MIT AND X11", r"libxkbcommon"),
    Native("zlib", "Zlib", r"libz[.-]"),
    Native("Zstandard", "BSD-3-Clause", r"libzstd"),
)


def library_of(file_name: str) -> Native | None:
    """Return the library that a file belongs to, None for one that nobody has looked at."""
    for library in LIBRARIES:
        if re.match(library.pattern, file_name):
            return library
    return None
