"""How things of the house and food look, as parts about 100 units high."""

from __future__ import annotations

from trainer.data.scenes_art import Art


def cup(a: Art) -> None:
    a.ring(88, 52, 20, 9, "dark")
    a.blob("12,18 50,14 88,18 84,66 74,94 50,98 26,94 16,66", "main")
    a.oval(50, 18, 38, 9, "light")
    a.oval(50, 19, 31, 6, "coffee")


def bottle(a: Art) -> None:
    a.box(24, -20, 40, 12, "main", 2)
    a.box(21, -30, 43, -14, "cork", 3)
    a.blob(
        "25,8 39,8 46,24 58,40 60,70 58,116 32,120 6,116 4,70 6,40 18,24",
        "main",
    )
    a.box(7, 58, 57, 92, "cream", 3)
    a.box(16, 66, 48, 71, "dark", 2)
    a.box(20, 77, 44, 81, "dark", 2)


def teapot(a: Art) -> None:
    a.line("26,70 8,62 4,42 -8,32", 11, "dark", smooth=True)
    a.line("92,44 112,42 114,66 96,78", 8, "dark", smooth=True)
    a.oval(60, 64, 40, 34, "main")
    a.pie(60, 36, 25, 12, 180, 360, "light")
    a.box(34, 34, 86, 40, "dark", 3)
    a.oval(60, 21, 6, 6, "dark")
    a.box(40, 93, 80, 99, "dark", 3)


def chair(a: Art) -> None:
    for x in (8, 56):
        a.line([(x, 56), (x - 2, 98)], 6, "dark")
    a.line("12,4 12,60", 7, "dark")
    a.line("56,4 56,60", 7, "dark")
    a.box(9, 4, 59, 18, "main", 5)
    a.box(11, 26, 57, 38, "main", 5)
    a.poly("6,54 60,54 74,66 14,66", "main")
    a.box(14, 65, 74, 71, "dark", 2)
    for x in (17, 71):
        a.line([(x, 70), (x, 110)], 6, "dark")


def lamp(a: Art) -> None:
    a.line("50,48 50,92", 6, "brass")
    a.oval(50, 94, 24, 6, "brass")
    a.oval(50, 50, 12, 7, "glow")
    a.poly("34,2 66,2 86,48 14,48", "main")
    a.poly("14,48 86,48 87,53 13,53", "dark")
    a.line("72,52 72,70", 1.6, "brass")
    a.oval(72, 71, 2.4, 2.4, "brass")


def book(a: Art) -> None:
    a.box(2, 4, 74, 98, "dark", 5)
    a.box(10, 8, 78, 95, "paper", 2)
    a.box(4, 2, 72, 92, "main", 4)
    a.box(4, 2, 14, 92, "dark", 3)
    a.box(24, 16, 62, 36, "cream", 2)
    a.box(29, 21, 57, 24, "ink", 1)
    a.box(33, 28, 53, 31, "ink", 1)
    a.star(43, 62, 13, "cream")


def clock(a: Art) -> None:
    a.line("26,90 18,100", 7, "dark")
    a.line("74,90 82,100", 7, "dark")
    a.pie(24, 15, 15, 13, 130, 340, "main", turn=-5)
    a.pie(76, 15, 15, 13, 200, 410, "main", turn=5)
    a.oval(50, 54, 44, 44, "main")
    a.oval(50, 54, 35, 35, "cream")
    for x, y in ((50, 24), (80, 54), (50, 84), (20, 54)):
        a.oval(x, y, 3, 3, "ink")
    a.line("50,54 50,32", 4, "ink")
    a.line("50,54 67,62", 4, "ink")
    a.oval(50, 54, 4.5, 4.5, "signal")


def hat(a: Art) -> None:
    a.oval(60, 46, 60, 13, "dark")
    a.blob("28,46 27,18 38,2 60,6 82,2 93,18 92,46 60,52", "main")
    a.poly("27,32 60,37 93,32 93,43 60,49 27,43", "ribbon")
    a.pie(60, 46, 60, 13, 0, 180, "main")


def umbrella(a: Art) -> None:
    a.line("60,10 60,92 64,102 72,102 76,94", 4.5, "handle", smooth=True)
    a.line("60,-2 60,10", 3.5, "handle")
    edge = [(8, 56), (24, 50), (42, 56), (60, 50), (78, 56), (96, 50), (112, 56)]
    dome = [(108, 34), (92, 14), (60, 4), (28, 14), (12, 34)]
    a.poly([*edge, *dome], "main")
    a.poly("42,56 46,28 60,4 74,28 78,56 60,50", "dark")
    a.poly("8,56 12,34 28,14 60,4 30,26 24,50", "light")


