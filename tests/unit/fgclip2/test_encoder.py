"""What the Encoder promises beyond parity: order, shapes, unit rows, modes, clear errors."""

from __future__ import annotations

import io
import json
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fgclip2 import ConfigError, Encoder, ImageError, TextError, TokenizerError
from fgclip2.images import dynamic_budget, patch_grid
from fgclip2.random_weights import model_config, write_random_checkpoint


def noise(width: int, height: int, mode: str = "RGB", seed: int = 0) -> Image.Image:
    values = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(values).convert(mode)


WAYS = (
    lambda encoder, image, _, n_patches: encoder.encode_images([image], n_patches),
    lambda encoder, image, _, n_patches: encoder.encode_dense(image, n_patches),
    lambda encoder, image, boxes, n_patches: encoder.encode_regions(image, boxes, n_patches),
)


@pytest.fixture
def encoder(checkpoint_dir: Path) -> Encoder:
    return Encoder.load(checkpoint_dir, engine="openvino")


def test_facts_of_the_model(encoder: Encoder) -> None:
    assert (encoder.name, encoder.engine, encoder.precision) == ("model", "openvino", "f32")
    assert encoder.dim == 64
    assert encoder.quick_patches == 256
    assert isinstance(encoder.log_scale, float)
    assert isinstance(encoder.bias, float)


def test_mixed_sizes_come_back_in_order(encoder: Encoder) -> None:
    images = [noise(64, 48, seed=1), noise(48, 64, seed=2), noise(128, 96, seed=3), noise(30, 31)]
    together = encoder.encode_images(images, patches=64)
    alone = np.concatenate([encoder.encode_images([image], patches=64) for image in images])
    assert together.shape == (4, 64)
    assert together.dtype == np.float32
    np.testing.assert_allclose(together, alone, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    assert np.abs(together[0] - together[2]).max() > 1e-4


def test_a_large_batch_is_run_in_parts(encoder: Encoder) -> None:
    images = [noise(64, 64, seed=seed) for seed in range(40)]
    together = encoder.encode_images(images, patches=256)  # 10240 patches: three runs
    np.testing.assert_allclose(together[-1:], encoder.encode_images(images[-1:], 256), atol=1e-6)
    assert len(np.unique(together.round(5), axis=0)) == 40


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "LA", "CMYK", "YCbCr", "HSV", "LAB", "I"])
def test_any_mode_of_picture(encoder: Encoder, mode: str) -> None:
    image = noise(40, 40).convert("L").convert(mode) if mode == "I" else None
    image = image or noise(40, 40, "RGB" if mode == "LAB" else mode)
    if mode == "LAB":
        image = Image.merge("LAB", image.split())
    as_rgb = encoder.encode_images([image.convert("RGB")], 64)
    np.testing.assert_array_equal(encoder.encode_images([image], 64), as_rgb)


def test_a_palette_with_levels_of_transparency(encoder: Encoder) -> None:
    """As PNG files bring it; Pillow warns of it, and warnings are errors here."""
    image = noise(40, 40, "P")
    as_rgb = encoder.encode_images([image.convert("RGB")], 64)
    image.info["transparency"] = bytes(range(256))
    np.testing.assert_array_equal(encoder.encode_images([image], 64), as_rgb)


