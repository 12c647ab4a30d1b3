"""How animals and plants look, as parts about 100 units high."""

from __future__ import annotations

import math

from trainer.data.scenes_art import Art


def dog(a: Art) -> None:
    a.line("98,50 112,38 112,22", 8, "main", smooth=True)
    a.box(86, 62, 97, 100, "dark", 5)
    a.box(46, 62, 57, 100, "dark", 5)
    a.blob("34,44 60,42 90,42 104,54 102,72 84,78 50,78 34,70", "main")
    a.box(78, 60, 90, 101, "main", 5)
    a.box(36, 58, 48, 101, "main", 5)
    a.blob("30,28 50,30 56,52 46,64 32,58", "main")
    a.oval(30, 28, 21, 19, "main")
    a.oval(14, 35, 15, 10, "light")
    a.oval(2, 31, 4.6, 4, "ink")
    a.line("6,40 16,42", 1.8, "ink")
    a.blob("34,10 46,14 52,32 48,46 40,44 34,28", "dark")
    a.oval(23, 23, 3, 3.4, "ink")
    a.oval(22, 22, 1, 1, "white")
    a.line("32,54 46,48", 5, "signal")


def cat(a: Art) -> None:
    a.line("70,90 96,88 102,66 92,54", 9, "dark", smooth=True)
    a.blob("48,36 66,46 80,74 78,96 48,100 18,96 16,74 30,46", "main")
    a.oval(48, 72, 14, 20, "light")
    a.poly("20,26 18,-6 44,10", "main")
    a.poly("76,26 78,-6 52,10", "main")
    a.poly("24,16 23,2 36,10", "blush")
    a.poly("72,16 73,2 60,10", "blush")
    a.oval(48, 28, 31, 25, "main")
    for x in (36, 60):
        a.oval(x, 26, 6, 6.6, "cateye")
        a.oval(x, 26, 2.2, 5.4, "ink")
    a.poly("44,35 52,35 48,40", "blush")
    for side in (-1, 1):
        a.line([(48, 40), (48 + side * 5, 44)], 1.6, "ink")
        for y in (36, 41):
            a.line([(48 + side * 14, 38), (48 + side * 38, y)], 1.1, "whisker")
    a.oval(34, 96, 10, 6, "main")
    a.oval(62, 96, 10, 6, "main")


def rabbit(a: Art) -> None:
    a.oval(82, 84, 9, 9, "white")
    a.blob("40,52 66,54 82,74 78,98 42,100 24,94 26,68", "main")
    a.oval(62, 84, 18, 16, "dark")
    a.blob("26,30 18,4 22,-16 30,-18 36,4 36,30", "main")
    a.blob("40,30 42,2 50,-14 58,-10 54,10 48,32", "dark")
    a.blob("28,24 24,2 26,-8 31,4 33,24", "blush")
    a.oval(32, 44, 23, 20, "main")
    a.oval(24, 39, 3.2, 4, "ink")
    a.oval(23.2, 37.8, 1.1, 1.1, "white")
    a.oval(10, 45, 3, 2.4, "blush")
    a.oval(26, 52, 6, 4, "blush")
    a.oval(32, 96, 12, 6, "light")
    a.oval(68, 97, 15, 6, "light")


def fish(a: Art) -> None:
    a.blob("96,50 126,22 130,30 120,50 130,70 126,78", "dark")
    a.blob("44,20 60,2 84,8 82,28", "dark")
    a.blob("52,78 60,94 74,90 74,74", "dark")
    a.blob("2,52 22,26 56,14 88,30 106,50 88,70 56,84 22,76", "main")
    a.blob("2,52 18,30 34,24 40,50 32,78 18,72", "light")
    a.oval(22, 43, 8, 8, "white")
    a.oval(20, 43, 4.2, 4.2, "ink")
    a.blob("56,48 76,42 80,56 62,62", "dark")
    a.line("6,60 16,62", 2, "ink")


def bird(a: Art) -> None:
    a.poly("78,56 112,42 108,54 116,60 84,70", "dark")
    a.line("50,84 48,100", 3, "beak")
    a.line("62,84 62,100", 3, "beak")
    a.blob("26,36 50,40 82,52 84,70 62,88 38,84 20,62", "main")
    a.oval(30, 32, 21, 20, "main")
    a.blob("24,58 40,56 56,66 52,82 38,82 26,74", "light")
    a.blob("46,48 74,50 90,64 70,74 52,68", "dark")
    a.poly("10,28 -8,36 12,40", "beak")
    a.oval(24, 28, 3.6, 4, "ink")
    a.oval(23, 26.8, 1.2, 1.2, "white")


def duck(a: Art) -> None:
    a.poly("96,54 122,38 116,64", "dark")
    a.blob("20,60 40,56 70,58 104,50 112,70 96,92 60,98 28,92 14,76", "main")
    a.blob("20,36 42,34 48,60 30,74 18,64", "main")
    a.oval(32, 28, 22, 21, "main")
    a.blob("14,26 -8,32 -10,39 12,40", "beak")
    a.oval(25, 23, 3.6, 4, "ink")
    a.oval(24, 21.8, 1.2, 1.2, "white")
    a.blob("48,66 72,62 94,70 82,84 58,84", "dark")


