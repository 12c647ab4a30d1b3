"""Whether this machine runs on its battery, asked of the system in a millisecond or less."""

from __future__ import annotations

import sys
from pathlib import Path

_SUPPLIES = Path("/sys/class/power_supply")


def on_battery() -> bool:
    """Whether the machine draws from a battery now; False where nobody knows."""
    return draws_from_battery(_SUPPLIES) or _windows_on_battery() or _macos_on_battery()


def draws_from_battery(supplies: Path) -> bool:
    """Read the kernel's list: a battery that empties, and no mains that is plugged in."""
    discharging = False
    try:
        folders = list(supplies.iterdir())
    except OSError:
        return False
    for folder in folders:
        kind = _word(folder / "type")
        if kind in ("Mains", "USB") and _word(folder / "online") == "1":
            return False
        # Batteries of mice and keyboards say that they serve a device alone.
        if kind == "Battery" and _word(folder / "scope") != "Device":
            discharging = discharging or _word(folder / "status") == "Discharging"
    return discharging


def _word(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


if sys.platform == "win32":

    def _windows_on_battery() -> bool:
        import ctypes

        class _Status(ctypes.Structure):
            _fields_ = (
                ("ac_line", ctypes.c_ubyte),
                ("flags", ctypes.c_ubyte),
                ("percent", ctypes.c_ubyte),
                ("saver", ctypes.c_ubyte),
                ("seconds", ctypes.c_ulong),
                ("full_seconds", ctypes.c_ulong),
            )

        status = _Status()
        told = ctypes.windll.kernel32.GetSystemPowerStatus(ctypes.byref(status))
        return bool(told) and status.ac_line == 0

else:

    def _windows_on_battery() -> bool:
        return False


if sys.platform == "darwin":

    def _macos_on_battery() -> bool:
        import ctypes

        iokit = ctypes.CDLL("/System/Library/Frameworks/IOKit.framework/IOKit")
        # Unlimited time remaining (-2) means that the mains is plugged in.
        iokit.IOPSGetTimeRemainingEstimate.restype = ctypes.c_double
        return float(iokit.IOPSGetTimeRemainingEstimate()) != -2.0

else:

    def _macos_on_battery() -> bool:
        return False
