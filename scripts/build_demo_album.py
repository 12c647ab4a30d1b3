"""Draw the demo album: resources/demo/album/* and resources/demo/album.json.

Every line of demo_album.txt is one picture: size, place:variant, style, seed, then the things as
``kind[*number] [colour] [finish] [size] [@x,y]``. Run it from the project's root folder:

    python -m scripts.build_demo_album            build everything
    python -m scripts.build_demo_album --sheet F  also write a contact sheet to F
"""

from __future__ import annotations

import argparse
import json
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw

from trainer.data.scenes import Scene, SceneObject, Wish, make_scene
from trainer.data.scenes_words import COLOURS, FINISHES, SIZES, kinds

ROOT = Path(__file__).resolve().parents[1]
SPECS = Path(__file__).with_name("demo_album.txt")
DEMO = ROOT / "resources" / "demo"
CAMERA = ("Finelens", "Scene generator")
FIRST_DAY = datetime(2023, 1, 14, 9, 30)
GRAINY = {"watercolour", "pencil", "papercut"}  # styles for which WebP saves much over JPEG
EXIF_MAKE, EXIF_MODEL, EXIF_DATE, EXIF_FOLDER, EXIF_DATE_TAKEN = 271, 272, 306, 0x8769, 36867


@dataclass(frozen=True)
class Spec:
    """One picture of the album."""

    name: str
    size_px: tuple[int, int]
    background: str
    variant: int
    style: str
    seed: int
    wishes: tuple[Wish, ...]


def read_specs(text: str) -> list[Spec]:
    """Parse demo_album.txt; blank lines and lines with # are skipped."""
    lines = [line.strip() for line in text.splitlines()]
    return [_spec(line) for line in lines if line and not line.startswith("#")]


def _spec(line: str) -> Spec:
    head, things = line.split("|", 1)
    name, size, place, style, seed = head.split()
    background, variant = place.split(":")
    width, height = size.split("x")
    return Spec(
        name,
        (int(width), int(height)),
        background.replace("_", " "),
        int(variant),
        style,
        int(seed),
        tuple(_wish(thing.split()) for thing in things.split(";")),
    )


def _wish(words: list[str]) -> Wish:
    kind, _, number = words[0].partition("*")
    found: dict[str, str] = {}
    at = None
    for word in words[1:]:
        if word.startswith("@"):
            x, y = word[1:].split(",")
            at = (float(x), float(y))
        for slot, known in (("colour", COLOURS), ("finish", FINISHES), ("size", SIZES)):
            if word in known:
                found[slot] = word
    if kind not in kinds():
        raise ValueError(f"no such kind: {kind}")
    return Wish(
        kind,
        colour=found.get("colour"),
        number=int(number or 1),
        size=found.get("size", "medium"),
        finish=found.get("finish", "plain"),
        at=at,
    )


def draw(spec: Spec) -> Scene:
    """Draw one picture of the album."""
    scene = make_scene(
        spec.seed,
        spec.size_px,
        background=spec.background,
        variant=spec.variant,
        style=spec.style,
        wishes=spec.wishes,
    )
    if len(scene.objects) != len(spec.wishes):
        raise ValueError(f"{spec.name}: only {len(scene.objects)} things found room")
    return scene


def facts(file: str, spec: Spec, scene: Scene, taken_at: datetime) -> dict[str, object]:
    """What album.json says about one picture."""
    return {
        "file": file,
        "size_px": list(spec.size_px),
        "taken_at": taken_at.isoformat(),
        "background": scene.background,
        "style": scene.style,
        "short": {"en": scene.short.en, "zh": scene.short.zh},
        "long": {"en": scene.long.en, "zh": scene.long.zh},
        "objects": [_object_facts(each) for each in scene.objects],
    }


def _object_facts(each: SceneObject) -> dict[str, object]:
    return {
        "kind": each.kind,
        "colour": each.colour,
        "finish": each.finish,
        "size": each.size,
        "number": each.number,
        "place": each.place,
        "box": [round(value, 4) for value in each.box],
        "phrase": {"en": each.phrase.en, "zh": each.phrase.zh},
    }


def taken_at(index: int) -> datetime:
    """The date written into picture ``index``; the album spans about three years."""
    return FIRST_DAY + timedelta(days=22 * index + index * index % 9, minutes=47 * index % 600)


def save(scene: Scene, path: Path, when: datetime) -> None:
    """Write a picture with date and camera."""
    exif = Image.Exif()
    stamp = when.strftime("%Y:%m:%d %H:%M:%S")
    exif[EXIF_MAKE], exif[EXIF_MODEL], exif[EXIF_DATE] = *CAMERA, stamp
    exif.get_ifd(EXIF_FOLDER)[EXIF_DATE_TAKEN] = stamp
    if path.suffix == ".webp":
        scene.image.save(path, quality=80, method=6, exif=exif.tobytes())
    else:
        scene.image.save(path, quality=86, optimize=True, progressive=True, exif=exif.tobytes())


def build(sheet: Path | None) -> None:
    """Draw and write the whole album."""
    specs = read_specs(SPECS.read_text(encoding="utf-8"))
    shutil.rmtree(DEMO / "album", ignore_errors=True)
    (DEMO / "album").mkdir(parents=True)
    listed, scenes = [], []
    for index, spec in enumerate(specs):
        scene = draw(spec)
        file = spec.name + (".webp" if scene.style in GRAINY else ".jpg")
        save(scene, DEMO / "album" / file, taken_at(index))
        listed.append(facts(file, spec, scene, taken_at(index)))
        scenes.append(scene)
    text = json.dumps({"photos": listed}, ensure_ascii=False, indent=1)
    (DEMO / "album.json").write_text(text + "\n", encoding="utf-8")
    if sheet is not None:
        contact_sheet(scenes).save(sheet)


def contact_sheet(scenes: list[Scene], side_px: int = 250, columns: int = 8) -> Image.Image:
    """All pictures with their boxes."""
    rows = -(-len(scenes) // columns)
    sheet = Image.new("RGB", (columns * side_px, rows * side_px), "white")
    for index, scene in enumerate(scenes):
        small = scene.image.copy()
        small.thumbnail((side_px - 6, side_px - 6))
        pen = ImageDraw.Draw(small)
        for each in scene.objects:
            x0, y0, x1, y1 = each.box
            w, h = small.size
            pen.rectangle((x0 * w, y0 * h, x1 * w, y1 * h), outline=(255, 40, 40))
        sheet.paste(small, (index % columns * side_px + 3, index // columns * side_px + 3))
    return sheet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sheet", type=Path, help="where to write a contact sheet")
    build(parser.parse_args().sheet)


if __name__ == "__main__":
    main()
