"""The words of the offline check, for a browser to fill in: answers, labels, names of countries, types and units."""

from functools import lru_cache
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opensps.certificate import TYPE_CODES
from opensps.codes import country_name, get, label
from opensps.codes.countries import COUNTRY_LIST
from opensps.verification.code_facts import OWN_LABELS
from opensps.verification.labels import LABELS
from opensps.verification.results import CHECKS, RESULTS, Result
from opensps.verification.words import FALLBACKS
from opensps.web.html.answer import LINES

_UNITS = "un_rec20"


@lru_cache(maxsize=4)
def words(language: str) -> dict[str, Any]:
    """Return everything in one language, as data for `json.dumps`."""
    place = 1 if language.startswith("zh") else 0
    short = ("en", "zh")[place]
    with translation.override(language):
        return {
            "results": {code: _result(each, place) for code, each in RESULTS.items()},
            "fallbacks": {name: phrases[place] for name, phrases in FALLBACKS.items()},
            "lines": _lines(),
            "labels": {key: pair[place] for key, pair in {**LABELS, **OWN_LABELS}.items()},
            "types": {code: label("un_1001", code, short) for code in sorted(set(TYPE_CODES.values()))},
            "countries": _countries(short),
            "units": {code: label(_UNITS, code, short) for code in get(_UNITS).entries},
            "phrases": _phrases(),
        }


def _countries(language: str) -> dict[str, str]:
    return {code: country_name(code, language) for code in sorted(get(COUNTRY_LIST).entries)}


def _result(each: Result, place: int) -> dict[str, str]:
    heading = each.heading
    return {
        "heading": (heading.english, heading.chinese)[place],
        "sentence": (each.english_sentence, each.chinese_sentence)[place],
        "next": (each.english_next, each.chinese_next)[place],
        "band": each.band,
        "class": heading.band,
        "checks": each.checks,
    }


def _lines() -> list[dict[str, str]]:
    found = []
    for name in CHECKS:
        words_of, texts = LINES[name]
        found.append({"label": str(words_of), **{outcome: str(text) for outcome, text in texts.items()}})
    return found


def _phrases() -> dict[str, str]:
    """Return what the page says of itself; words in braces are filled in by the program."""
    return {
        "checked": _("Checked {time} on this device."),
        "none": _("Nothing is kept on this device yet: press the button below while you are connected."),
        "age": _("{time}, {age} old"),
        "stale": _("{time}, {age} old: too old for a green answer"),
        "list": _("Number {serial}, issued {time}"),
        "unsigned": _("Of this demonstration only, signed by nobody"),
        "log": _("{size} entries, seen by {witnesses}"),
        "nobody": _("nobody else yet"),
        "kept": _("Kept on this device: this page, the trust list and the newest status list. You may go offline."),
        "unreachable": _("The service cannot be reached. What is kept on this device stays as it is."),
        "refused": _(
            "The new data was refused and the old data kept: its trust list is older than the one seen here, "
            "or not signed by the root keys known here."
        ),
        "unsupported": _(
            "This browser cannot check one kind of signature (Ed25519). Use a newer browser, or opensps verify."
        ),
        "no_worker": _(
            "The data is kept, but this browser keeps no pages for use without a network. "
            "The check works while this page stays open."
        ),
        "busy": _("One moment …"),
        "no_code": _("No code was found in this picture. Take it closer, straight and in good light."),
        "cannot_read": _(
            "This browser cannot read codes from pictures. Paste the text of the code, "
            "or use the scan page while you are connected."
        ),
        "no_camera": _("The camera cannot be used. Allow it in the browser, or choose another way."),
        "looking": _("Hold the code in front of the camera."),
        "stopped": _("The camera is off."),
        "files": _(
            "Choose the XML of the certificate with its seal and its proof, or the ZIP that holds them. "
            "A PDF cannot be opened here: scan its code."
        ),
        "again": _("Check again online"),
        "nothing_listed": _("Nothing has been checked on this device yet."),
        "colon": pgettext("before a list", ":"),
    }
