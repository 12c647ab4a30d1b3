"""Where a sentence is cut, and what each part is needed for: looked for, required or excluded.

A text is split at commas and the like of both languages, at conjunctions ("and", "with", "和"),
at relative clauses ("that is ...", "骑着车的…") and at spaces between Han words. A negation begins
an exclusion, which goes on through a list: "no cars, people or dogs", 没有人、车和狗.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from app.core.asking import Need
from app.core.language.near_misses import (
    MEASURES,
    attributes,
    is_attributes_only,
    is_contrast,
)
from app.core.language.places import A_HAN, HAN, is_place, is_side, split_place
from app.core.language.request_words import PHOTO_ZH, names_no_thing

HIDDEN = "\ue000"  # stands for each character of a quoted part; typed ones are dropped
_HAN_OR_QUOTED = rf"(?-i:[{HAN}{HIDDEN}])"
_ARTICLE = r"(?:a|an|the|some|any|his|her|its|their)\b"
_COUNTS = "一二两三四五六七八九十几这那每"
_VERBS = "着穿戴拿骑坐站抱背开跑吃喝看躺走飞游打弹写读笑挂放停盖拉推举牵趴睡跳玩"

# As it is typed, also in haste.
_WITHOUT = r"(?:with\s?out(?!\s+of\b)|wh?it?h?out|wihtout|withou|withot|withuot|wthout|w/\s?out)"
# No negation: "no parking sign", "no. 5", "no dogs allowed".
_NO_NEGATION = (
    r"\s+(?:smoking|parking|entry|swimming|trespassing|longer|man['’]s\s+land|[a-z]+\s+allowed)\b"
    r"|\s+\d"
)
_NEGATION_EN = rf"""
    (?<![\w'’-])
    (?:(?:but|and|with|has|have|had|having|there['’]s|(?:there\s+)?(?:is|are|was|were))\s+)*
    (?: (?:{_WITHOUT}|exclud(?:e|ing)|lacking|w/o|(?<!comic\s)sans(?!\s+(?:serif|souci)\b)
          | (?:leave|filter)\s+out
          | (?:devoid|free|empty)\s+of(?!\s+charge\b))(?=[\s:：]|$)[:：]?
      | (?: neither(?!\s+of\b) | not(?!\s+only\b)(?:\s+(?:the\s+)?ones?\s+(?:with|of))?
          | no(?!{_NO_NEGATION}) | (?:hardly|barely)(?=\s+any\b)
          | (?:none|neither)\s+of\s+(?:them|these|those|which|whom)
                (?:\s+(?:is|are|was|were|has|have))?
          | except(?:\s+for)? | (?:apart|aside)\s+from | (?:other|rather)\s+than | instead\s+of
          | all\s+but(?=\s+(?:the|my|our)\s)
          | (?:(?:any|every)thing|all\s+(?:photos|pictures|images))\s+but
          | (?:there\s+)?(?:is|are|was|were)n['’]t
          | (?:(?:i|we)\s+)?(?:do|does|did)(?:n['’]t|\s+not)(?!\s+(?:disturb|enter|cross|touch)\b)
                (?:\s+(?:have|show(?:\s+(?:me|us))?|contain|include|like|want(?:\s+to\s+see)?))?
        )(?=\s)
      | no(?=body\b)
    )
    \s*(?:(?:an?\s+single|{_ARTICLE})\s+)?
"""
_NO_VERB = re.compile(  # things whose names have such a character
    "飞[机船碟]|[背书]包|背[景影心后面]|玩[具偶]|跑[道车步机鞋]|停车[场位]|游[泳乐]|游[客艇轮]|坐[垫椅]"
    "|推[车土]|开[关水]|写字|笑[脸容]|跳[台板]|戏?拉[链面萨]|盖[子饭]|挂[钩毯历]|站台|车站|[网盘]站"
    "|打[印火]|弹[簧珠]|看台|牵牛|读[书卡]|喝水|拿铁|吃货|骑[士手]"
)
# What is often said to be missing by one character: 无云的天空, 有猫没狗.
_MISSED = "人车云树叶花草雪船鸟狗猫字"
_MISSED_EN = (  # "people-free beach"
    "people|person|human|crowd|tourist|car|traffic|cloud|snow|ice|fog|dog|cat|animal|bird|boat|tree"
    "|building|text|watermark"
)
_NEGATION_ZH = rf"""
    (?:[一几这那][{MEASURES}])?(?:但是?|可是|却|并且|而且|[而也又既])?
    (?:已经|从来|几乎|根本|完全|[都并还](?=没))?(?<!(?<!所)有)
    (?: 没有了?(?:太多|很多|[几一][{MEASURES}丝点滴])?
      | (?<![淹沉出埋])没(?=[{_VERBS}带系撑关下在{_MISSED}]|什么|几[{MEASURES}])
      | 不(?=[戴穿拿看]) | 不想?要 | 不想看到? | 不需要 | 不含 | 不包[含括] | 不带
      | 不[是在](?!很|{A_HAN}{{1,6}}就是)
      | 不(?:能|许|准|可以?|希望|应该?)(?=有|看[到见]|出现)
      | 看不[到见](?![头边底]|尽头) | 不见(?=[人车狗猫])
      | 排除 | 过滤掉 | 去[掉除] | 除了 | 除(?={A_HAN}{{1,10}}外) | 别(?=有|拍到|出现)
      | 未(?=[戴穿系佩]) | 无(?=[{_MISSED}](?:的|\W|$)) | (?:[而并]|(?<!{A_HAN}))非(?=.色) | 而非
    )
    (?:有(?![轨线])|看[到见]|拍到|出现)?(?:任何|什么|几[{MEASURES}]|一个(?=人))?
"""
# 和 and 与 that join, not those of a word: 暖和, 颐和园, 和平, 参与.
_AND_ZH = r"""(?:
    (?<![暖温柔平饱总随缓颐雍呼共祥谦调])(?<!(?<!太)太)
    和(?![谐尚睦善解煦弦]|平(?!原|地|台|板|房)|服(?!装|饰)|室(?![内外])|田玉|果子)
  | (?<![参给赋授付])与(?![其众否会日生共])
)"""
_SCENE = (
    r"(?:at\s+(?:night|sunset|sunrise|dusk|dawn|noon|midnight)"
    r"|in\s+the\s+(?:rain|snow|fog|mist|dark|sun|sunshine|morning|afternoon|evening)"
    r"|in\s+(?:spring|summer|autumn|fall|winter))\b"
)
# Where a text is cut. "negation" begins an exclusion, "list" goes on with what is there, "soft"
# does so unless an article follows, "comma" only within a list; "none" names what is excluded
# before the negation; "main" goes on with the sentence and "scene" says something of all of it,
# where something is excluded: "a man without a hat is singing in the rain"; all others end an
# exclusion.
_CUTS = re.compile(
    rf"""
    (?P<negation>{_NEGATION_EN}|{_NEGATION_ZH})
  | (?P<none>[一半][{MEASURES}](?P<thing>{A_HAN}{{1,6}}?)[也都]没有?(?![{_VERBS}])的?
      | 空?无一(?P<nobody>人)的? | (?<!{A_HAN})(?P<absent>{A_HAN}{{1,4}})(?:[不没]在|没有?出现)的
      | (?<![\w-])(?:(?:an?|the)\s+)?(?P<free>{_MISSED_EN})-free(?![\w-]))
  | (?P<list>、|(?<!\s)\s+(?:or|nor)\s+|(?<!\d)(?<!\bf)/+|/+(?!\d)|要么
      | (?<={_HAN_OR_QUOTED})或者?(?={_HAN_OR_QUOTED}))
  | (?P<comma>(?<!\d),|,(?!\d)|，)
  | (?P<hard>
        [;；。！？|…()（）—•]+ | (?<!\S)[-–](?!\S) | (?<!\S)\#(?=[^\W\d])
      | (?<!\b(?:st|mt|mr|ms|dr|no(?=\.\s*\d)))[.!?]+(?=\s|$)
      | (?<!\s)\s+(?:while|but|plus|together\s+with|as\s+well\s+as|w/
                    |with(?!\s+out\b(?!\s+of\b)))\s+
      | (?<!\s)\s+(?:that|(?:in\s+)?which|who|where)(?:['’]s)?\s+
            (?:(?:is|are|was|were|has|have)\s+)?
      | 以及 | 并且 | 而且 | 但(?:是|(?=有)) | 还有 | 同时 | 而是 | [又也]有
      | (?<![{_COUNTS}不])只有
    )
  | (?P<soft>
        (?<!\s)\s+(?:and|[&+]|和)\s+ | (?<={_HAN_OR_QUOTED}){_AND_ZH}(?={_HAN_OR_QUOTED})
      | (?<=[a-z])[和跟与](?=[a-z])
    )
  | (?P<space>(?<={_HAN_OR_QUOTED})\s+(?={_HAN_OR_QUOTED}))
  | (?P<clause>(?<=\w)的(?=\w))
  | (?P<side>(?<={_HAN_OR_QUOTED})(?=[左右][边侧面方](?:[是有]|[{_COUNTS}][{MEASURES}])))
  | (?P<main>(?<!\s)\s+(?:(?:is|are|was|were)\s+|(?=[a-z]+ing\b)))
  | (?P<scene>(?<!\s)\s+(?={_SCENE}))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MAX_LISTED = 8  # things in a list of exclusions
_NEAR_CHARS = 60  # as far as attributes are looked for on either side of a cut
_SIGNED = re.compile(
    rf"(?<!\S)(?P<sign>[-－–+]|[−‐‑﹣](?!\d))(?P<word>{HIDDEN}+|[^\W_][^\s,，;；、]*)"
)
_ARTICLE_AHEAD = re.compile(rf"\s*{_ARTICLE}", re.IGNORECASE)
_ARTICLE_OR_WITH_AHEAD = re.compile(rf"\s*(?:{_ARTICLE}|with\b)", re.IGNORECASE)
# What has and does things: "a man with a hat", "people who smile".
_BEING = re.compile(
    r"\b(?:(?:wo)?m[ae]n|people|persons?|boys?|girls?|child(?:ren)?|kids?|bab(?:y|ies)|ladies|lady"
    r"|guys?|players?|tourists?|dogs?|cats?|horses?|birds?|animals?|(?:any|some)?(?:one|body))$",
    re.IGNORECASE,
)
_OF_BEING = re.compile(r"\s+(?:with|that|which|who)(?:['’]s)?\s(?:.*\s)?", re.IGNORECASE)
_BEING_ZH = re.compile(rf"(?:人|女[人孩士]|男[人孩士]|小?孩子?|儿童)的(?!{PHOTO_ZH})")
_CONTRAST = re.compile(
    r"\b(?:not|neither|rather\s+than|instead\s+of)\b|n['’]t\b|不[是在]|非", re.IGNORECASE
)
# "not" within a phrase, "a man not far away", unless what follows shows that it excludes.
_LONE_NOT = re.compile(r"(?:(?:is|are|was|were)\s+)?not\b\s*(?P<article>\w*)", re.IGNORECASE)
_EXCLUDED_BY_NOT = re.compile(
    r"(?:(?:with|at(?!\s+all)|in|on|from|near|under|inside|outside)\b|[a-z]+ing\b"
    r"|(?!always\b|this\b|less\b)[a-z]+[^\Wsui]s$)",  # "dogs not cats"
    re.IGNORECASE,
)
_THIS_NOT_THAT = re.compile(  # "dog not cat"; no "do not enter", "car not visible"
    r"(?!(?:do|does|is|are|was|were|why|if|or)\b)[a-z]+[a-rt-z] not "
    r"(?!(?:far|yet|always|quite|here|there|now|again|both|too|so|me|you|us)$)"
    r"[a-z]+(?<!ed)(?<!en)(?<!ble)",
    re.IGNORECASE,
)
_WITHOUT_THING = re.compile(rf"\b(?:{_WITHOUT}|w/o|lacking)\b", re.IGNORECASE)
_WITHOUT_A_THING = re.compile(rf"{_WITHOUT_THING.pattern}\s+(?:an?|his|her|its)\s+$", re.IGNORECASE)
_UNTIL_MARK = re.compile(r"[,，;；、。.!?！？()（）]|\bbut\b")
_LISTED = re.compile(r"\b(?:and|or)\b|[和或]", re.IGNORECASE)
_UNTIL_JOINT = re.compile(r"\b(?:and|with|or|that|which|who)\b", re.IGNORECASE)
_IS_THAT = re.compile(r"\s+(?:that|which)(?:['’]s|\s+(?:is|are|was|were))\s+", re.IGNORECASE)
# What follows these is excluded whole: 不要穿泳衣的人; after the weaker ones where it has a verb.
_REFUSAL = re.compile(r"不想?要|不想看|不需要|不是|不在")
_REMOVAL = re.compile(r"排除|去[掉除]")
# What a thing is like, said at the end of what stands before 的: 穿着漂亮的裙子.
_QUALITY = re.compile(
    r"(?:色|漂亮|美丽|可爱|好看|华丽|鲜艳|精[致美]|破旧|崭新|简单|传统|古老|老式|高大|宽大|透明"
    r"|彩虹|条纹|格子|碎花|开心|快乐|冒着?(?:热气|蒸汽|烟)|打开|开着?花|发着?光|亮着?灯|(?:很(?!多)|[太最更超]|非常).{1,2}|([大小长短高厚薄圆红白])\1)$"
)
# 的 goes on within what is there, 旁边停着一辆崭新的车, or within a place: 坐在河边的椅子上.
_EXISTS = re.compile(
    rf"[上下里中边旁前后外间处面内][{_VERBS}摆立插铺种堆][着了]?[{_COUNTS}]+[{HAN}][^{_VERBS}]*$"
)
_AT = re.compile(rf"在[^{_VERBS}]{{1,6}}$")
_THING_AT = re.compile(rf"[^\W{_VERBS}]{{1,5}}?[上里中下旁边前后内]")
_SHORT = re.compile(rf"\s*(?:[^\s{HAN}]+(?:\s+[^\s{HAN}]+){{0,2}}|[^有在是{_VERBS}]{{1,4}})?\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the text between two cuts, ``text[start:stop]``.

    Attributes:
        start: of its first character.
        stop: after its last one.
        need: as in ``Phrase``.
        negation: the words that began the last exclusion, this one or one before it.
        qualifies: it says what the thing named after it is not: 一只不是黑色的猫.
        place: where it is excluded, said before the negation: 背景里没有人.
    """

    start: int
    stop: int
    need: Need = "optional"
    negation: str = ""
    qualifies: bool = False
    place: str = ""

    @property
    def may_contrast(self) -> bool:
        """It may be another attribute of what was named before: "red cup, not blue"."""
        return _CONTRAST.search(self.negation) is not None


def pieces_of(text: str) -> Iterator[Piece]:
    """Yield the parts of a text between its cuts, from left to right, without outer spaces.

    Args:
        text: with quoted parts hidden and filters blanked.
    """
    rest = text
    signed = []
    for match in _SIGNED.finditer(text):
        need: Need = "required" if match["sign"] == "+" else "excluded"
        signed.append(Piece(match.start("word"), match.end(), need))
        rest = rest[: match.start()] + "," * len(match[0]) + rest[match.end() :]
    for piece in sorted([*signed, *_clauses(rest)], key=lambda piece: piece.start):
        yield _trimmed(text, piece)


def _clauses(text: str) -> Iterator[Piece]:
    piece, has_thing = Piece(0, 0), False
    for cut in _CUTS.finditer(text):
        if not _cuts(text, cut, piece) or _is_of_excluded(text, cut, piece, has_thing):
            continue
        if cut.lastgroup == "none":  # 一个人也没有
            yield replace(piece, stop=cut.start())
            named = next(each for each in ("thing", "nobody", "absent", "free") if cut[each])
            yield Piece(*cut.span(named), "excluded", "没有")
            piece = Piece(cut.end(), cut.end())
            continue
        words = text[piece.start : cut.start()].strip()
        has_thing |= piece.need != "excluded" and not names_no_thing(words)
        begun = _begun(cut, words, piece, has_thing) if cut.lastgroup == "negation" else None
        if begun is None or not begun.place:
            yield replace(piece, stop=cut.start())
        if begun is None and _goes_on(text, cut, piece):
            begun = replace(piece, start=cut.end())
        piece = begun or Piece(cut.end(), cut.end(), negation=piece.negation)
    yield replace(piece, stop=len(text))


def _begun(negation: re.Match[str], words: str, piece: Piece, has_thing: bool) -> Piece:
    """Return the exclusion that a negation begins, after the words of the piece before it."""
    begun = Piece(negation.end(), negation.end(), "excluded", negation[0])
    if begun.may_contrast:
        is_measured = re.match(rf"[一几这那][{MEASURES}]", negation[0]) is not None
        of_noun = re.search("不[是在]|非", negation[0]) and (is_measured or not has_thing)
        return replace(begun, qualifies=bool(of_noun))
    if re.search("(?<![排去])除$", negation[0]):  # 除红色外的气球
        return replace(begun, qualifies=True)
    is_bare_place = piece.need != "excluded" and is_side(words)
    return replace(begun, place=words) if is_bare_place else begun


def _goes_on(text: str, cut: re.Match[str], piece: Piece) -> bool:
    """Tell whether a cut leads on to more of what the piece before it is needed for."""
    match cut.lastgroup:
        case "list":  # 没有人的、有狗的海滩 excludes no dog
            words = text[piece.start : cut.start()].strip()
            return piece.need != "excluded" or not words.endswith("的") or is_attributes_only(words)
        case "soft":  # "without people and with dogs" wants dogs
            return not _ARTICLE_OR_WITH_AHEAD.match(text, cut.end())
        case "comma":
            return piece.need == "excluded" and _lists(text, cut.end(), piece)
    return False


def _lists(text: str, start: int, piece: Piece) -> bool:
    """Tell whether short items and an "or", or such an "and", follow a comma in an exclusion.

    "and" joins things named as plainly as the first ("without dogs, cats and birds"); after "no" it
    begins what is there ("no people, sea and sky").
    """
    first = text[piece.start : start - 1]
    is_plain = True
    for cut in islice(_CUTS.finditer(text, start), _MAX_LISTED):
        item = text[start : cut.start()]
        is_plain = is_plain and bool(attributes(item)) <= bool(attributes(first))
        if not _SHORT.fullmatch(item):
            return False
        if item.strip() and is_attributes_only(item) != is_attributes_only(first):
            return False
        if cut.lastgroup == "soft":
            is_no = re.search(r"\bno\s+$", piece.negation, re.IGNORECASE)
            return is_plain and not is_no and not _ARTICLE_AHEAD.match(text, cut.end())
        if cut.lastgroup != "comma":
            return cut.lastgroup == "list" and cut[0] != "、"
        start = cut.end()
    return False


def _cuts(text: str, cut: re.Match[str], piece: Piece) -> bool:
    """Tell whether a piece ends here; some conjunctions and 的 belong to one phrase."""
    before = text[max(piece.start, cut.start() - _NEAR_CHARS) : cut.start()]
    after = _UNTIL_MARK.split(text[cut.end() : cut.end() + _NEAR_CHARS], maxsplit=1)[0]
    match cut.lastgroup:
        case "comma" | "list" if piece.need == "excluded" and is_attributes_only(after):
            return True  # "not red, green or blue"
        case "comma" if (
            piece.may_contrast and piece.need == "excluded" and not _LISTED.search(after)
        ):
            return True  # "not blue, red cups"
        case "comma" | "list" | "soft":
            return not _joins_attributes(before, after)
        case "clause":
            modifier = text[piece.start : cut.start()].strip()
            is_of_object = _EXISTS.search(modifier) or (
                _AT.search(modifier) and _THING_AT.match(after)
            )
            return not is_of_object and _ends_clause(modifier, after, piece)
        case "side":  # 左边一只黑猫右边一只白猫
            return any(split_place(text[piece.start : cut.start()]).places)
        case "main" | "scene" if piece.need != "excluded" or not before.strip():
            return False
        case "main":
            is_verb = cut[0].strip() or not is_attributes_only(before)
            pattern = _WITHOUT_THING if cut[0].strip() else _WITHOUT_A_THING
            return bool(is_verb and pattern.search(piece.negation))
        case "negation" if cut[0].split()[-1:] == ["NOT"] and not text.isupper():
            return True  # "cat NOT dog"
        case "hard" if _IS_THAT.fullmatch(cut[0]):
            said = _UNTIL_JOINT.split(after, maxsplit=1)[0]
            return not (is_attributes_only(said) or is_side(said))
        case "negation" if lone_not := _LONE_NOT.match(cut[0]):
            return not before.strip() or bool(lone_not["article"]) or _is_excluded(before, after)
    return True


def _is_of_excluded(text: str, cut: re.Match[str], piece: Piece, has_thing: bool) -> bool:
    """Tell whether a cut goes on with what is excluded: "no man with a hat".

    It does where nothing else was named, or nothing that has and does things.
    """
    if cut.lastgroup != "hard" or piece.need != "excluded" or not _OF_BEING.fullmatch(cut[0]):
        return False
    if not has_thing:
        return True
    wanted = text[: piece.start].removesuffix(piece.negation)
    is_being = any(_BEING.search(word) for word in wanted.split())
    return not is_being and _BEING.search(text[piece.start : cut.start()].rstrip()) is not None


def _is_excluded(before: str, after: str) -> bool:
    """Tell whether what follows a "not" is to be left out; else both belong to one phrase."""
    if is_contrast(after) or is_side(after) or _EXCLUDED_BY_NOT.match(after):
        return True
    return _THIS_NOT_THAT.fullmatch(f"{before.strip()} not {after.strip()}") is not None


def _ends_clause(modifier: str, after: str, piece: Piece) -> bool:
    """Tell whether a 的 ends a clause of its own: 骑着车的女孩, but not 骑着白色的马."""
    has_verb = any(verb in _NO_VERB.sub("", modifier) for verb in _VERBS)
    if piece.need != "excluded":
        is_clause = has_verb and len(modifier) >= 3
        return is_clause and not is_place(modifier) and not _is_quality(modifier)
    if piece.qualifies:
        return True
    if has_verb and piece.negation.endswith("有") and _BEING_ZH.match(after):
        return False  # 没有戴帽子的人的海滩
    if _REFUSAL.search(piece.negation) or (has_verb and _REMOVAL.search(piece.negation)):
        return False
    return not is_attributes_only(modifier) and not _is_quality(modifier)


def _is_quality(modifier: str) -> bool:
    """Tell whether words before 的 end in a colour, a size or the like."""
    near = modifier[-_NEAR_CHARS:]
    own = attributes(f"{near}的")
    is_attribute = bool(own) and own[-1].family != "material" and own[-1].stop == len(near)
    return is_attribute or _QUALITY.search(near) is not None


def _joins_attributes(before: str, after: str) -> bool:
    """Tell whether "and" stands between two attributes of one thing: "black and white cat"."""
    mine, others = attributes(before), attributes(after)
    return bool(
        mine
        and others
        and mine[-1].stop == len(before.rstrip())
        and others[0].start == len(after) - len(after.lstrip())
        and mine[-1].family == others[0].family
    )


def _trimmed(text: str, piece: Piece) -> Piece:
    """Return a piece without the spaces at its ends."""
    words = text[piece.start : piece.stop]
    start = piece.start + len(words) - len(words.lstrip())
    return replace(piece, start=start, stop=max(start, piece.start + len(words.rstrip())))
