"""What goes into the package: rules that hold on every system, whatever PyInstaller finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from packager import contents
from packager.contents import Entry, keeps, openvino_plugin, reachable, trimmed, without_dangling


@pytest.mark.parametrize(
    ("name", "platform", "stays"),
    [
        ("PySide6/Qt/lib/libQt6Core.so.6", "linux", True),
        ("PySide6/Qt/lib/libQt6Quick.so.6", "linux", False),
        ("PySide6/Qt/lib/libQt6WaylandClient.so.6", "linux", False),
        ("PySide6/QtWidgets.abi3.so", "linux", True),
        ("PySide6/QtNetwork.abi3.so", "linux", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "linux", True),
        ("PySide6/Qt/plugins/imageformats/libqjpeg.so", "linux", True),
        ("PySide6/Qt/plugins/imageformats/libqpdf.so", "linux", False),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", "linux", False),
        ("PySide6/Qt/translations/qtbase_zh_CN.qm", "linux", True),
        ("PySide6/Qt/translations/qtbase_de.qm", "linux", False),
        ("PySide6\\plugins\\platforms\\qwindows.dll", "win32", True),
        ("PySide6\\plugins\\imageformats\\qsvg.dll", "win32", False),
        ("PySide6\\Qt6Core.dll", "win32", True),
        ("PySide6\\Qt6Qml.dll", "win32", False),
        ("openvino/libs/libopenvino_intel_cpu_plugin.so", "linux", True),
        ("openvino/libs/libopenvino_intel_gpu_plugin.so", "linux", False),
        ("openvino/libs/libopenvino_pytorch_frontend.so.2641", "linux", False),
        ("openvino/libs/libtbb.so.12", "linux", True),
        ("openvino/libs/cache.json", "linux", False),
        ("libX11.so.6", "linux", False),
        ("libxcb-cursor.so.0", "linux", True),
        ("numpy.libs/libscipy_openblas64_.so", "linux", True),
        ("numpy/_core/tests/data.txt", "linux", False),
        ("resources/icons/finelens.ico", "linux", False),
        ("resources/icons/finelens-64.png", "linux", True),
        ("resources/models/finelens-tiny/model.safetensors", "linux", True),
    ],
)
def test_rules(name: str, platform: str, stays: bool) -> None:
    assert keeps(name, platform) is stays


def test_the_list_is_in_order_whatever_the_order_it_came_in() -> None:
    entries: list[Entry] = [("b.so", "/b", "EXTENSION"), ("a.so", "/a", "EXTENSION")]
    assert trimmed(entries, "linux") == trimmed(entries[::-1], "linux")
    assert [name for name, _, _ in trimmed(entries, "linux")] == ["a.so", "b.so"]


def test_libraries_that_only_trimmed_files_needed_go_too() -> None:
    needs = {
        "/ext.so": ["libused.so.1"],
        "/used.so": ["libdeep.so.1"],
        "/plugins/libqxcb.so": ["libxcb-cursor.so.0"],
        "/python.so": ["libz.so.1"],
    }
    entries: list[Entry] = [
        ("package/ext.so", "/ext.so", "EXTENSION"),
        ("libused.so.1", "/used.so", "BINARY"),
        ("libdeep.so.1", "/deep.so", "BINARY"),
        ("libgtk.so.3", "/gtk.so", "BINARY"),
        ("libpython3.11.so.1.0", "/python.so", "BINARY"),
        ("libz.so.1", "/z.so", "BINARY"),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "/plugins/libqxcb.so", "BINARY"),
        ("libxcb-cursor.so.0", "/cursor.so", "BINARY"),
    ]
    kept = {name for name, _, _ in reachable(entries, lambda source: needs.get(source, ()))}
    assert kept == {name for name, _, _ in entries} - {"libgtk.so.3"}


def test_links_to_files_that_went_go_too() -> None:
    binaries: list[Entry] = [("PySide6/Qt/lib/libQt6Core.so.6", "/core", "BINARY")]
    data: list[Entry] = [
        ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", "SYMLINK"),
        ("libQt6Svg.so.6", "PySide6/Qt/lib/libQt6Svg.so.6", "SYMLINK"),
        ("resources/a.png", "/a.png", "DATA"),
    ]
    assert [name for name, _, _ in without_dangling(data, binaries)] == [
        "libQt6Core.so.6", "resources/a.png",
    ]  # fmt: skip


def test_the_cpu_plugin_of_the_installed_openvino_is_found() -> None:
    import importlib.util

    spec = importlib.util.find_spec("openvino")
    assert spec is not None
    assert spec.origin is not None
    found = openvino_plugin(Path(spec.origin).parent)
    assert [Path(source).name for source, _ in found] == ["libopenvino_intel_cpu_plugin.so"]
    assert all(keeps(f"{place}/{Path(source).name}", "linux") for source, place in found)


def test_torch_and_its_modules_are_excluded() -> None:
    assert {"torch", "transformers", "trainer", "hf_xet"} <= set(contents.EXCLUDED_MODULES)
