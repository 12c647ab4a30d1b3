"""Make ``.venv`` ready for the application or for its tests; quick when nothing changed.

``python3 scripts/set_up.py app`` or ``... test``. Uses the standard library only, and its first
lines still parse on an old Python so that it can say that the Python is too old.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
MIN_PYTHON = (3, 11)
SETS = {  # extras of pyproject.toml beside the dependencies
    "app": (),
    "test": ("trainer", "test", "package"),
    "bench": ("trainer", "test", "package", "bench"),
    "package": ("package",),
}

# What Qt loads and its wheel does not bring: library -> Debian and Ubuntu package.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
CJK_FONT_PACKAGE = "fonts-noto-cjk"

# What builds the package and uses it on a screen without a monitor: program -> package.
PACKAGING_TOOLS = {
    "objdump": "binutils",
    "strip": "binutils",
    "xz": "xz-utils",
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "strace": "strace",
    "desktop-file-validate": "desktop-file-utils",
}


class SetUpError(Exception):
    """The machine lacks something; the message says what to do."""


def main(argv: list[str]) -> int:
    if len(argv) != 1 or argv[0] not in SETS:
        print(f"usage: python3 scripts/set_up.py {'|'.join(SETS)}", file=sys.stderr)
        return 2
    if sys.version_info < MIN_PYTHON:
        return _start_again_with_newer_python(argv)
    name = argv[0]
    wanted = _requirements(name)
    fingerprint = _fingerprint(name)
    try:
        installed = _read_stamps().get(name) == fingerprint and _venv_python().exists()
        _check_system(name, building=not installed)
        if not installed:
            _install(name, wanted)
            current = {each: _fingerprint(each) for each in SETS}
            kept = _read_stamps()
            ready = [n for n in SETS if _includes(name, n) or kept.get(n) == current[n]]
            _write_stamps({each: current[each] for each in ready})
    except SetUpError as error:
        print(f"\nSet-up stopped: {error}", file=sys.stderr)
        return 1
    return 0


def _start_again_with_newer_python(argv: list[str]) -> int:
    for minor in range(14, MIN_PYTHON[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            os.execv(newer, [newer, str(Path(__file__).resolve()), *argv])
    have = ".".join(str(part) for part in sys.version_info[:3])
    print(
        f"Finelens needs Python 3.11 or newer; this is {have} ({sys.executable}).\n"
        "Install a newer one (Debian/Ubuntu: sudo apt-get install python3.11 python3.11-venv;"
        " macOS: brew install python), then: make run PYTHON=python3.11",
        file=sys.stderr,
    )
    return 1


# ---------------------------------------------------------------- what is wanted


def _requirements(name: str) -> list[str]:
    import tomllib  # new in Python 3.11; an older one must get as far as its message

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in SETS[name]:
        wanted += project["optional-dependencies"][extra]
    return wanted


def _fingerprint(name: str) -> str:
    parts = [sys.version, platform.machine(), *_requirements(name)]
    parts.append((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _includes(outer: str, inner: str) -> bool:
    return set(SETS[inner]) <= set(SETS[outer])


def _stamp_file() -> Path:
    return VENV / "finelens-set-up.json"


def _read_stamps() -> dict[str, str]:
    try:
        return dict(json.loads(_stamp_file().read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _write_stamps(stamps: dict[str, str]) -> None:
    _stamp_file().write_text(json.dumps(stamps, indent=2), encoding="utf-8")


def _venv_python() -> Path:
    return VENV / "bin" / "python"


# ---------------------------------------------------------------- Python packages


def _install(name: str, wanted: list[str]) -> None:
    _make_venv()
    note = " (large the first time: torch is among them)" if name == "test" else ""
    print(f"Installing {len(wanted)} packages into .venv{note}", flush=True)
    command = [str(_venv_python()), "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--no-input", "--progress-bar", "off", "-c", str(ROOT / "constraints.txt")]
    log = VENV / "finelens-set-up.log"
    with log.open("w", encoding="utf-8") as log_file:
        code = _run_with_progress([*command, *wanted], log_file)
    if code != 0:
        tail = "\n".join(log.read_text(encoding="utf-8").splitlines()[-15:])
        raise SetUpError(
            f"pip could not install the packages. Its last lines:\n\n{tail}\n\n"
            f"The whole log: {log.relative_to(ROOT)}. Is the network up? Then try again."
        )


def _make_venv() -> None:
    config = VENV / "pyvenv.cfg"
    version = ".".join(str(part) for part in sys.version_info[:2])
    if config.exists() and _venv_python().exists():
        lines = config.read_text(encoding="utf-8").splitlines()
        if any(line.startswith("version") and f"= {version}." in line for line in lines):
            return
    print(f"Creating .venv with Python {version}", flush=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise SetUpError(f"the virtual environment could not be made:\n{made.stdout}{made.stderr}")


def _run_with_progress(command: list[str], log_file) -> int:
    """Run pip and show one line a package: rewritten in place on a terminal."""
    live = sys.stdout.isatty()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    assert process.stdout is not None
    for line in process.stdout:
        log_file.write(line)
        shown = _progress(line.split())
        if shown:
            print(
                f"\r\033[K  {shown}" if live else f"  {shown}", end="" if live else "\n", flush=True
            )
    if live:
        print("\r\033[K", end="", flush=True)
    return process.wait()


def _progress(words: list[str]) -> str:
    """What one line of pip's output means for somebody who waits; empty for most lines."""
    if words[:1] == ["Downloading"] and len(words) > 2:
        return f"{words[1].split('-')[0]} {' '.join(words[2:])}"
    if words[:3] == ["Building", "wheel", "for"] and len(words) > 3:
        return f"compiling {words[3]}"
    if words[:2] == ["Installing", "collected"]:
        return "unpacking"
    return ""


