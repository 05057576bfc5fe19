"""An answer in words: heading, sentence and next step, in English or Chinese, with what is known filled in.

Pages may take the English templates of `results` through their own catalogue and use `placeholders` alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from opensps.codes import country_name
from opensps.verification.results import RESULTS
from opensps.verification.verdict import Verdict

FALLBACKS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "number": ("a certificate", "一份证书"),
        "date": ("a date not recorded", "未记录的日期"),
        "time": ("a time not recorded", "未记录的时间"),
        "age": ("some time", "一段时间"),
        "successor": ("the replacement", "替换后的证书"),
        "reason": ("not given", "未说明"),
        "name": ("an unknown signer", "未知签名者"),
        "address": ("not known", "未知"),
        "country": ("another country", "其他国家"),
        "office": ("an office", "有关机构"),
        "copy": ("one", "一"),
        "requirement": ("not named", "未列明"),
        "count": ("some", "若干"),
        "tries": ("a few", "数"),
        "reference": ("none", "无"),
    }
)
"""Placeholder -> what stands there, in English and Chinese, when nothing is known."""

NO_EXTRAS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Unit:
    since: timedelta
    """From which age on it is used."""

    length: timedelta
    one: str
    many: str
    chinese: str


_UNITS = (
    _Unit(timedelta(days=2), timedelta(days=1), "day", "days", "天"),
    _Unit(timedelta(hours=2), timedelta(hours=1), "hour", "hours", "小时"),
    _Unit(timedelta(0), timedelta(minutes=1), "minute", "minutes", "分钟"),
)


@dataclass(frozen=True, slots=True)
class Words:
    """What a person reads first."""

    heading: str
    sentence: str
    next_step: str


def words(verdict: Verdict, *, language: str = "en", extra: Mapping[str, str] = NO_EXTRAS) -> Words:
    """Return the answer in words; `extra` fills placeholders only the caller knows, such as {tries} or {reference}."""
    answer, filled = verdict.answer, {**placeholders(verdict, language=language), **extra}
    if language.startswith("zh"):
        templates = (answer.heading.chinese, answer.chinese_sentence, answer.chinese_next)
    else:
        templates = (answer.heading.english, answer.english_sentence, answer.english_next)
    return Words(*(template.format_map(filled) for template in templates))


def also_headings(verdict: Verdict, *, language: str = "en") -> tuple[str, ...]:
    """Return the headings of the answers that apply besides the first, in its order."""
    filled = placeholders(verdict, language=language)
    headings = (RESULTS[code].heading for code in verdict.also)
    chosen = ((each.chinese if language.startswith("zh") else each.english) for each in headings)
    return tuple(heading.format_map(filled) for heading in chosen)


def placeholders(
    verdict: Verdict, *, language: str = "en", show: Callable[[datetime], str] | None = None
) -> Mapping[str, str]:
    """Return a value for every placeholder, the fallback where nothing is known.

    `show` writes a moment for its reader; without it dates are ISO 8601 in UTC.
    """
    place = 1 if language.startswith("zh") else 0
    day, moment = show or _day, show or _moment
    known = {
        "number": verdict.number,
        "date": _shown(_date(verdict), day),
        "time": _shown(verdict.as_of, moment),
        "age": _age(verdict, place),
        "successor": verdict.circumstances.successor,
        "reason": verdict.circumstances.public_reason.replace("_", " "),
        "name": verdict.signer,
        "address": verdict.circumstances.address,
        "copy": _copy(verdict.circumstances.copy, place),
        "country": country_name(verdict.issuing_country, language) if verdict.issuing_country else None,
    }
    return MappingProxyType({name: known.get(name) or phrases[place] for name, phrases in FALLBACKS.items()})


def _copy(number: int | None, place: int) -> str:
    """Return the number of a copy; 0 is the original paper."""
    if number is None:
        return ""
    return str(number) if number else ("0 (the original)", "0（正本）")[place]


def _date(verdict: Verdict) -> datetime | None:
    """Return the day a result speaks of: of the decision to come, of the signature, or of the last change."""
    circumstances = verdict.circumstances
    if verdict.result in {"on_hold", "unconfirmed"}:
        return circumstances.hold_until
    return circumstances.sealed_at if verdict.result == "key_not_valid" else circumstances.changed_at


def _shown(at: datetime | None, show: Callable[[datetime], str]) -> str | None:
    return show(at) if at is not None else None


def _day(at: datetime) -> str:
    return at.strftime("%Y-%m-%d")


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def _age(verdict: Verdict, place: int) -> str | None:
    """Return how old the status was when it was used: minutes, from two hours on hours, from two days on days."""
    if verdict.as_of is None or verdict.checked_at is None:
        return None
    age = max(verdict.checked_at - verdict.as_of, timedelta(0))
    unit = next(each for each in _UNITS if age >= each.since)
    count = age // unit.length
    return f"{count}{unit.chinese}" if place else f"{count} {unit.one if count == 1 else unit.many}"
