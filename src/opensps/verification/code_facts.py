"""The facts a printed code carries, for the person who holds the paper beside the goods (`trust.md` 5.7)."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from opensps.certificate.direction import with_direction_shown
from opensps.codes import country_name, label
from opensps.formats.qr_payload import Claims
from opensps.verification.disclosure import Fact
from opensps.verification.labels import LABELS

OWN_LABELS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "valid_until": ("Valid until", "有效期至"),
        "container_or_seal": ("Containers and seals", "集装箱号和封识号"),
        "copy": ("Copy", "副本"),
        "page": ("Page", "页"),
    }
)


def code_facts(claims: Claims, *, language: str = "en", authority: str = "") -> tuple[Fact, ...]:
    """Return what the code says, in the order of a result page; `authority` is the name in the trust list."""
    place = 1 if language.startswith("zh") else 0
    shown = ((key, with_direction_shown(value)) for key, value in _facts(claims, language, authority))
    return tuple(Fact(key, (LABELS.get(key) or OWN_LABELS[key])[place], value) for key, value in shown if value)


def _facts(claims: Claims, language: str, authority: str) -> Iterator[tuple[str, str]]:
    yield "type", label("un_1001", claims.type_code, language)
    yield "number", claims.number
    yield "authority", authority
    yield "issued", claims.issued_at.date().isoformat()
    yield "valid_until", claims.valid_until.date().isoformat() if claims.valid_until is not None else ""
    for line in claims.goods:
        yield "goods", line.name
        yield "quantity", f"{line.quantity:,f} {label('un_rec20', line.unit, language)}"
    yield "from", _country(claims.issuer[:2], language)
    yield "to", _country(claims.import_country, language)
    yield "container_or_seal", "; ".join(claims.marks)
    yield "copy", str(claims.copy) if claims.copy is not None else ""
    yield "page", f"{claims.page[0]}/{claims.page[1]}" if claims.page is not None else ""


def _country(code: str, language: str) -> str:
    name = country_name(code, language)
    return f"{name} ({code})" if name != code else code
