"""Samples from every layout, each written here as it is published."""

from __future__ import annotations

import dataclasses
import io
import json
import reprlib
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.unit.trainer.small_runs import jpeg
from trainer.data.choice import make_sources
from trainer.data.file_sources import FineHardSource, JsonLinesSource, TarSource
from trainer.data.photo_sources import MosaicSource, PhotoSource
from trainer.data.photos import PhotoSet
from trainer.data.pictures import read_picture
from trainer.data.records import JsonRecords
from trainer.data.samples import Sample, Source, checked_box
from trainer.data.scene_source import SceneSource
from trainer.data.scenes_text import bare_name, kind_name
from trainer.data.scenes_words import kinds
from trainer.errors import DataError, SampleError
from trainer.recipes import Recipe, resolve


def _sample(source: Source, index: int = 0, language: str = "en", seed: int = 0) -> Sample:
    return source.sample(index, language, np.random.default_rng(seed))  # type: ignore[arg-type]


def test_finehard_and_chinese_pairs(finehard: Path) -> None:
    source = FineHardSource(finehard / "json", finehard / "images")
    assert len(source) == 3
    sample = _sample(source)
    assert (sample.short.text, sample.long and sample.long.text) == ("a boat", "A long text.")
    assert sample.image.size == (40, 30)
    boat, sea = sample.regions
    assert (boat.box, len(boat.negatives)) == ((0.1, 0.2, 0.6, 0.9), 10)
    boats = [_sample(source, seed=seed).regions[0] for seed in range(20)]
    assert {each.text for each in boats} == {"a red boat", "a red boat with a white sail"}
    assert {each.hard_text for each in boats} == {"a red boat"}
    assert {_sample(source, seed=seed).regions[1].text for seed in range(20)} == {
        "sea",
        "the open sea",
    }
    assert sea.negatives == ()
    assert _sample(source, 2).short.text == "船"
    with pytest.raises(SampleError, match=r"gone\.jpg"):
        _sample(source, 1)


def test_lists_and_folders_of_files_and_their_errors(
    finehard: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = finehard / "list.txt"
    listing.write_text("\ufeffjson/2.json\n\n", encoding="utf-8")
    assert len(FineHardSource(listing, finehard / "images")) == 1
    (finehard / "lists").mkdir()
    elsewhere = finehard / "lists" / "list.txt"
    elsewhere.write_text("json/2.json\n")
    monkeypatch.chdir(finehard)
    assert len(FineHardSource(elsewhere, finehard / "images")) == 1
    (finehard / "json" / "2.json").rename(finehard / "json" / "2.jsonl")
    assert len(FineHardSource(finehard / "json", finehard / "images")) == 3
    (finehard / "json" / "1.json").write_text('{"not": "an array"}')
    with pytest.raises(DataError, match="no array"):
        FineHardSource(finehard / "json", finehard / "images")
    with pytest.raises(DataError, match="holds no samples"):
        FineHardSource(finehard / "images", finehard / "images")


@pytest.mark.parametrize(
    ("json_name", "images_name"),
    [("json", "images"), ("js@on", "images"), ("json", "im@ages"), ("@js@on", "im@ages@2")],
)
def test_paths_of_finehard_may_contain_an_at(
    finehard: Path, json_name: str, images_name: str
) -> None:
    (finehard / "json").rename(finehard / json_name)
    (finehard / "images").rename(finehard / images_name)
    name = f"finehard:{finehard / json_name}@{finehard / images_name}"
    (source,) = make_sources(_sources_recipe(name), None).values()
    assert _sample(source).image.size == (40, 30)


def test_a_folder_of_finehard_may_hold_the_pictures_too(finehard: Path) -> None:
    own = finehard / "all@once"
    (finehard / "json").rename(own)
    (finehard / "images" / "a.jpg").rename(own / "a.jpg")
    for name in (f"finehard:{own}", f"finehard:{own}@"):
        (source,) = make_sources(_sources_recipe(name), None).values()
        assert _sample(source).image.size == (40, 30)


@pytest.mark.parametrize(
    ("given", "parts", "fault"),
    [
        ("json@gone", ("json", "gone"), "gone is no folder"),
        ("gone@images", ("gone", "images"), "gone does not exist"),
        ("a@b@c", ("a@b", "c"), "a@b does not exist"),
        ("json/1.json", ("json/1.json", "json/1.json"), "json/1.json is no folder"),
        ("@images", ("@images", "@images"), "@images does not exist"),
    ],
)
def test_finehard_that_is_not_there_is_named_with_both_parts(
    finehard: Path,
    monkeypatch: pytest.MonkeyPatch,
    given: str,
    parts: tuple[str, str],
    fault: str,
) -> None:
    monkeypatch.chdir(finehard)
    with pytest.raises(DataError) as caught:
        make_sources(_sources_recipe(f"finehard:{given}"), None)
    assert f"JSON in {parts[0]} and pictures below {parts[1]}, but {fault};" in str(caught.value)
    assert f"'finehard:{given}'" in str(caught.value)


def _sources_recipe(name: str) -> Recipe:
    return dataclasses.replace(resolve("paper", []), sources={name: 1.0})


def test_records_are_found_again_in_files_of_any_form(tmp_path: Path) -> None:
    records: list[dict[str, object]] = [{"a": "一段\n文字"}, {"b": [{"c": "]},{"}]}, {}]
    forms = {
        "plain.json": json.dumps(records, ensure_ascii=False),
        "wide.json": "\n " + json.dumps(records, indent=2) + "\n",
        "array.jsonl": json.dumps(records),
        "lines.jsonl": "\n\n".join(json.dumps(each, ensure_ascii=False) for each in records),
        "none.json": "[ ]",
        "marked.json": "\ufeff" + json.dumps(records, ensure_ascii=False),
        "marked.jsonl": "\ufeff" + "\n".join(json.dumps(each) for each in records),
        "marked-array.jsonl": "\ufeff" + json.dumps(records),
    }
    for name, text in forms.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = JsonRecords([tmp_path / name for name in forms])
    assert len(found) == 21
    assert [found[at] for at in range(21)] == records * 7
    (tmp_path / "plain.json").unlink()
    with pytest.raises(SampleError, match=r"plain\.json, sample 1"):
        found[1]


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1}',
        '[{"a": 1}] [{"a": 2}]',
        "[1]",
        '{"a": 1}',
        "",
        "\xff",
        '[{"a": ' + 100_000 * "[",
    ],
)
def test_files_that_hold_no_records_are_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match=r"broken\.json .*check the path"):
        JsonRecords([path])


