"""The papers that travel with the package: third-party notices, LGPL terms, a CycloneDX SBOM."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component as BomComponent
from cyclonedx.model.component import ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from packager.components import OWN_NAME, Component
from packager.places import ROOT

SBOM_NAME = "sbom.cdx.json"
NOTICES_NAME = "third-party.txt"
TEXTS = ROOT / "packager" / "licences"
_LINE = "=" * 78

_HEAD = """\
Finelens contains the following works of others. Where a work offers a choice of licences, the one
that permits this use is taken: Qt and Qt for Python are used under the LGPL version 3.

Replacing LGPL libraries: Qt, Qt for Python, libheif, libde265 and libquadmath lie beside the
program as separate, unmodified files (folders PySide6, shiboken6, pi_heif.libs, numpy.libs). Put
your own build with the same name in place of one and Finelens uses it. Reverse engineering to debug
such changes is permitted. Sources: https://download.qt.io/official_releases/QtForPython/ and
https://download.qt.io/official_releases/qt/, https://github.com/strukturag/libheif,
https://github.com/strukturag/libde265, https://gcc.gnu.org. The texts of the LGPL and of the GPL
are in this folder.
"""


def write_papers(components: Sequence[Component], folder: Path) -> None:
    """Write notices, licence texts and the SBOM into a folder of the package."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NOTICES_NAME).write_text(notices_text(components), encoding="utf-8")
    (folder / SBOM_NAME).write_text(sbom_text(components) + "\n", encoding="utf-8")
    for path in sorted(TEXTS.glob("*.txt")):
        shutil.copyfile(path, folder / path.name)


def notices_text(components: Sequence[Component]) -> str:
    """Every part with version, licence and the text its makers ask to pass on."""
    parts = [_HEAD]
    for each in components:
        if each.name == OWN_NAME:
            continue
        title = f"{each.name} {each.version}".strip()
        parts.append(f"{_LINE}\n{title}\nLicence: {each.licence}\n{_LINE}\n{each.text}".rstrip())
    return "\n\n".join(parts) + "\n"


def sbom_text(components: Sequence[Component]) -> str:
    """A CycloneDX 1.6 document; the same parts give the same bytes."""
    listed = [_described(each) for each in components if each.name != OWN_NAME]
    own = next(each for each in components if each.name == OWN_NAME)
    described = "|".join(f"{each.name}@{each.version}" for each in components)
    root = _described(own, ComponentType.APPLICATION)
    bom = Bom(
        components=listed,
        serial_number=uuid.uuid5(uuid.NAMESPACE_URL, described),
        metadata=BomMetaData(component=root),
    )
    bom.register_dependency(root, listed)
    # No moment of building: two builds of the same sources are to be equal.
    bom.metadata.timestamp = None
    return JsonV1Dot6(bom).output_as_string(indent=2)


def _described(each: Component, kind: ComponentType = ComponentType.LIBRARY) -> BomComponent:
    name = each.name
    return BomComponent(
        name=name,
        version=each.version or None,
        type=kind,
        bom_ref=f"{name}@{each.version}",
        licenses=[LicenseExpression(each.licence)],
        purl=PackageURL("pypi", None, name.lower(), each.version) if each.is_python else None,
    )
