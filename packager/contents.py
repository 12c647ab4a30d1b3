"""What goes into the package and what does not; ``build.spec`` asks here.

Entries are (name inside the package, source, kind), as PyInstaller lists them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

Entry = tuple[str, str, str]

# Loaded by name and so not found by following imports.
HIDDEN_PACKAGES = ("app", "fgclip2")
HIDDEN_MODULES = ("pi_heif", "huggingface_hub.file_download", "huggingface_hub.hf_api")

# Never needed at run time; most are only reached through optional imports.
EXCLUDED_MODULES = (
    "torch",
    "torchvision",
    "transformers",
    "tokenizers",
    "trainer",
    "tests",
    "benchmarks",
    "scripts",
    "packager",
    "fgclip2.torch_engine",
    "fgclip2.torch_model",
    "openvino.tools",
    "openvino.torch",
    "openvino_telemetry",
    "hf_xet",
    "onnx",
    "onnxruntime",
    "matplotlib",
    "tensorboard",
    "tensorboard_data_server",
    "IPython",
    "tkinter",
    "PIL.ImageTk",
    "PIL.ImageQt",
    "PIL._imagingtk",
    "pytest",
    "_pytest",
    "google",
    "hypothesis",
    "mypy",
    "setuptools",
    "pip",
    "pydoc",
    "lib2to3",
    "idlelib",
    "ensurepip",
    "numpy.f2py",
    "numpy.testing",
    "numpy.distutils",
    "pandas",
    "pydantic",
    "pydantic_core",
    "rich",
    "pygments",
    "jinja2",
    "sympy",
    "networkx",
    "scipy",
)

# Of Qt only what three modules and a desktop need; everything else of its folder stays out.
# Thumbnails are JPEG.
QT_PLUGINS = {
    "linux": (
        "platforms/libqxcb.so",
        "platforms/libqoffscreen.so",
        "platforminputcontexts/libcomposeplatforminputcontextplugin.so",
        "platforminputcontexts/libibusplatforminputcontextplugin.so",
        "platformthemes/libqxdgdesktopportal.so",
        "imageformats/libqjpeg.so",
    ),
    "darwin": (
        "platforms/libqcocoa.dylib",
        "platforms/libqoffscreen.dylib",
        "styles/libqmacstyle.dylib",
        "imageformats/libqjpeg.dylib",
    ),
    "win32": (
        "platforms/qwindows.dll",
        "platforms/qoffscreen.dll",
        "styles/qmodernwindowsstyle.dll",
        "imageformats/qjpeg.dll",
    ),
}
QT_TRANSLATIONS = ("qtbase_zh_CN.qm", "qtbase_en.qm")
_QT_LIBRARIES = re.compile(
    r"(lib)?Qt6?(Core|Gui|Widgets|DBus|XcbQpa)\b|libicu(data|i18n|uc)|(lib)?(pyside6|shiboken6)\b"
)
_QT_BINDINGS = re.compile(r"PySide6/(QtCore|QtGui|QtWidgets)\.|shiboken6/")

# Conversion front ends and devices that the CPU graph never touches.
_OPENVINO_UNUSED = re.compile(
    r"openvino_(intel_gpu|intel_npu|auto|auto_batch|hetero|template)_plugin"
    r"|openvino_(onnx|tensorflow|tensorflow_lite|pytorch|paddle|gguf|jax)_frontend"
    r"|py_(onnx|tensorflow|pytorch|paddle|gguf|jax)_frontend"
    r"|openvino_c\b|tbbbind|libhwloc|tbbmalloc_proxy|/cache\.json$|openvino/(include|cmake)/"
)

OPENVINO_CPU_PLUGINS = (
    "libopenvino_intel_cpu_plugin.so",
    "libopenvino_arm_cpu_plugin.so",
    "openvino_intel_cpu_plugin.dll",
)

# Parts of the user's system: bundled copies would quarrel with its graphics and font set-up.
_SYSTEM_LIBRARIES = re.compile(
    r"^(libX11|libX11-xcb|libxcb|libxkbcommon|libxkbcommon-x11|libfontconfig|libfreetype|libGL"
    r"|libEGL|libGLX|libGLdispatch|libOpenGL|libdbus-1|libglib-2\.0|libgthread-2\.0|libstdc\+\+"
    r"|libgcc_s|libwayland|libdrm|libsystemd|libexpat|libpng16|libXau|libXdmcp|libXext|libXrender"
    r"|libbsd|libmd|libcap|libgcrypt|libgpg-error|liblz4|libpcre2-8|libpcre|libuuid)[.-]"
)
# Compiled against nothing newer than the oldest system we promise, these must travel with us.
_BUNDLED_XCB = re.compile(
    r"^libxcb-(cursor|icccm|image|keysyms|render-util|util|xkb)\.|^libxkbcommon-x11\."
)
_PYTHON = re.compile(r"(lib)?python3?[\d.]*(\.so|\.dylib|\.dll)|Python(\.framework)?\b")
ENCODERS = re.compile(r"x265|kvazaar|libx264|openh264", re.IGNORECASE)


def keeps(name: str, platform: str) -> bool:
    """Whether a file that PyInstaller found belongs into the package.

    Args:
        name: its place in the package.
        platform: ``sys.platform`` of the system the package is for.
    """
    path = PurePosixPath(name.replace("\\", "/"))
    text = str(path)
    if "PySide6" in path.parts or "shiboken6" in path.parts:
        return _keeps_qt(text, path, platform)
    if "openvino" in path.parts:
        return not _OPENVINO_UNUSED.search(text)
    if platform == "linux" and len(path.parts) == 1 and _SYSTEM_LIBRARIES.match(path.name):
        return bool(_BUNDLED_XCB.match(path.name))
    return not _is_leftover(path)


def trimmed(entries: Iterable[Entry], platform: str) -> list[Entry]:
    """Return the entries that stay, ordered by name, so that two builds list the same."""
    return sorted(entry for entry in entries if keeps(entry[0], platform))


def openvino_plugin(folder: Path) -> list[tuple[str, str]]:
    """Return the CPU plugin, which OpenVINO loads by name, as PyInstaller takes extra binaries.

    Args:
        folder: of the installed package ``openvino``.
    """
    found = [path for name in OPENVINO_CPU_PLUGINS for path in folder.rglob(name)]
    return [(str(path), str(path.parent.relative_to(folder.parent))) for path in found]


def reachable(entries: Iterable[Entry], needs: Callable[[str], Iterable[str]]) -> list[Entry]:
    """Return the entries without the libraries that nothing among them loads any more.

    Args:
        entries: already trimmed.
        needs: tells the file names of the libraries that a file loads.
    """
    entries = list(entries)
    libraries = {PurePosixPath(entry[0]).name: entry for entry in entries if _is_library(entry)}
    waiting = [entry for entry in entries if not _is_library(entry)]
    kept = {entry[0]: entry for entry in waiting}
    while waiting:
        _, source, kind = waiting.pop()
        for name in () if kind in ("SYMLINK", "DATA") else needs(source):
            entry = libraries.get(PurePosixPath(name).name)
            if entry is not None and entry[0] not in kept:
                kept[entry[0]] = entry
                waiting.append(entry)
    return sorted(kept.values())


def without_dangling(data: Iterable[Entry], binaries: Iterable[Entry]) -> list[Entry]:
    """Return the data entries without links to files that did not stay."""
    data = list(data)
    files = {entry[0] for entry in (*data, *binaries)}
    return [entry for entry in data if entry[2] != "SYMLINK" or _target(entry) in files]


def _is_library(entry: Entry) -> bool:
    """Whether a file is there only for others that load it, and not for the program itself."""
    name, _, kind = entry
    is_root = "/plugins/" in name or "_plugin." in name or _PYTHON.match(name)
    return kind == "BINARY" and not is_root


def _target(entry: Entry) -> str:
    """Where a link inside the package leads; its source is relative to its own folder."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(entry[0]), entry[1]))


def _keeps_qt(text: str, path: PurePosixPath, platform: str) -> bool:
    if "/plugins/" in f"/{text}":
        return text.split("plugins/", 1)[1] in QT_PLUGINS.get(platform, ())
    if "/translations/" in text:
        return path.name in QT_TRANSLATIONS
    if "/qml/" in text or "/resources/" in text:
        return False
    return bool(_QT_LIBRARIES.match(path.name) or _QT_BINDINGS.search(text)) or (
        path.suffix in (".conf", ".framework", ".plist") or ".framework/" in text
    )


def _is_leftover(path: PurePosixPath) -> bool:
    """Headers, stubs, tests that packages carry along; icons that are inside the executable."""
    if path.suffix in {
        ".pyi",
        ".h",
        ".hpp",
        ".pxd",
        ".pyx",
        ".c",
        ".cmake",
        ".pc",
        ".ico",
        ".icns",
    }:
        return True
    if path.name.startswith("_imagingtk") or path.name.startswith("_multiarray_tests"):
        return True
    return "tests" in path.parts