def test_a_malformed_record_costs_its_regions_alone(finehard: Path) -> None:
    boxes = ["x", {"bbox": "?"}, {}, {"bbox": [0, 0, 40, 30], "short_expr": "in pixels"}]
    odd = {"f_path": "a.jpg", "short_caption": "boat", "bbox_info": boxes}
    none = {"f_path": "a.jpg", "short_caption": 3, "bbox_info": 7}
    (finehard / "json" / "1.json").write_text(json.dumps([odd, none]))
    path = finehard / "json" / "1.json"
    source = FineHardSource(path, finehard / "images")
    assert _sample(source).regions == ()
    assert _sample(source).unusable == (
        f"{path}, sample 0, region 0: no object",
        f"{path}, sample 0, region 1: bbox is '?', expected x0, y0, x1, y1 in 0..1 with an area",
        f"{path}, sample 0, region 2: bbox is None, expected x0, y0, x1, y1 in 0..1 with an area",
        f"{path}, sample 0, region 3: bbox is [0, 0, 40, 30], far outside of 0..1: divide x0 and x1"
        " by the photo's width, y0 and y1 by its height",
    )
    with pytest.raises(SampleError, match=r"1\.json, sample 1: no short_caption"):
        _sample(source, 1)


def test_regions_of_json_lines_that_are_left_out_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg())
    whole, path = [0, 0, 1, 1], tmp_path / "samples.jsonl"
    given: list[object] = [
        {"box": [0, 0, 40, 30], "text": "in pixels"},
        {"box": whole, "text": " "},
        {"box": [-0.5, 0, 1.5, 1], "text": "all of it"},
    ]
    lines = [{"regions": given}, {"regions": {"box": whole}}, {"regions": None}]
    path.write_text(
        "\r\n".join(json.dumps({"file": "a.jpg", "caption": "x"} | each) for each in lines)
    )
    source = JsonLinesSource(path)
    assert [region.box for region in _sample(source).regions] == [(0, 0, 1, 1)]
    unusable = [_sample(source, index).unusable for index in range(3)]
    assert unusable == [
        (
            f"{path}, sample 0, region 0: box is [0, 0, 40, 30], far outside of 0..1: divide x0 and"
            " x1 by the photo's width, y0 and y1 by its height",
            f"{path}, sample 0, region 1: no text",
        ),
        (f"{path}, sample 1: regions is no list",),
        (),
    ]


