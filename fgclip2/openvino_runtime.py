"""OpenVINO itself, imported without its conversion tools.

``import openvino`` imports ``openvino.tools.ovc``, which reports the import to a server on the
internet and leaves a client id in the home folder. Nothing may leave the user's machine, and
nothing here converts models: that package is marked as absent, which ``openvino`` allows for.
All modules take OpenVINO from here.
"""

from __future__ import annotations

import sys

if "openvino" not in sys.modules:
    sys.modules["openvino.tools.ovc"] = None  # type: ignore[assignment]

import openvino as ov
import openvino.opset13 as ops

__all__ = ["ops", "ov"]