def test_pictures_of_many_grids_run_at_once(
    checkpoint_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cores stay busy although no two pictures share a grid; patches are made late."""
    from fgclip2 import openvino_runs

    encoder = Encoder.load(checkpoint_dir, engine="openvino")
    sizes = [(64, 48), (48, 64), (128, 32), (32, 128), (80, 80), (160, 20)]
    images = [noise(*size) for size in sizes]
    running: list[int] = []
    finish = openvino_runs.Graph._finish

    def count(graph: object, place: int, inputs: dict[int, object]) -> object:
        running.append(len(inputs))
        return finish(graph, place, inputs)  # type: ignore[arg-type]

    monkeypatch.setattr(openvino_runs.Graph, "_finish", count)
    together = encoder.encode_images(images, 64)
    towers = [n for n in running if n > 1]
    assert max(running) >= 2
    assert len(towers) >= len(images) - 1
    alone = np.concatenate([encoder.encode_images([image], 64) for image in images])
    np.testing.assert_allclose(together, alone, atol=1e-6)


@pytest.mark.parametrize("n_patches", [1, 2])
def test_the_first_grid_does_not_change_later_ones(checkpoint_dir: Path, n_patches: int) -> None:
    image, boxes = noise(90, 70), [[0, 0, 50, 60]]
    late, early = (Encoder.load(checkpoint_dir, "openvino") for _ in range(2))
    later = [encode(late, image, boxes, 64) for encode in WAYS]
    first = [encode(early, image, boxes, n_patches) for encode in WAYS]
    assert first[1].shape == (1, n_patches, 64)
    for encode, wanted in zip(WAYS, later, strict=True):
        np.testing.assert_allclose(encode(early, image, boxes, 64), wanted, atol=1e-6)
    for encode, wanted in zip(WAYS, first, strict=True):
        np.testing.assert_allclose(encode(late, image, boxes, n_patches), wanted, atol=1e-6)


def test_texts_of_one_position_do_not_change_longer_ones(tmp_path: Path) -> None:
    tiny = model_config("tiny")
    config = replace(tiny, text=replace(tiny.text, max_position_embeddings=1))
    write_random_checkpoint(tmp_path, config)
    short, long = np.full((2, 1), 5), np.random.default_rng(0).integers(3, 600, (2, 196))
    found = {}
    for engine in ("openvino", "torch"):
        encoder = Encoder.load(tmp_path, engine)
        found[engine] = [
            encoder.encode_token_ids(ids, mode) for ids, mode in ((short, "short"), (long, "long"))
        ]
    for ours, wanted in zip(found["openvino"], found["torch"], strict=True):
        np.testing.assert_allclose(ours, wanted, atol=1e-5)


def test_dynamic_budget_is_the_default(encoder: Encoder) -> None:
    image = noise(320, 240)
    budget = dynamic_budget(320, 240)
    assert budget == 576
    assert encoder.encode_dense(image).shape[:2] == patch_grid(320, 240, budget)
    boxes = [[10, 10, 200, 150]]
    np.testing.assert_array_equal(
        encoder.encode_regions(image, boxes), encoder.encode_regions(image, boxes, patches=budget)
    )
    np.testing.assert_array_equal(
        encoder.encode_images([image]), encoder.encode_images([image], patches=budget)
    )


def test_dense_and_regions_have_unit_length(encoder: Encoder) -> None:
    image = noise(64, 48)
    dense = encoder.encode_dense(image, 64)
    assert dense.shape == (*patch_grid(64, 48, 64), 64)
    np.testing.assert_allclose(np.linalg.norm(dense, axis=-1), 1, atol=1e-6)
    regions = encoder.encode_regions(image, [[0, 0, 64, 48], [3, 4, 20.5, 30]], 64)
    assert regions.shape == (2, 64)
    np.testing.assert_allclose(np.linalg.norm(regions, axis=1), 1, atol=1e-6)
    assert np.isfinite(encoder.encode_regions(image, [[900, 900, 950, 950]], 64)).all()


def test_one_pass_gives_vectors_and_maps(encoder: Encoder) -> None:
    images = [noise(64, 48), noise(48, 64), noise(96, 72)]
    vectors, maps = encoder.encode_images_and_dense(images, 64)
    np.testing.assert_array_equal(vectors, encoder.encode_images(images, 64))
    for image, dense in zip(images, maps, strict=True):
        np.testing.assert_allclose(dense, encoder.encode_dense(image, 64), atol=1e-6)


def test_nothing_in_nothing_out(encoder: Encoder) -> None:
    for vectors in (
        encoder.encode_images([]),
        encoder.encode_texts([]),
        encoder.encode_regions(noise(32, 32), []),
        encoder.encode_token_ids(np.zeros((0, 64), np.int64), "short"),
        encoder.encode_images_and_dense([])[0],
    ):
        assert vectors.shape == (0, 64)
        assert vectors.dtype == np.float32


def test_texts_by_mode(encoder: Encoder) -> None:
    short, long = "a dog", "a dog on the beach " * 20
    assert encoder.token_count(short) <= 64 < encoder.token_count(long)
    vectors = encoder.encode_texts([long, short, long.upper()])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(vectors[:1], encoder.encode_texts([long], "long"), atol=1e-6)
    np.testing.assert_allclose(vectors[1:2], encoder.encode_texts([short], "short"), atol=1e-6)
    np.testing.assert_allclose(vectors[2], vectors[0], atol=1e-6)
    for other in ("long", "box"):
        assert np.abs(encoder.encode_texts([short], other) - vectors[1]).max() > 1e-3


def test_auto_turns_to_long_above_64_tokens(encoder: Encoder) -> None:
    words = next(n for n in range(1, 65) if encoder.token_count("狗" * n) == 64)
    just, over = "狗" * words, "狗" * (words + 1)
    assert encoder.token_count(over) == 65
    vectors = encoder.encode_texts([just, over])
    np.testing.assert_allclose(vectors[:1], encoder.encode_texts([just], "short"), atol=1e-6)
    np.testing.assert_allclose(vectors[1:], encoder.encode_texts([over], "long"), atol=1e-6)


def test_a_folder_without_tokenizer_still_takes_ids(checkpoint_dir: Path) -> None:
    (checkpoint_dir / "tokenizer.model").unlink()
    encoder = Encoder.load(checkpoint_dir, engine="openvino")
    assert encoder.encode_token_ids(np.ones((2, 196), np.int64), "long").shape == (2, 64)
    assert encoder.encode_images([noise(32, 32)], 16).shape == (1, 64)
    with pytest.raises(TokenizerError, match=r"tokenizer\.model is missing"):
        encoder.encode_texts(["a dog"])


@pytest.mark.parametrize(
    "thing", ["photo.jpg", None, np.zeros((8, 8, 3), np.uint8), Image.new("RGB", (0, 5))]
)
def test_what_is_no_picture_is_named(encoder: Encoder, thing: object) -> None:
    with pytest.raises(ImageError, match="image 1"):
        encoder.encode_images([noise(16, 16), thing], 16)  # type: ignore[list-item]
    with pytest.raises(ImageError, match="image 0"):
        encoder.encode_regions(thing, [[0, 0, 1, 1]])  # type: ignore[arg-type]


def test_a_cut_off_picture_is_an_image_error(encoder: Encoder, tmp_path: Path) -> None:
    path = tmp_path / "cut.png"
    noise(64, 64).save(path)
    path.write_bytes(path.read_bytes()[:3000])
    with Image.open(path) as image, pytest.raises(ImageError, match="cannot be decoded"):
        encoder.encode_images([image], 16)


def test_of_several_broken_pictures_the_first_one_is_named(
    encoder: Encoder, tmp_path: Path
) -> None:
    for name, n_bytes in (("late", 100), ("early", 11_000)):  # the later one fails sooner
        noise(64, 64).save(tmp_path / f"{name}.png")
        content = (tmp_path / f"{name}.png").read_bytes()
        (tmp_path / f"{name}.png").write_bytes(content[:n_bytes])
    with Image.open(tmp_path / "late.png") as late, Image.open(tmp_path / "early.png") as early:
        pictures = [noise(16, 16), early, late, early]
        with pytest.raises(ImageError, match="image 1 cannot be decoded"):
            encoder.encode_images(pictures, 16)


def test_a_picture_that_comes_again_is_read_once_and_all_keep_their_order(
    encoder: Encoder, tmp_path: Path
) -> None:
    noise(64, 32, seed=1).save(tmp_path / "one.png")
    others = [noise(48, 48, seed=2), noise(32, 64, seed=3)]
    with Image.open(tmp_path / "one.png") as one:
        reads: list[None] = []
        load = one.load
        one.load = lambda: (reads.append(None), load())[1]  # type: ignore[method-assign]
        found = encoder.encode_images([one, others[0], one, others[1], one], 16)
        n_reads = len(reads)
        encoder.encode_images([one], 16)
        assert len(reads) == 2 * n_reads
        alone = [encoder.encode_images([each], 16)[0] for each in (one, *others)]
    np.testing.assert_allclose(found, [alone[k] for k in (0, 1, 0, 2, 0)], atol=2e-5)


def test_a_closed_picture_is_an_image_error(encoder: Encoder, tmp_path: Path) -> None:
    noise(64, 64).save(tmp_path / "whole.png")
    with Image.open(tmp_path / "whole.png") as image:
        pass
    with pytest.raises(ImageError, match=r"image 1 cannot be decoded: \w"):
        encoder.encode_images([noise(16, 16), image], 16)


def test_a_bomb_inside_a_container_is_an_image_error(encoder: Encoder) -> None:
    """Pillow finds the true size of an icon only when it decodes it."""
    size = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", size), (b"IDAT", zlib.compress(b"0")), (b"IEND", b""))
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    icon = b"ic07" + struct.pack(">I", 8 + len(png)) + png
    content = io.BytesIO(b"icns" + struct.pack(">I", 8 + len(icon)) + icon)
    with Image.open(content) as image, pytest.raises(ImageError, match="image 0 cannot be decoded"):
        encoder.encode_images([image], 16)


@pytest.mark.parametrize("images", [None, noise(16, 16), 3])
def test_what_is_no_list_of_pictures_is_refused(encoder: Encoder, images: object) -> None:
    with pytest.raises(ImageError, match="give a list of PIL images"):
        encoder.encode_images(images)  # type: ignore[arg-type]


def test_a_budget_may_be_a_number_of_numpy(encoder: Encoder) -> None:
    image = noise(40, 30)
    np.testing.assert_array_equal(
        encoder.encode_images([image], np.int64(64)),  # type: ignore[arg-type]
        encoder.encode_images([image], 64),
    )


@pytest.mark.parametrize("patches", [0, -1, 1.5, True, "fine", None, 10**6, np.array([64, 64])])
def test_impossible_budgets_are_refused(encoder: Encoder, patches: object) -> None:
    with pytest.raises(ImageError, match="patches"):
        encoder.encode_images([noise(16, 16)], patches)  # type: ignore[arg-type]


def test_boxes_are_checked(encoder: Encoder) -> None:
    with pytest.raises(ImageError, match="shape"):
        encoder.encode_regions(noise(16, 16), [[0, 0, 4]])


@pytest.mark.parametrize(
    ("ids", "mode", "message"),
    [
        (np.zeros((1, 65), np.int64), "short", r"\(1, 65\), the mode 'short' needs \(B, 64\)"),
        (np.zeros((1, 64), np.int64), "long", r"needs \(B, 196\)"),
        (np.zeros(64, np.int64), "box", r"\(64,\)"),
        (np.zeros((1, 64)), "short", "float64, expected integers"),
        (np.full((1, 64), 600), "short", "600, not 0 to 599"),
        (np.full((1, 64), -1), "short", "from -1"),
        (np.zeros((1, 64), np.int64), "auto", "mode is 'auto'"),
    ],
)
def test_wrong_token_ids_are_refused(
    encoder: Encoder, ids: np.ndarray, mode: str, message: str
) -> None:
    with pytest.raises(TextError, match=message):
        encoder.encode_token_ids(ids, mode)


def test_token_ids_of_different_lengths_are_refused(encoder: Encoder) -> None:
    with pytest.raises(TextError, match="different lengths"):
        encoder.encode_token_ids([[1, 2], [3]], "short")  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", ["openvino", "torch"])
def test_token_ids_may_lie_in_memory_in_any_order(checkpoint_dir: Path, engine: str) -> None:
    encoder = Encoder.load(checkpoint_dir, engine=engine)
    ids = np.random.default_rng(0).integers(3, 480, (3, 64))
    vectors = encoder.encode_token_ids(ids, "short")
    backwards = np.ascontiguousarray(ids[::-1])[::-1]
    np.testing.assert_array_equal(encoder.encode_token_ids(backwards, "short"), vectors)


def test_the_working_folder_may_change(
    checkpoint_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tokenizer is read at the first text, wherever the program works by then."""
    monkeypatch.chdir(checkpoint_dir.parent)
    encoder = Encoder.load(checkpoint_dir.name)
    monkeypatch.chdir("/")
    assert encoder.encode_texts(["a dog"]).shape == (1, 64)
    assert encoder.name == checkpoint_dir.name
    assert encoder.quick_patches == 256


def test_wrong_texts_are_refused(encoder: Encoder) -> None:
    with pytest.raises(TextError, match="one string"):
        encoder.encode_texts("a dog")
    with pytest.raises(TextError, match="mode is 'tall'"):
        encoder.encode_texts(["a dog"], "tall")
    with pytest.raises(TextError, match="mode is array"):
        encoder.encode_texts(["a dog"], np.array(["short", "long"]))  # type: ignore[arg-type]
    with pytest.raises(TextError, match="expected str"):
        encoder.encode_texts([3])  # type: ignore[list-item]
    with pytest.raises(TextError, match="NoneType: give a list of strings"):
        encoder.encode_texts(None)  # type: ignore[arg-type]


def test_quick_patches_come_from_the_folder(checkpoint_dir: Path) -> None:
    path = checkpoint_dir / "preprocessor_config.json"
    for content, wanted in (('{"max_num_patches": 144}', 144), ("{}", 256)):
        path.write_text(content)
        assert Encoder.load(checkpoint_dir).quick_patches == wanted
    path.unlink()
    assert Encoder.load(checkpoint_dir).quick_patches == 256
    wrong = ('"many"', "0", "16385")
    for content in ("[]", "{", *(f'{{"max_num_patches": {value}}}' for value in wrong)):
        path.write_text(content)
        with pytest.raises(ConfigError, match=r"preprocessor_config\.json"):
            _ = Encoder.load(checkpoint_dir).quick_patches


def test_fine_patches_are_four_times_the_quick_ones_unless_said(checkpoint_dir: Path) -> None:
    path = checkpoint_dir / "preprocessor_config.json"
    for content, wanted in (
        ("{}", 1024),
        ('{"max_num_patches": 100}', 400),
        ('{"max_num_patches": 10000}', 16384),
        ('{"max_num_patches": 100, "fine_num_patches": 196}', 196),
    ):
        path.write_text(content)
        assert Encoder.load(checkpoint_dir).fine_patches == wanted


def test_fingerprint_names_the_weights(checkpoint_dir: Path) -> None:
    first = Encoder.load(checkpoint_dir).fingerprint
    assert len(first) == 32
    assert int(first, 16) >= 0
    moved = checkpoint_dir.rename(checkpoint_dir.with_name("elsewhere"))
    assert Encoder.load(moved).fingerprint == first
    weights = moved / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert Encoder.load(moved).fingerprint != first


def test_configuration_belongs_to_the_fingerprint(checkpoint_dir: Path) -> None:
    first = Encoder.load(checkpoint_dir).fingerprint
    path = checkpoint_dir / "config.json"
    values = json.loads(path.read_text())
    values["vision_config"]["num_attention_heads"] = 2
    path.write_text(json.dumps(values))
    assert Encoder.load(checkpoint_dir).fingerprint != first
