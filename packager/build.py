"""Build the package: freeze, look at what came out, write its papers, pack it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

from packager.appdir import build_app_dir, file_list, strip_symbols, write_archive
from packager.components import Component, find_components
from packager.errors import PackageError
from packager.folder_check import MAX_ARCHIVE_BYTES, MAX_BYTES, folder_bytes
from packager.notices import write_papers
from packager.places import ARCHIVE_DIR, FROZEN_DIR, ROOT, WORK_DIR, archive_path
from packager.sizes import size_table, write_table

FILE_LIST = ARCHIVE_DIR / "files.txt"


def build(*, update_document: bool = False) -> int:
    """Build everything for this system; returns the exit code.

    Args:
        update_document: write the size table into docs/packaging.md.
    """
    started_s = time.monotonic()
    _freeze()
    components = find_components(FROZEN_DIR)
    write_papers(components, FROZEN_DIR / "_internal" / "resources" / "notices")
    print(f"{len(components)} parts, all under expected licences")
    if sys.platform != "linux":
        print(f"Frozen: {FROZEN_DIR.relative_to(ROOT)}; sign and pack it as docs/packaging.md says")
        return 0
    print(f"Symbols taken out: {strip_symbols(FROZEN_DIR) / 1e6:.1f} MB")
    _pack(find_components(FROZEN_DIR), update_document=update_document)
    print(f"Built in {time.monotonic() - started_s:.0f} s")
    return 0


def _freeze() -> None:
    print("PyInstaller works; its log: build/pyinstaller.log", flush=True)
    shutil.rmtree(FROZEN_DIR, ignore_errors=True)
    WORK_DIR.mkdir(exist_ok=True)
    log = WORK_DIR / "pyinstaller.log"
    command = [sys.executable, "-m", "PyInstaller", "build.spec", "--noconfirm", "--clean"]
    command += ["--distpath", str(ARCHIVE_DIR), "--workpath", str(WORK_DIR)]
    # A fixed seed of hashes and a fixed time keep two builds of the same sources alike.
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": "1600000000",
        "PYINSTALLER_ZLIB_COMPRESSION_LEVEL": "0",  # modules need not be unpacked at every start
    }
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, check=False
        )
    if done.returncode != 0:
        tail = "\n".join(log.read_text(encoding="utf-8").splitlines()[-15:])
        raise PackageError(f"PyInstaller failed; its last words:\n{tail}")


def _pack(components: list[Component], *, update_document: bool) -> None:
    folder, archive = build_app_dir(FROZEN_DIR), archive_path()
    FILE_LIST.write_text("\n".join(file_list(folder)) + "\n", encoding="utf-8")
    write_archive(folder, archive)
    total, packed = folder_bytes(folder), archive.stat().st_size
    table = size_table(components, total, packed)
    print(table)
    if update_document:
        write_table(table)
    if total > MAX_BYTES or packed > MAX_ARCHIVE_BYTES:
        raise PackageError(
            f"too large: {total / 1e6:.1f} MB unpacked of {MAX_BYTES / 1e6:.0f},"
            f" {packed / 1e6:.1f} MB packed of {MAX_ARCHIVE_BYTES / 1e6:.0f}"
        )