# ---------------------------------------------------------------- the system under Python


def _check_system(name: str, *, building: bool) -> None:
    """Find what is missing, install it where that is allowed, else say what to do."""
    if platform.system() != "Linux":
        if building and platform.system() == "Darwin":
            _check_macos_tools()
        return
    build_packages = _missing_build_packages() if building else []
    libraries = [library for library in QT_LIBRARIES if not _loads(library)]
    tools = PACKAGING_TOOLS if name == "package" else {}
    build_packages += sorted({tools[tool] for tool in tools if not shutil.which(tool)})
    packages = build_packages + sorted({QT_LIBRARIES[library] for library in libraries})
    # A font is looked for at a new installation only: fc-list is not free.
    font = [CJK_FONT_PACKAGE] if building and not _has_cjk_font() else []
    if not packages and not font:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages, *font]
    if shutil.which("apt-get") and _apt_install(command):
        return
    needed = build_packages or name == "test" or _has_display()
    _say_what_is_missing(packages, font, libraries, command, needed=bool(packages and needed))


def _check_macos_tools() -> None:
    if subprocess.run(["xcode-select", "-p"], capture_output=True, check=False).returncode != 0:
        raise SetUpError(
            "one package is compiled here and needs Apple's command line tools.\n"
            "Run this, then try again:\n\n    xcode-select --install"
        )


def _missing_build_packages() -> list[str]:
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    missing = []
    if not any(shutil.which(compiler) for compiler in ("c++", "g++", "clang++")):
        missing.append("g++")
    if not (Path(sysconfig.get_paths()["include"]) / "Python.h").exists():
        missing.append(f"{version}-dev")
    try:
        import ensurepip  # noqa: F401  (Debian packs it apart)
    except ImportError:
        missing.append(f"{version}-venv")
    return missing


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_cjk_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _apt_install(command: list[str]) -> bool:
    """Whether apt-get did it; False also when this user may not."""
    prefix = _root_prefix()
    if prefix is None:
        return False
    print(f"Installing system packages: {' '.join(command[4:])}", flush=True)
    prefix = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    if _quiet([*prefix, *command]):
        return True
    return _quiet([*prefix, "apt-get", "update"]) and _quiet([*prefix, *command])


def _root_prefix() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _quiet(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def _quiet(command: list[str]) -> bool:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return done.returncode == 0


def _say_what_is_missing(
    packages: list[str],
    font: list[str],
    libraries: list[str],
    command: list[str],
    *,
    needed: bool,
) -> None:
    if shutil.which("apt-get"):
        advice = f"Run this, then try again:\n\n    sudo {' '.join(command)}"
    else:
        names = ", ".join([*libraries, *(p for p in packages if p not in QT_LIBRARIES.values())])
        advice = f"Install these with your package manager, then try again: {names}"
    if needed:
        raise SetUpError(f"the system lacks {len(packages)} packages. {advice}")
    if packages:
        print(f"The window will need {len(packages)} more system packages. {advice}")
    elif font:
        print("No font with Chinese characters was found; a good one is the package " + font[0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
