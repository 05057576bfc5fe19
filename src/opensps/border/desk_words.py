"""What the desk says: the words of the check, and those of answers only officials get. Nothing here writes.

Source: `ux.md` 5.4. An official of another country is told the same of a number nobody was given and of one that was
given for goods to another country: that we issued none for goods to or through theirs, which is true of both.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from opensps.border.desk import Desk, Found
from opensps.codes import country_name
from opensps.verification import CLASS_WORDS, Judgement, Verdict, words
from opensps.verification.results import RESULTS
from opensps.verification.words import also_headings

_Words = tuple[str, str, str]
"""Heading, sentence, next step."""

_ABROAD: Mapping[str, _Words] = MappingProxyType(
    {
        "en": (
            "No such certificate for {country}",
            "We issued no certificate {number} for goods to or through {country}.",
            (
                "Hold the goods under your own rules. If the paper names another country, scan its code or type its "
                "verification code. Open an inquiry or a case."
            ),
        ),
        "zh": (
            "无此输{country}证书",
            "我方未就运往或途经{country}的货物签发过编号为{number}的证书。",
            "请按贵方规定暂扣货物。如证书载明其他目的地，请扫描其二维码或输入核验码。可发起查询或立案。",
        ),
    }
)
_NOT_RECEIVED: Mapping[str, _Words] = MappingProxyType(
    {
        "en": (
            "Not received from any partner",
            "No partner has sent us a certificate {number}. It may still be on its way, or it may not exist.",
            "Hold the goods under our own rules and ask the authority that is said to have issued it.",
        ),
        "zh": (
            "未收到任何伙伴机关发来的此证书",
            "没有伙伴机关向我方发送过编号为{number}的证书。证书可能仍在途中，也可能并不存在。",
            "请按我方规定暂扣货物，并向所称的签发机关查询。",
        ),
    }
)
_POINTS: Mapping[str, Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "balance_exceeded": {
            "en": (
                "More is presented than is left of what was certified.",
                "Do not accept the excess. Ask, or open a case.",
            ),
            "zh": ("所交验数量多于证书剩余数量。", "请勿接受超出部分。请查询或立案。"),
        },
        "open_elsewhere": {
            "en": (
                "The same certificate is being checked at another office now.",
                "Compare container and seal, and ask the other office.",
            ),
            "zh": ("同一证书正在另一机构查验。", "请核对集装箱号和封识号，并联系该机构。"),
        },
        "certificate_missing": {
            "en": ("The goods need a certificate, and none was shown.", "Hold the goods under your own rules."),
            "zh": ("货物须附证书，但未出示。", "请按贵方规定暂扣货物。"),
        },
        "list_lag": {
            "en": ("The establishment was listed later than the day of issue.", "Accept with a reason, or ask."),
            "zh": ("该企业列入名单的日期晚于签发日。", "请说明理由后接受，或进行查询。"),
        },
        "paper_not_compared": {
            "en": (
                "What was shown first could not be held against the certificate.",
                "Check the paper again before you decide.",
            ),
            "zh": ("最初出示的内容未能与证书核对。", "请在决定前再次核验纸质证书。"),
        },
        "capacity": {
            "en": ("More is certified than this origin usually ships.", "Look at the goods, or ask."),
            "zh": ("所证数量超过该产地的通常出口量。", "请查验货物，或进行查询。"),
        },
        "route": {
            "en": ("The route or its time is hardly possible.", "Look at the journey papers, or ask."),
            "zh": ("运输路线或时间不合理。", "请核对运输单据，或进行查询。"),
        },
        "plausibility": {
            "en": ("Something about it or its goods is unusual.", "Look at goods, container and seal, or ask."),
            "zh": ("该证书或其货物存在异常情况。", "请查验货物、集装箱和封识，或进行查询。"),
        },
        "snapshot_old": {
            "en": ("What is known of its status is old.", "Check again when connected."),
            "zh": ("已知的状态信息较旧。", "请在联网后再次核验。"),
        },
    }
)
"""Reasons without an answer of their own: sentence and next step; the heading is the word of the class."""


def said_at_desk(verdict: Verdict, judged: Judgement, found: Found, desk: Desk, language: str) -> dict[str, Any]:
    """Return heading, sentence, next step and the headings of what applies besides, in one language."""
    heading, sentence, after = _words(verdict, judged, found, desk, language)
    also = list(also_headings(verdict, language=language))
    return {"heading": heading, "sentence": sentence, "next": after, "also_headings": also}


def _words(verdict: Verdict, judged: Judgement, found: Found, desk: Desk, language: str) -> _Words:
    first = judged.result if judged.reasons else verdict.result
    if found.record is None and not found.is_full and (special := _special(first, desk)) is not None:
        country = country_name(desk.destination, language)
        given = {"country": country, "number": found.number or verdict.number or ""}
        heading, sentence, after = (part.format_map(given) for part in special[language])
        return heading, sentence, after
    if first not in RESULTS and first in _POINTS:
        row = CLASS_WORDS[judged.verdict_class]
        return (row.chinese if language == "zh" else row.english, *_POINTS[first][language])
    said = words(verdict, language=language, extra=_extra(found))
    return said.heading, said.sentence, said.next_step


def _special(result: str, desk: Desk) -> Mapping[str, _Words] | None:
    if result == "never_issued" and desk.actor.country:
        return _ABROAD
    return _NOT_RECEIVED if result == "no_match" and not desk.actor.country else None


def _extra(found: Found) -> dict[str, str]:
    explained = sum(1 for each in found.fields if each.word.value == "explained")
    return {**({"count": str(explained)} if explained else {}), **found.extra}