def backpack(a: Art) -> None:
    a.line("34,14 36,0 54,0 56,14", 6, "dark", smooth=True)
    a.box(-2, 44, 14, 84, "dark", 7)
    a.box(76, 44, 92, 84, "dark", 7)
    a.blob("10,36 24,10 66,10 80,36 82,92 45,99 8,92", "main")
    a.box(20, 56, 70, 88, "dark", 8)
    a.box(20, 56, 70, 66, "light", 5)
    a.box(42, 60, 48, 72, "brass", 2)
    a.line("20,34 45,40 70,34", 3, "dark", smooth=True)


def guitar(a: Art) -> None:
    a.box(41, -62, 51, 40, "trunk", 1)
    a.box(37, -82, 55, -58, "trunk", 4)
    for y in (-78, -71, -64):
        a.oval(35, y, 2.5, 2.5, "cream")
        a.oval(57, y, 2.5, 2.5, "cream")
    a.blob(
        "46,20 66,22 72,38 66,50 80,64 82,86 64,104 46,106 28,104 10,86 12,64 26,50 20,38 26,22",
        "main",
    )
    a.oval(46, 52, 12, 12, "trunk")
    a.oval(46, 52, 9, 9, "ink")
    a.box(34, 82, 58, 88, "trunk", 2)
    for x in (43, 46, 49):
        a.line([(x, -66), (x, 84)], 0.9, "cream")


def ball(a: Art) -> None:
    a.oval(50, 50, 48, 48, "main")
    a.blob("50,2 66,26 66,74 50,98 38,74 38,26", "cream")
    a.pie(50, 50, 48, 48, 120, 240, "light")
    a.oval(52, 8, 7, 4.5, "cream")


def gift(a: Art) -> None:
    a.box(8, 38, 92, 98, "main", 3)
    a.box(2, 26, 98, 44, "light", 3)
    a.box(42, 26, 58, 98, "ribbon")
    a.blob("50,26 28,26 20,10 30,2 44,10", "ribbon")
    a.blob("50,26 72,26 80,10 70,2 56,10", "ribbon")
    a.oval(50, 22, 7, 6, "ribbondark")


def candle(a: Art) -> None:
    a.blob("20,-2 28,14 26,26 20,30 14,26 12,14", "glow")
    a.blob("20,12 24,20 20,28 16,20", "flame")
    a.line("20,26 20,36", 2.2, "ink")
    a.box(4, 34, 36, 96, "main", 4)
    a.blob("4,36 20,33 36,36 36,50 30,44 25,58 19,44 11,50 4,44", "light")
    a.oval(20, 97, 28, 6, "brass")


def apple(a: Art) -> None:
    a.line("50,26 52,12 58,2", 5, "trunk", smooth=True)
    a.blob("55,14 70,2 88,4 76,18", "leaf")
    a.blob(
        "50,24 70,16 92,28 98,52 88,82 68,98 50,94 32,98 12,82 2,52 8,28 30,16",
        "main",
    )
    a.oval(24, 42, 7, 13, "light", turn=25)


def banana(a: Art) -> None:
    a.blob(
        "8,6 16,4 20,18 34,50 66,70 104,68 110,72 108,82 76,98 40,90 14,60 8,26",
        "main",
    )
    a.line("14,20 28,56 64,80 102,74", 4, "dark", smooth=True)
    a.box(7, 0, 17, 9, "trunk", 2)
    a.blob("104,68 113,70 111,80 105,83", "trunk")


def strawberry(a: Art) -> None:
    a.blob("50,22 74,16 92,30 88,56 66,88 50,99 34,88 12,56 8,30 26,16", "main")
    for x, y in ((32, 40), (50, 46), (68, 40), (26, 56), (42, 62), (60, 62), (75, 55), (50, 78)):
        a.oval(x, y, 2.4, 3.6, "cream")
    a.star(50, 20, 27, "leaf", n=6, inner=0.5)
    a.line("50,18 52,2", 5, "leafdark")


def watermelon(a: Art) -> None:
    a.pie(60, 10, 60, 62, 0, 180, "leafdark")
    a.pie(60, 10, 53, 55, 0, 180, "cream")
    a.pie(60, 10, 49, 51, 0, 180, "main")
    for x, y in ((34, 22), (60, 24), (86, 22), (46, 38), (74, 38), (60, 50)):
        a.oval(x, y, 2.6, 4, "ink")