def test_json_lines(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg())
    region = {"box": [0, 0, 0.5, 1], "text": "left half", "negatives": ["right half"]}
    lines = [{"file": "a.jpg", "caption": "blue", "long_caption": "All blue.", "regions": [region]}]
    lines.append({"file": "a.jpg", "long_caption": "Only long."})
    path = tmp_path / "samples.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    source = JsonLinesSource(path)
    assert _sample(source).regions[0].negatives == ("right half",)
    assert _sample(source, 1).short.text == "Only long."


def test_json_lines_may_have_any_name_and_endings_any_case(finehard: Path) -> None:
    (finehard / "images" / "lines.ndjson").write_text('{"file": "a.jpg", "caption": "blue"}\n' * 2)
    assert len(JsonLinesSource(finehard / "images" / "lines.ndjson")) == 2
    records = (finehard / "json" / "1.json").read_bytes()
    (finehard / "json" / "3.JSON").write_bytes(records)
    assert len(FineHardSource(finehard / "json", finehard / "images")) == 5


def test_wrong_texts_may_be_an_object_as_in_finehard(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg())
    region = {"box": [0, 0, 0.5, 1], "text": "left", "negatives": {"0": "right", "1": "top"}}
    line = {"file": "a.jpg", "caption": "blue", "regions": [region]}
    (tmp_path / "samples.jsonl").write_text(json.dumps(line))
    (found,) = _sample(JsonLinesSource(tmp_path / "samples.jsonl")).regions
    assert found.negatives == ("right", "top")


def test_tar_shards(tmp_path: Path) -> None:
    members = [
        ("x/0001.jpg", jpeg()),
        ("x/0001.txt", b"\xef\xbb\xbfa blue wall\n"),
        ("x/0002.jpg", b"broken"),
        ("x/0002.json", json.dumps({"caption": "nothing"}).encode()),
        ("x/0003.txt", b"a text alone"),
    ]
    _write_tar(tmp_path / "shard-000.tar", members)
    source = TarSource(tmp_path)
    assert len(source) == 2
    assert _sample(source).short.text == "a blue wall"
    with pytest.raises(SampleError, match="0002"):
        _sample(source, 1)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no tar shards"):
        TarSource(tmp_path / "empty")


@pytest.mark.parametrize("name", ["x.tar.gz", "x.TGZ"])
def test_compressed_shards_are_named_with_what_to_do(tmp_path: Path, name: str) -> None:
    _write_tar(tmp_path / name, [("a.jpg", jpeg()), ("a.txt", b"a")], "w:gz")
    for path in (tmp_path, tmp_path / name):
        with pytest.raises(DataError, match=rf"{name}: .* unpack it to a plain \.tar"):
            TarSource(path)
    _write_tar(tmp_path / "y.tar", [("b.jpg", jpeg()), ("b.txt", b"b")])
    source = TarSource(tmp_path)
    assert sorted(_text_or_fault(source, index)[:6] for index in (0, 1)) == ["b", "unpack"]


def _text_or_fault(source: TarSource, index: int) -> str:
    try:
        return _sample(source, index).short.text
    except SampleError as error:
        return str(error).partition("tar file: ")[2]


def test_a_damaged_header_inside_a_shard_is_not_its_end(tmp_path: Path) -> None:
    members = [("a.jpg", jpeg()), ("a.txt", b"a"), ("b.jpg", jpeg()), ("b.txt", b"b")]
    _write_tar(tmp_path / "x.tar", members)
    path, data = tmp_path / "x.tar", bytearray((tmp_path / "x.tar").read_bytes())
    with tarfile.open(path) as archive:
        at = archive.getmember("b.jpg").offset
    data[at : at + 512] = b"\xff" * 512
    path.write_bytes(data)
    source = TarSource(path)
    assert len(source) == 2
    assert _sample(source).short.text == "a"
    with pytest.raises(SampleError, match=f"no header at byte {at}"):
        _sample(source, 1)


def test_names_may_come_again_in_a_shard(tmp_path: Path) -> None:
    members = [("a.jpg", jpeg()), ("a.txt", b"one"), ("a.jpg", jpeg()), ("a.txt", b"two")]
    _write_tar(tmp_path / "x.tar", members)
    source = TarSource(tmp_path / "x.tar")
    assert [_sample(source, index).short.text for index in range(len(source))] == ["one", "two"]