def butterfly(a: Art) -> None:
    for s in (-1, 1):
        x = 55
        a.blob(
            [
                (x, 48),
                (x + s * 18, 12),
                (x + s * 44, 4),
                (x + s * 54, 22),
                (x + s * 42, 46),
                (x + s * 14, 54),
            ],
            "main",
        )
        a.blob(
            [(x, 54), (x + s * 30, 54), (x + s * 42, 70), (x + s * 32, 92), (x + s * 14, 84)],
            "dark",
        )
        a.oval(x + s * 36, 24, 8, 9, "light")
        a.oval(x + s * 26, 70, 6, 7, "light")
        a.line([(x, 30), (x + s * 10, 12), (x + s * 16, 4)], 1.8, "ink", smooth=True)
        a.oval(x + s * 16, 4, 2.4, 2.4, "ink")
    a.blob("55,26 60,34 60,66 55,88 50,66 50,34", "ink")


def turtle(a: Art) -> None:
    a.poly("100,74 118,80 100,84", "skin")
    for x in (32, 84):
        a.box(x - 10, 74, x + 8, 100, "skin", 8)
    a.oval(6, 62, 17, 14, "skin")
    a.oval(0, 57, 3, 3.4, "ink")
    a.line("-8,66 0,69", 1.8, "ink")
    a.pie(60, 82, 50, 56, 180, 360, "main")
    a.poly("46,42 74,42 82,60 60,72 38,60", "dark")
    a.poly("20,62 34,60 38,78 16,78", "dark")
    a.poly("86,60 100,62 104,78 82,78", "dark")
    a.box(8, 78, 112, 88, "light", 5)


def penguin(a: Art) -> None:
    a.oval(36, 97, 12, 5, "beak")
    a.oval(60, 97, 12, 5, "beak")
    a.blob("14,40 -2,62 4,74 18,62", "dark")
    a.blob("82,40 98,62 92,74 78,62", "dark")
    a.blob("48,2 70,12 82,46 80,82 48,97 16,82 14,46 26,12", "main")
    a.blob("48,22 64,16 70,30 70,76 48,92 26,76 26,30 32,16", "white")
    for x in (38, 58):
        a.oval(x, 27, 3.4, 4, "ink")
    a.poly("40,33 56,33 48,43", "beak")
    a.oval(32, 37, 4, 2.6, "blush")
    a.oval(64, 37, 4, 2.6, "blush")


def elephant(a: Art) -> None:
    a.line("122,44 130,56 128,66", 3.5, "dark", smooth=True)
    a.box(52, 66, 68, 100, "dark", 5)
    a.box(104, 66, 120, 100, "dark", 5)
    a.blob("40,30 70,16 104,20 124,44 122,76 90,84 50,80 36,60", "main")
    a.box(40, 64, 57, 101, "main", 5)
    a.box(92, 64, 109, 101, "main", 5)
    a.line("20,48 8,64 6,84 -6,90", 12, "main", smooth=True)
    a.oval(32, 40, 24, 25, "main")
    a.blob("36,20 58,18 66,40 54,60 40,52", "light")
    a.oval(22, 36, 3, 3.6, "ink")
    a.blob("20,58 10,66 6,62 16,54", "cream")


def tree(a: Art) -> None:
    a.poly("44,60 56,60 60,120 40,120", "trunk")
    a.line("50,84 64,68", 5, "trunk")
    for x, y, r in ((26, 52, 22), (74, 52, 22), (50, 58, 22)):
        a.oval(x, y, r, r, "dark")
    for x, y, r in ((34, 34, 24), (66, 34, 24), (50, 20, 24), (50, 44, 24)):
        a.oval(x, y, r, r, "main")
    a.oval(40, 20, 12, 9, "light", turn=-25)
    a.oval(66, 32, 8, 6, "light", turn=-25)


def pinetree(a: Art) -> None:
    a.box(43, 96, 57, 122, "trunk", 1)
    a.poly("50,44 94,104 6,104", "dark")
    a.poly("50,24 84,76 16,76", "main")
    a.poly("50,0 74,46 26,46", "light")


def flower(a: Art) -> None:
    a.line("50,44 53,76 50,118", 5, "leafdark", smooth=True)
    a.blob("51,96 66,80 84,78 76,94", "leaf")
    a.blob("51,108 36,92 20,92 28,106", "leaf")
    for turn in range(0, 360, 60):
        x, y = math.sin(math.radians(turn)), -math.cos(math.radians(turn))
        a.oval(50 + 26 * x, 40 + 26 * y, 13, 19, "main", turn=turn)
    a.oval(50, 40, 13, 13, "yolk")
    a.oval(47, 37, 5, 5, "glow")


def cactus(a: Art) -> None:
    a.line("32,66 12,62 12,40", 15, "main", smooth=True)
    a.line("52,54 74,50 74,28", 14, "main", smooth=True)
    a.box(30, 4, 56, 88, "main", 13)
    for x in (37, 43, 49):
        a.line([(x, 14), (x, 74)], 1.6, "dark")
    a.star(43, 4, 9, "blush", n=6, inner=0.55)
    a.poly("20,76 66,76 60,102 26,102", "clay")
    a.box(16, 72, 70, 82, "claydark", 3)


def snowman(a: Art) -> None:
    a.line("24,56 0,42", 3.4, "trunk")
    a.line("76,56 100,42", 3.4, "trunk")
    a.oval(50, 86, 34, 30, "snow")
    a.oval(50, 50, 26, 24, "snow")
    a.oval(50, 20, 20, 19, "snow")
    a.box(28, 2, 72, 8, "dark", 2)
    a.box(35, -24, 65, 5, "main", 3)
    a.oval(43, 16, 2.6, 2.6, "ink")
    a.oval(57, 16, 2.6, 2.6, "ink")
    a.poly("50,19 50,25 32,26", "beak")
    a.box(31, 32, 69, 41, "main", 4)
    a.box(56, 36, 66, 62, "main", 3)
    for y in (54, 64):
        a.oval(46, y, 2.4, 2.4, "ink")