def carrot(a: Art) -> None:
    for x, y in ((26, -26), (40, -32), (54, -26)):
        a.line([(40, 12), ((x + 40) / 2 + (x - 40) * 0.2, -8), (x, y)], 9, "leaf", smooth=True)
    a.blob("40,6 58,10 64,24 56,60 40,104 24,60 16,24 22,10", "main")
    for x0, x1, y in ((20, 36, 28), (46, 61, 38), (26, 42, 54), (40, 50, 72)):
        a.line([(x0, y), (x1, y + 2)], 2.6, "dark")


def mushroom(a: Art) -> None:
    a.blob("36,52 64,52 66,76 72,96 50,100 28,96 34,76", "cream")
    a.blob("2,54 8,24 30,6 50,2 70,6 92,24 98,54 76,60 50,62 24,60", "main")
    for x, y, r in ((30, 28, 8), (58, 18, 6), (72, 40, 9), (46, 46, 6), (14, 46, 4)):
        a.oval(x, y, r, r * 0.85, "cream")


def icecream(a: Art) -> None:
    a.poly("18,50 66,50 42,116", "waffle")
    for (x0, y0), (x1, y1) in (
        ((26, 52), (48, 98)),
        ((42, 52), (54, 80)),
        ((58, 52), (36, 98)),
        ((42, 52), (30, 80)),
    ):
        a.line([(x0, y0), (x1, y1)], 1.8, "waffledark")
    a.oval(42, 32, 32, 30, "main")
    a.blob("10,40 26,36 42,42 58,36 74,40 70,54 60,48 50,60 40,50 26,58 16,50", "main")
    a.oval(30, 20, 8, 6, "light", turn=-30)
    a.oval(46, 0, 7, 7, "cherry")


def cake(a: Art) -> None:
    a.oval(60, 95, 60, 8, "china")
    a.box(10, 46, 110, 94, "main", 6)
    a.box(10, 66, 110, 74, "cream")
    a.blob(
        "8,40 60,34 112,40 110,60 98,54 88,66 76,54 62,64 50,54 38,66 26,54 12,60",
        "icing",
    )
    for x in (36, 60, 84):
        a.box(x - 3, 14, x + 3, 40, "candlewax", 1)
        a.blob([(x, 0), (x + 4, 8), (x, 14), (x - 4, 8)], "flame")


def robot(a: Art) -> None:
    a.line("50,14 50,2", 3, "metal")
    a.oval(50, 1, 5, 5, "signal")
    a.box(24, 12, 76, 46, "main", 8)
    a.box(31, 19, 69, 39, "screen", 5)
    a.oval(41, 29, 5, 5, "glow")
    a.oval(59, 29, 5, 5, "glow")
    a.box(44, 46, 56, 52, "metal")
    a.line("18,58 6,74", 8, "metal")
    a.line("82,58 94,74", 8, "metal")
    a.oval(5, 77, 6, 6, "dark")
    a.oval(95, 77, 6, 6, "dark")
    a.box(18, 50, 82, 86, "main", 7)
    a.box(32, 58, 58, 76, "cream", 3)
    a.oval(70, 62, 4, 4, "signal")
    a.oval(70, 74, 4, 4, "leaf")
    a.box(26, 86, 44, 104, "dark", 4)
    a.box(56, 86, 74, 104, "dark", 4)


def pottedplant(a: Art) -> None:
    for x, y, turn in ((22, 30, -38), (78, 30, 38), (36, 16, -16), (64, 16, 16), (50, 10, 0)):
        a.line([(50, 66), ((x + 50) / 2, (y + 66) / 2)], 3, "leafdark")
        a.oval(x, y + 8, 9, 24, "leaf", turn=turn)
    a.poly("24,64 76,64 70,100 30,100", "main")
    a.box(20, 58, 80, 68, "dark", 3)


def sofa(a: Art) -> None:
    for x in (18, 122):
        a.box(x - 4, 92, x + 4, 104, "trunk", 2)
    a.box(14, 8, 126, 70, "dark", 12)
    a.box(20, 48, 70, 80, "main", 8)
    a.box(70, 48, 120, 80, "main", 8)
    a.box(12, 74, 128, 96, "main", 6)
    a.box(0, 36, 24, 96, "light", 11)
    a.box(116, 36, 140, 96, "light", 11)
