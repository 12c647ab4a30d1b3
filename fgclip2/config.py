"""The configuration of a checkpoint (``config.json`` of the published layout)."""

from __future__ import annotations

import math
import reprlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from fgclip2.errors import ConfigError
from fgclip2.json_files import read_json

LONG_LENGTH = 196
KEEP_LENGTH = 20
ACTIVATION = "gelu_pytorch_tanh"
# More would take gigabytes for names alone; the largest published model has 27.
MAX_LAYERS = 1024
MAX_SIZE = 2**24


@dataclass(frozen=True, slots=True)
class VisionConfig:
    """Sizes of the vision tower. ``num_patches`` is the stored position table, a square grid."""

    hidden_size: int = 768
    intermediate_size: int = 3072
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    num_channels: int = 3
    num_patches: int = 256
    patch_size: int = 16
    hidden_act: str = ACTIVATION
    layer_norm_eps: float = 1e-6
    attention_dropout: float = 0.0

    @property
    def grid_side(self) -> int:
        """Side of the stored position grid, in patches."""
        return math.isqrt(self.num_patches)

    @property
    def patch_values(self) -> int:
        """Numbers in one patch: ``patch_size ** 2 * num_channels``."""
        return self.patch_size**2 * self.num_channels


@dataclass(frozen=True, slots=True)
class TextConfig:
    """Sizes of the text tower. ``longtext_len`` positions serve the long mode, 64 the others.

    What ``config.json`` leaves out has the default of the published class; published models have
    a vocabulary of 256,000, which their files say. Texts are encoded with the ids of the
    tokenizer's own file, not with these.
    """

    vocab_size: int = 32000
    hidden_size: int = 768
    intermediate_size: int = 3072
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    max_position_embeddings: int = 64
    longtext_len: int = LONG_LENGTH
    keep_len: int = KEEP_LENGTH
    projection_size: int = 768
    hidden_act: str = ACTIVATION
    layer_norm_eps: float = 1e-6
    attention_dropout: float = 0.0
    pad_token_id: int = 0
    eos_token_id: int = 1
    bos_token_id: int = 2


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Both towers. The embedding width is the hidden width of either tower."""

    vision: VisionConfig
    text: TextConfig

    @property
    def dim(self) -> int:
        """Width E of the space that images and texts share."""
        return self.vision.hidden_size

    @classmethod
    def from_directory(cls, directory: Path) -> ModelConfig:
        """Read ``config.json``.

        Raises:
            ConfigError: the file is missing, is not JSON, or holds a value that cannot be used;
                the message names the field, the value and what is expected.
        """
        path = directory / "config.json"
        try:
            values = read_json(path)
        except FileNotFoundError:
            raise ConfigError(
                f"{path} is missing: name a folder with config.json and model.safetensors"
            ) from None
        except (OSError, ValueError) as error:
            raise ConfigError(f"{path} cannot be read as JSON: {error}") from None
        return cls.from_values(values, str(path))

    @classmethod
    def from_values(cls, values: object, source: str = "config") -> ModelConfig:
        """Build from the values of ``config.json``; ``source`` names them in messages.

        Raises:
            ConfigError: as for ``from_directory``.
        """
        if not isinstance(values, dict) or values.get("model_type") != "fgclip2":
            found = values.get("model_type") if isinstance(values, dict) else type(values).__name__
            raise ConfigError(f"{source}: model_type is {reprlib.repr(found)}, expected 'fgclip2'")
        config = cls(
            vision=_section(VisionConfig, values, "vision_config", source),
            text=_section(TextConfig, values, "text_config", source),
        )
        config.validate(source)
        return config

    def to_values(self) -> dict[str, Any]:
        """The values to write as ``config.json``."""
        return {
            "architectures": ["Fgclip2Model"],
            "model_type": "fgclip2",
            "text_config": {"model_type": "fgclip2_text_model", **asdict(self.text)},
            "vision_config": {"model_type": "fgclip2_vision_model", **asdict(self.vision)},
        }

    def validate(self, source: str = "config") -> None:
        """Check that the sizes fit each other.

        Raises:
            ConfigError: names the first field that does not fit.
        """
        vision, text = self.vision, self.text
        for name, tower in (("vision_config", vision), ("text_config", text)):
            heads, hidden = tower.num_attention_heads, tower.hidden_size
            if hidden % heads:
                raise ConfigError(
                    f"{source}: {name}.hidden_size {hidden} is not a multiple of"
                    f" num_attention_heads {heads}"
                )
            if hidden < 2:
                raise ConfigError(
                    f"{source}: {name}.hidden_size is {hidden}, 2 at least: a unit vector of one"
                    " number tells nothing apart"
                )
            if tower.hidden_act != ACTIVATION:
                raise ConfigError(
                    f"{source}: {name}.hidden_act is {reprlib.repr(tower.hidden_act)},"
                    f" only {ACTIVATION!r} is known"
                )
        if vision.grid_side**2 != vision.num_patches:
            raise ConfigError(
                f"{source}: vision_config.num_patches {vision.num_patches} is not a square"
            )
        if vision.num_channels != 3:
            raise ConfigError(
                f"{source}: vision_config.num_channels {vision.num_channels}, expected 3"
            )
        if not vision.hidden_size == text.hidden_size == text.projection_size:
            raise ConfigError(
                f"{source}: vision hidden_size {vision.hidden_size}, text hidden_size"
                f" {text.hidden_size} and projection_size {text.projection_size} must be equal"
            )
        if text.longtext_len < text.max_position_embeddings or text.keep_len > text.longtext_len:
            raise ConfigError(
                f"{source}: text_config.longtext_len {text.longtext_len} must be at least"
                f" max_position_embeddings {text.max_position_embeddings}"
                f" and keep_len {text.keep_len}"
            )


_Section = TypeVar("_Section", VisionConfig, TextConfig)


def _section(kind: type[_Section], values: dict[str, Any], name: str, source: str) -> _Section:
    section = values.get(name)
    if not isinstance(section, dict):
        raise ConfigError(f"{source}: {name} is missing")
    chosen: dict[str, Any] = {}
    for field, standard in asdict(kind()).items():
        if field in section and not _is_left_open(field, section[field]):
            _check_value(f"{source}: {name}.{field}", section[field], standard)
            chosen[field] = section[field]
    if kind is TextConfig and "projection_size" not in chosen and "hidden_size" in chosen:
        chosen["projection_size"] = chosen["hidden_size"]
    return kind(**chosen)


def _is_left_open(field: str, value: object) -> bool:
    """Whether a value says no more than a missing one, as null does where files hold it."""
    if field.endswith("_token_id"):
        return type(value) is not int  # several end marks are a list
    return field == "projection_size" and value is None


def _check_value(name: str, value: Any, standard: object) -> None:
    """Check a value against the kind of its default; ``name`` is that of the field."""
    if isinstance(standard, str):
        fits, expected = isinstance(value, str), "a string"
    elif isinstance(standard, float):
        fits, expected = type(value) in (int, float) and 0 <= value < 1, "0 to below 1"
    elif name.endswith("_token_id"):
        return
    else:
        most = MAX_LAYERS if name.endswith("num_hidden_layers") else MAX_SIZE
        fits, expected = type(value) is int and 1 <= value <= most, f"a whole number, 1 to {most}"
    if not fits:
        raise ConfigError(f"{name} is {reprlib.repr(value)}, expected {expected}")
