"""Which licences may be in the package, and how the names that packages give them are read."""

from __future__ import annotations

from license_expression import ExpressionError, LicenseExpression, get_spdx_licensing

ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "CC0-1.0",
        "FTL",
        "HPND",
        "IJG",
        "ISC",
        "LGPL-2.1-or-later",  # separate, replaceable files
        "LGPL-3.0-only",
        "LGPL-3.0-or-later",
        "MIT",
        "MIT-CMU",
        "MIT-Modern-Variant",
        "MPL-2.0",
        "PSF-2.0",
        "Unicode-3.0",
        "X11",
        "Zlib",
        "blessing",
        "bzip2-1.0.6",
        "libpng-2.0",
        "libtiff",
        "GPL-2.0-or-later WITH Bootloader-exception",  # programs made with PyInstaller are free
        "GPL-3.0-or-later WITH GCC-exception-3.1",  # compilers' run-time libraries
    }
)

# Packages whose metadata name no SPDX licence. Written down from what is generally known of them;
# to be compared with their sources before a release.
OF_PACKAGES = {
    "click-default-group": "CC0-1.0",
    "defusedxml": "PSF-2.0",
    "hnswlib": "Apache-2.0",
    "pi-heif": "BSD-3-Clause",
    "python": "PSF-2.0",
    "safetensors": "Apache-2.0",
    "sqlite-fts4": "Apache-2.0",
}

_LICENSING = get_spdx_licensing()


def is_allowed(expression: str) -> bool:
    """Whether a licence expression can be met by allowed licences alone; unknown ones cannot."""
    try:
        return _is_met(_LICENSING.parse(expression, validate=False))
    except ExpressionError:
        return False


def _is_met(expression: LicenseExpression) -> bool:
    if expression is None:
        return False
    if isinstance(expression, _LICENSING.OR):
        return any(_is_met(part) for part in expression.args)
    if isinstance(expression, _LICENSING.AND):
        return all(_is_met(part) for part in expression.args)
    return expression.render() in ALLOWED