def _write_tar(path: Path, members: list[tuple[str, bytes]], mode: str = "w") -> None:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def test_mosaics_say_what_is_where(photo_sets: Path) -> None:
    photos = PhotoSet(photo_sets, "train", ["fruit"], 40)
    source = MosaicSource(photos, {"fruit": 1.0})
    for index in range(6):
        for language in ("en", "zh"):
            sample = _sample(source, index, language, index)
            assert 2 <= len(sample.regions) <= 4
            assert sum((r.box[2] - r.box[0]) * (r.box[3] - r.box[1]) for r in sample.regions) == (
                pytest.approx(1)
            )
            said = {region.text for region in sample.regions}
            for region in sample.regions:
                assert region.negatives
                # What another region says with its place may be wrong here, but never the same.
                assert region.text not in region.negatives
            assert len(said) == len(sample.regions)


def test_photos_with_a_box_are_regions(photo_sets: Path) -> None:
    photos = PhotoSet(photo_sets, "train", ["fruit"], 40)
    source = PhotoSource(photos, {"fruit": 1.0})
    boxed = [s for i in range(len(source)) if (s := _sample(source, i)).regions]
    assert boxed
    assert boxed[0].regions[0].box == (0.25, 0.25, 0.75, 0.75)
    assert boxed[0].regions[0].negatives


def test_a_named_photo_without_a_box_is_a_region_as_a_whole(photo_sets: Path) -> None:
    photos = PhotoSet(photo_sets, "train", ["fruit"], 40)
    unboxed = [at for at, photo in enumerate(photos.photos) if photo.name and not photo.box]
    (region,) = _sample(PhotoSource(photos, {"fruit": 1.0}), unboxed[0]).regions
    assert region.box == (0.0, 0.0, 1.0, 1.0)


def test_things_in_scenes_are_described_or_named() -> None:
    source = SceneSource(100)
    names = {kind_name(kind, number).en for kind in kinds().values() for number in (1, 2)}
    names |= {bare_name(kind).en for kind in kinds().values()}
    samples = [_sample(source, index) for index in range(10)]
    regions = [region for sample in samples for region in sample.regions]
    named = [region for region in regions if region.text in names]
    assert 0 < len(named) < len(regions)
    for region in regions:
        is_named = region.text in names
        assert {text in names for text in region.negatives} == {is_named}
        assert len(region.negatives) > 40 if is_named else len(region.negatives) == 10
        assert region.text not in region.negatives


def test_scenes_say_the_same_in_both_languages() -> None:
    source = SceneSource(100)
    english, chinese = _sample(source, 3), _sample(source, 3, "zh")
    assert [r.box for r in english.regions] == [r.box for r in chinese.regions]
    assert english.regions[0].text.isascii()
    assert not chinese.regions[0].text.isascii()


@pytest.mark.parametrize(
    ("values", "box"),
    [
        ([0, 0, 1, 1], (0, 0, 1, 1)),
        ([-0.5, 0.2, 1.5, 0.4, 87], (0, 0.2, 1, 0.4)),
        ((0.1, -0.01, 1.0005, 1), (0.1, 0, 1, 1)),
    ],
)
def test_boxes_of_files(values: object, box: object) -> None:
    assert checked_box(values, "box") == box


@pytest.mark.parametrize(
    ("values", "fix"),
    [
        ([float("nan"), 0, 1, 1], "expected x0, y0, x1, y1 in 0..1 with an area"),
        ([0.5, 0, 0.5, 1], "with an area"),
        ([1.1, 0, 1.2, 1], "with an area"),
        ([0, 0, 1], "expected x0"),
        ([10**400, 0, 1, 1], "expected x0"),
        (["a", 0, 1, 1], "expected x0"),
        (None, "expected x0"),
        ([0, 0, 40, 30], "divide x0 and x1 by the photo's width, y0 and y1 by its height"),
        ([0, 0, 2, 1], "far outside of 0..1"),
        ([-20, -20, 1, 1], "far outside of 0..1"),
        ([40, 30, 10, 10], "far outside of 0..1"),
    ],
)
def test_boxes_of_files_that_are_none(values: object, fix: str) -> None:
    with pytest.raises(ValueError, match=r"^box is ") as caught:
        checked_box(values, "box")
    assert reprlib.repr(values) in str(caught.value)
    assert fix in str(caught.value)


