"""How vehicles, buildings and things of the sky look, as parts about 100 units high."""

from __future__ import annotations

import math

from trainer.data.scenes_art import Art


def car(a: Art) -> None:
    a.blob("34,46 50,12 64,6 104,6 120,14 138,46 86,50", "main")
    a.poly("46,44 57,18 80,16 80,44", "window")
    a.poly("88,44 88,16 108,17 124,44", "window")
    a.blob("2,60 12,46 40,42 140,42 166,50 172,62 170,80 86,82 4,80", "main")
    a.box(2, 70, 171, 80, "dark", 4)
    a.line("84,48 84,70", 1.8, "dark")
    a.box(90, 52, 102, 56, "light", 2)
    a.oval(6, 60, 5, 6, "glow")
    a.oval(168, 60, 4, 6, "signal")
    for x in (38, 136):
        a.oval(x, 80, 19, 19, "tire")
        a.oval(x, 80, 9, 9, "metal")


def bus(a: Art) -> None:
    a.box(2, 4, 178, 86, "main", 11)
    a.box(2, 62, 178, 72, "light")
    a.box(4, 76, 176, 87, "dark", 4)
    for x in (12, 46, 80, 114):
        a.box(x, 16, x + 28, 46, "window", 4)
    a.box(148, 16, 172, 78, "window", 4)
    a.line("160,16 160,78", 2, "dark")
    for x in (42, 130):
        a.oval(x, 86, 15, 15, "tire")
        a.oval(x, 86, 7, 7, "metal")
    a.oval(6, 68, 4, 5, "glow")


def boat(a: Art) -> None:
    a.line("70,0 70,78", 4, "trunk")
    a.poly("74,4 124,64 74,66", "cream")
    a.poly("66,14 66,66 26,64", "main")
    a.poly("70,-6 86,0 70,6", "signal")
    a.blob("2,74 70,76 138,72 128,88 112,102 34,102 14,92", "main")
    a.poly("2,73 138,71 134,80 6,81", "dark")


def bicycle(a: Art) -> None:
    for x in (30, 128):
        a.ring(x, 70, 27, 5, "tire")
        for k in range(4):
            c, s = math.cos(k * math.pi / 4), math.sin(k * math.pi / 4)
            a.line([(x - 25 * c, 70 - 25 * s), (x + 25 * c, 70 + 25 * s)], 0.9, "metal")
    for path in (
        "30,70 52,28 108,28 76,70 30,70",
        "76,70 48,20",
        "128,70 104,14",
    ):
        a.line(path, 5.5, "main")
    a.line("104,14 92,8 84,12", 4, "ink")
    a.box(34, 12, 60, 20, "ink", 4)
    a.oval(76, 70, 8, 8, "dark")
    a.line("76,70 84,84", 3, "ink")


def airplane(a: Art) -> None:
    a.poly("132,44 158,8 172,8 160,46", "dark")
    a.poly("72,44 112,10 126,10 106,46", "dark")
    a.blob("2,54 18,38 60,34 130,36 170,42 172,50 130,66 50,72 14,68", "main")
    a.pie(22, 50, 16, 10, 150, 320, "window")
    for x in (56, 74, 92, 110):
        a.oval(x, 47, 4.4, 5, "window")
    a.poly("64,58 106,58 128,96 110,96", "light")
    a.oval(82, 80, 11, 6, "metal", turn=20)


def rocket(a: Art) -> None:
    a.blob("34,96 30,112 44,132 58,112 54,96", "glow")
    a.blob("38,96 37,106 44,118 51,106 50,96", "flame")
    a.blob("24,60 6,82 8,102 26,90", "dark")
    a.blob("64,60 82,82 80,102 62,90", "dark")
    a.blob("44,0 60,20 68,54 62,94 44,98 26,94 20,54 28,20", "main")
    a.blob("44,-2 57,16 60,26 44,30 28,26 31,16", "signal")
    a.oval(44, 48, 12, 12, "metal")
    a.oval(44, 48, 8.5, 8.5, "window")
    a.box(30, 80, 58, 87, "dark", 2)


def house(a: Art) -> None:
    a.box(84, 4, 98, 36, "brick")
    a.box(14, 44, 106, 110, "cream")
    a.poly("60,2 118,52 2,52", "main")
    a.poly("2,52 118,52 114,58 6,58", "dark")
    a.box(50, 74, 72, 110, "trunk", 2)
    a.oval(68, 92, 2, 2, "brass")
    for x in (22, 82):
        a.box(x, 66, x + 18, 88, "window", 2)
        a.line([(x + 9, 66), (x + 9, 88)], 1.6, "cream")
        a.line([(x, 77), (x + 18, 77)], 1.6, "cream")
        a.box(x - 2, 88, x + 20, 92, "dark", 1)
    a.oval(60, 34, 8, 8, "window")