def test_a_damaged_line_costs_itself_alone(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg())
    good = json.dumps({"file": "a.jpg", "caption": " a blue wall "}).encode()
    odd = [b'{"file": "a.jpg", "capt', b"\xff\xfe{}", b"[]", b'{"caption": "no file"}']
    odd.append(100_000 * b"[")
    odd.append(json.dumps({"file": "a\0.jpg", "caption": "x"}).encode())
    odd.append(json.dumps({"file": "a.jpg", "caption": "  ", "long_caption": 3}).encode())
    path = tmp_path / "own.jsonl"
    path.write_bytes(b"\n".join([good, *odd, good]))
    source = JsonLinesSource(path)
    assert len(source) == 2 + len(odd)
    assert [_sample(source, at).short.text for at in (0, 1 + len(odd))] == ["a blue wall"] * 2
    names = set()
    for index in range(1, 1 + len(odd)):
        with pytest.raises(SampleError) as caught:
            _sample(source, index)
        names.add(caught.value.name)
    assert len(names) == len(odd)  # each one is counted


def test_samples_know_their_language(finehard: Path, tmp_path: Path) -> None:
    pairs = FineHardSource(finehard / "json", finehard / "images")
    assert [_sample(pairs, at, "zh").language for at in (0, 2)] == ["en", "zh"]
    (tmp_path / "a.jpg").write_bytes(jpeg())
    records = [{"caption": "a café"}, {"caption": "一只 dog"}, {"caption": "x", "language": "zh"}]
    records.append({"caption": "一只", "language": "unknown"})
    lines = [json.dumps({"file": "a.jpg"} | record) for record in records]
    (tmp_path / "own.jsonl").write_text("\n".join(lines))
    source = JsonLinesSource(tmp_path / "own.jsonl")
    assert [_sample(source, at).language for at in range(4)] == ["en", "zh", "zh", "zh"]
    assert _sample(SceneSource(10), 1, "zh").language == "zh"


def test_own_photos_are_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    Image.new("RGB", (40, 30)).save(tmp_path / "a.jpg", exif=exif)
    (tmp_path / "own.jsonl").write_text(json.dumps({"file": "a.jpg", "caption": "x"}))
    assert _sample(JsonLinesSource(tmp_path / "own.jsonl")).image.size == (30, 40)
    assert read_picture(tmp_path / "a.jpg").size == (40, 30)


def test_pictures_that_are_too_large_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg())
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(SampleError, match=r"a\.jpg: .*pixels"):
        read_picture(tmp_path / "a.jpg")


def test_a_damaged_shard_gives_what_is_before_the_damage(tmp_path: Path) -> None:
    shard = tmp_path / "shard-000.tar"
    with tarfile.open(shard, "w") as archive:
        for number in range(3):
            for ending, data in (("jpg", jpeg()), ("json", b'{"caption": null}'),
                                 ("txt", f"text {number}\n".encode())):  # fmt: skip
                member = tarfile.TarInfo(f"{number}.{ending}")
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
    whole = shard.read_bytes()
    shard.write_bytes(whole[: len(whole) // 3])
    (tmp_path / "shard-001.tar").write_bytes(b"no tar at all" * 100)
    (tmp_path / "shard-002.tar").write_bytes(b"")
    source = TarSource(tmp_path)
    read, named = [], []
    for index in range(len(source)):
        try:
            read.append(_sample(source, index).short.text)
        except SampleError as error:
            named.append(error.name)
    assert read[0] == "text 0"
    assert {str(tmp_path / f"shard-00{number}.tar") for number in (1, 2)} <= set(named)
    shard.unlink()
    with pytest.raises(DataError, match=r"no tar shards with pictures; .*shard-001\.tar"):
        TarSource(tmp_path)


@pytest.mark.parametrize("ending", ["jpg", "json", "txt"])
def test_a_sample_that_a_cut_shard_ends_in_is_named(tmp_path: Path, ending: str) -> None:
    """Wherever the cut is; half a caption is no caption."""
    shard = tmp_path / "shard.tar"
    parts = {"jpg": jpeg(), "json": b'{"caption": null}', "txt": b"a dog near the water"}
    with tarfile.open(shard, "w") as archive:
        for stem in ("whole", "cut"):
            for name in (*(set(parts) - {ending}), ending):
                member = tarfile.TarInfo(f"{stem}.{name}")
                member.size = len(parts[name])
                archive.addfile(member, io.BytesIO(parts[name]))
    with tarfile.open(shard) as archive:
        last = archive.getmembers()[-1]
    shard.write_bytes(shard.read_bytes()[: last.offset_data + last.size // 2])
    source = TarSource(tmp_path)
    assert _sample(source).short.text == "a dog near the water"
    with pytest.raises(SampleError, match=r"cut: the shard ends after \d+ of its \d+ bytes"):
        _sample(source, 1)