def tent(a: Art) -> None:
    a.line("66,4 66,-10", 2.4, "trunk")
    a.poly("66,-10 84,-4 66,2", "signal")
    a.poly("66,2 134,96 2,96", "main")
    a.poly("66,2 134,96 96,96", "dark")
    a.poly("66,34 90,96 42,96", "night")
    a.poly("66,34 50,96 38,96", "light")


def castle(a: Art) -> None:
    for x in (2, 96):
        a.poly([(x - 4, 30), (x + 13, 0), (x + 30, 30)], "main")
        a.box(x, 28, x + 26, 112, "stone")
        a.box(x + 9, 44, x + 17, 60, "night", 4)
    a.box(26, 58, 98, 112, "stonelight")
    for x in (28, 46, 64, 82):
        a.box(x, 48, x + 12, 60, "stonelight")
    a.poly("44,46 62,14 80,46", "main")
    a.box(48, 44, 76, 66, "stone")
    a.box(50, 80, 74, 112, "trunk", 11)
    a.line("62,14 62,-6", 2, "trunk")
    a.poly("62,-6 80,0 62,5", "signal")


def lighthouse(a: Art) -> None:
    a.poly("32,34 60,34 70,116 22,116", "cream")
    for y0, y1 in ((46, 62), (78, 94)):
        k0, k1 = (y0 - 34) / 82 * 10, (y1 - 34) / 82 * 10
        a.poly([(32 - k0, y0), (60 + k0, y0), (60 + k1, y1), (32 - k1, y1)], "main")
    a.box(26, 30, 66, 37, "dark", 2)
    a.box(34, 12, 58, 31, "glow", 2)
    a.line("46,12 46,31", 1.8, "dark")
    a.pie(46, 13, 16, 14, 180, 360, "main")
    a.box(40, 98, 52, 116, "trunk", 6)


def kite(a: Art) -> None:
    a.line("50,96 58,112 46,126 56,142", 1.8, "handle", smooth=True)
    for x, y, paint in ((56, 110, "signal"), (48, 124, "yolk"), (54, 138, "signal")):
        a.poly([(x, y), (x - 9, y - 5), (x - 9, y + 5)], paint)
        a.poly([(x, y), (x + 9, y - 5), (x + 9, y + 5)], paint)
    a.poly("50,0 90,38 50,98 10,38", "main")
    a.poly("50,0 90,38 50,38", "light")
    a.poly("50,98 10,38 50,38", "dark")
    a.line("50,2 50,96", 1.8, "handle")
    a.line("12,38 88,38", 1.8, "handle")


def balloon(a: Art) -> None:
    a.line("40,98 44,114 36,128 42,146", 1.8, "string", smooth=True)
    a.poly("40,90 47,101 33,101", "dark")
    a.blob("40,0 66,8 78,34 70,66 50,90 30,90 10,66 2,34 14,8", "main")
    a.oval(22, 28, 6, 13, "light", turn=22)


def hotairballoon(a: Art) -> None:
    for x0, x1 in ((26, 38), (74, 62)):
        a.line([(x0, 78), (x1, 104)], 1.8, "trunk")
    a.blob("50,0 82,10 98,40 88,68 66,86 34,86 12,68 2,40 18,10", "main")
    a.blob("50,0 66,18 70,44 62,86 38,86 30,44 34,18", "light")
    a.box(30, 82, 70, 89, "dark", 3)
    a.box(36, 102, 64, 120, "waffle", 4)
    a.box(34, 100, 66, 106, "waffledark", 2)


def star(a: Art) -> None:
    points = []
    for k in range(10):
        angle = math.pi * k / 5 - math.pi / 2
        reach = 50 if k % 2 == 0 else 27
        points.append((50 + reach * math.cos(angle), 50 + reach * math.sin(angle)))
    a.blob(points, "main")
    a.oval(40, 42, 7, 10, "light", turn=30)


def moon(a: Art) -> None:
    outer = [(50 + 48 * math.cos(t), 50 + 48 * math.sin(t)) for t in _angles(-62, -298)]
    inner = [(72 + 40 * math.cos(t), 48 + 40 * math.sin(t)) for t in _angles(-272, -88)]
    a.poly([*outer, *inner], "main")
    a.oval(17, 46, 5, 5, "dark")
    a.oval(26, 70, 4, 4, "dark")
    a.oval(24, 26, 3, 3, "dark")


def _angles(start: float, end: float, n: int = 32) -> list[float]:
    return [math.radians(start + (end - start) * k / (n - 1)) for k in range(n)]


def cloud(a: Art) -> None:
    for x, y, r in ((26, 62, 24), (58, 42, 36), (96, 56, 28), (118, 68, 18)):
        a.oval(x, y, r, r, "main")
    a.box(6, 60, 134, 86, "main", 13)
    a.oval(50, 34, 13, 8, "light", turn=-25)
