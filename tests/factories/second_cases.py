"""What the two verifiers are held against each other on: codes, keys, lists, files, seals and proofs, good and bad."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from opensps.formats import cbor, cose, qr_text
from opensps.formats.qr_payload import GoodsLine, write_claims
from opensps.signing import LogPosition, Quorum, TrustList
from opensps.transparency.leaf import LeafEvent
from opensps.verification import Upload
from tests.factories import logs
from tests.factories.proofs import (
    HOST,
    HOUR,
    LOG_ID,
    SALT,
    USES,
    at_hour,
    claims,
    code,
    leaf,
    proven,
    status_list,
    trust,
)
from tests.factories.records import sealed
from tests.factories.second_case import FRESH, GOOD, GOOD_CODE, Case, listed
from tests.factories.signing import NOW, document, roots, signed_list, signer, stranger, trusted
from tests.vectors.attacks.seals import enveloped

FAR = timedelta(days=20)

OTHERS = {
    "an empty trust list": signed_list(TrustList().entries),
    "an expired trust list": listed(issued_at=NOW - timedelta(days=31)),
    "one root only": listed(by=roots()[:1]),
    "a root twice": listed(by=(roots()[0], roots()[0])),
    "all three roots": listed(by=roots()),
    "a stranger as root": listed(by=(roots()[0], logs.signer("root-2.example", logs.LOG.type))),
    "a list with one letter changed": listed().replace(b"Authority XA", b"Authority XZ"),
    "a list cut short": listed()[:-40],
    "nothing at all": b"",
    "an unsigned list with real keys": b"ecert-trust-list/v1\nunsigned-local\n" + listed().split(b"\n", 5)[5][:900],
    "an unknown keyword": listed().replace(b"\nhost XA", b"\nhots XA"),
}
"""Trust lists that mostly may not be believed."""

TRAINING = TrustList(trust().authorities, (trusted(uses=("training",)),), trust().logs, trust().witnesses)


def _codes() -> Iterator[Case]:
    said: dict[str, dict[str, Any]] = {
        "a genuine code": {},
        "goods, marks, an end": {
            "goods": (GoodsLine("Garlic 大蒜", Decimal("12.50"), "KGM"), GoodsLine("Onions", Decimal(3), "TNE")),
            "marks": ("MSKU1234565", "SEAL-9"),
            "valid_until": NOW + timedelta(days=9),
        },
        "out of date": {"valid_until": NOW - timedelta(days=1), "issued_at": NOW - timedelta(days=9)},
        "ends before it begins": {"valid_until": NOW + timedelta(hours=1), "issued_at": NOW + timedelta(hours=2)},
        "dated ahead": {"issued_at": NOW + timedelta(hours=25)},
        "no place in a log": {"position": None},
        "place of another log": {"position": (b"log2", 5)},
        "a place that the list does not cover": {"position": (LOG_ID, 11)},
        "another authority's number": {"number": "XB-2026-014-0004512-0"},
        "a number of a partner": {"number": "AB/2026/77 (a)"},
        "a type the key may not sign": {"type_code": "1"},
        "an outage block": {"block": "B-17", "position": None},
        "another issuer": {"issuer": "XB"},
        "no salt": {"salt": None},
        "page two": {"page": (2, 3), "copy": 2},
    }
    for name, changes in said.items():
        yield Case(f"code: {name}", code(claims(**changes)))
    yield Case("code: a look-alike host", code(host="v.ecert.examp1e"))
    yield Case("code: a host of another authority", code(host="v.xb.example"))
    yield Case("code: by a stranger", code(who=stranger()))
    yield Case("code: another token", GOOD_CODE.replace("/C/", "/C/0")[: len(GOOD_CODE)])
    yield Case(
        "code: a token of another certificate", f"HTTPS://{HOST.upper()}/C/{'0' * 20}#{GOOD_CODE.partition('#')[2]}"
    )
    yield Case("code: a plain link", GOOD_CODE.partition("#")[0])
    yield Case("code: bare", qr_text.write_bare(_message()))
    yield Case("code: too long", "A" * 5000)
    yield Case("code: not one at all", "https://elsewhere.example/")
    yield Case("code: another version", GOOD_CODE.replace("#1", "#2"))
    yield Case("code: loose bits", GOOD_CODE + "A")


def _message() -> bytes:
    message = qr_text.read_code(GOOD_CODE).message
    assert message is not None
    return message


def _odd_messages() -> Iterator[Case]:
    kid, sign = signer().kid, signer().sign
    good = cbor.loads(write_claims(claims()))
    assert isinstance(good, dict)
    own = good[-70001]
    odd: dict[str, cbor.Plain] = {
        "no map": (1, 2),
        "no number": {key: value for key, value in good.items() if key != 2},
        "a number of blanks": {**good, 2: "AA  1"},
        "a time of text": {**good, 6: "now"},
        "a digest too short": {**good, -70001: {**own, 1: bytes(31)}},
        "an unknown claim": {**good, 99: "whatever"},
        "a negative quantity": {**good, -70001: {**own, 4: (("Garlic", -1, "KGM"),)}},
        "hidden signs": {**good, -70001: {**own, 7: ("\u202eMSKU",)}},
        "four lines of goods": {**good, -70001: {**own, 4: (("a", 1, "b"),) * 4}},
        "page three of two": {**good, -70001: {**own, 9: (3, 2)}},
        "an index beyond all": {**good, -70001: {**own, 5: (LOG_ID, 1 << 63)}},
        "a large index": {**good, -70001: {**own, 5: (LOG_ID, (1 << 63) - 1)}},
    }
    for name, payload in odd.items():
        message = cose.write_sign1(cbor.dumps(payload), kid=kid, sign=sign)
        yield Case(f"claims: {name}", qr_text.write_bare(message))
    written = write_claims(claims())
    yield Case(
        "message: a name of a key of four bytes", qr_text.write_bare(cose.write_sign1(written, kid=kid[:4], sign=sign))
    )
    yield Case(
        "message: with a content type",
        qr_text.write_bare(cose.write_sign1(written, kid=kid, sign=sign, content_type="x")),
    )
    yield Case(
        "message: a signature too short",
        qr_text.write_bare(cose.write_sign1(written, kid=kid, sign=lambda _: bytes(63))),
    )
    yield Case(
        "message: a signature of zeros",
        qr_text.write_bare(cose.write_sign1(written, kid=kid, sign=lambda _: bytes(64))),
    )
    yield Case("message: no tag", qr_text.write_bare(_message()[1:]))
    yield Case("message: something behind it", qr_text.write_bare(_message() + b"\0"))


def _keys() -> Iterator[Case]:
    entries: dict[str, dict[str, Any]] = {
        "xml only": {"uses": ("xml",)},
        "qr only": {"uses": ("qr", "status")},
        "training": {"uses": ("training",)},
        "other types": {"uses": USES, "types": ("657",)},
        "another authority": {"uses": USES, "authority": "XB"},
        "retired before": {"uses": USES, "to_at": LogPosition(logs.ORIGIN, 3)},
        "retired after": {"uses": USES, "to_at": LogPosition(logs.ORIGIN, 6)},
        "distrusted from before": {"uses": USES, "distrusted_from": LogPosition(logs.ORIGIN, 3)},
        "distrusted from after": {"uses": USES, "distrusted_from": LogPosition(logs.ORIGIN, 6)},
        "not yet": {"uses": USES, "from_at": NOW},
        "from a later place": {"uses": USES, "from_at": LogPosition(logs.ORIGIN, 6)},
        "retired at a time": {"uses": USES, "to_at": NOW - timedelta(hours=1)},
        "retired in another log": {"uses": USES, "to_at": LogPosition("log.other/1", 6)},
    }
    status = trusted(stranger(), uses=("status",))
    for name, changes in entries.items():
        by, lists = listed(trust(trusted(**changes), status)), (status_list(who=stranger()),)
        yield Case(f"key {name}: code", GOOD_CODE, trust=by, lists=lists)
        yield Case(f"key {name}: file", upload=GOOD, trust=by, lists=lists)
    training = TRAINING.dump().encode()
    for may in (True, False):
        yield Case(f"unsigned list, demo {may}: code", GOOD_CODE, trust=training, accepts_training=may)
        yield Case(f"unsigned list, demo {may}: file", upload=GOOD, trust=training, accepts_training=may)
    for name, raw in OTHERS.items():
        yield Case(f"trust list: {name}", GOOD_CODE, trust=raw or b"\n")


def _standing() -> Iterator[Case]:
    hands: dict[str, dict[str, Any]] = {
        "no list": {"lists": ()},
        "withdrawn": {"lists": (status_list(LeafEvent.WITHDRAW),)},
        "replaced": {"lists": (status_list(LeafEvent.REPLACE),)},
        "on hold": {"lists": (status_list(LeafEvent.HOLD),)},
        "lifted again": {"lists": (status_list(LeafEvent.HOLD, LeafEvent.LIFT),)},
        "withdrawn long ago": {"lists": (status_list(LeafEvent.WITHDRAW, issued_at=NOW - FAR),)},
        "25 hours old": {"lists": (status_list(issued_at=NOW - timedelta(hours=25)),)},
        "from ahead": {"lists": (status_list(issued_at=NOW + timedelta(hours=2)),)},
        "too short": {"lists": (status_list(size=5),)},
        "of another log": {"lists": (status_list(log_id=b"log2"),)},
        "by a stranger": {"lists": (status_list(LeafEvent.WITHDRAW, who=stranger()),)},
        "broken": {"lists": (b"no list", FRESH[0][:-1], FRESH[0][:-1] + bytes([FRESH[0][-1] ^ 1]))},
        "two, the newer holds": {"lists": (status_list(LeafEvent.HOLD, size=8), status_list(size=11))},
        "trust list of last week": {"fetched_at": NOW - timedelta(days=8)},
        "trust list of yesterday": {"fetched_at": NOW - timedelta(days=1)},
    }
    for name, hand in hands.items():
        yield Case(f"status {name}: code", GOOD_CODE, **hand)
        yield Case(f"status {name}: file", upload=GOOD, **hand)


def _files() -> Iterator[Case]:
    texts = {
        "a comment": document(number="XA-2026-<!-- -->014-0004512-0"),
        "an instruction": document(extra="<?x y?>"),
        "a section of CDATA": document(goods="<![CDATA[Garlic]]>"),
        "a foreign element": document(extra='<x xmlns="urn:x">1</x>'),
        "a foreign attribute": document(extra='<ram:Description xmlns:x="urn:x" x:y="1">b</ram:Description>'),
        "a weight of words": document(weight="a ton"),
        "a country twice": document(country="XA</ram:ID><ram:ID>XB"),
        "an issue ahead": document(issued="2026-12-24T10:15:00Z"),
        "no date": document(issued="soon"),
        "signs beyond the plain": document(goods="Garlic &amp; &lt;大蒜&gt; &quot;A&quot; &#x1F9C4;\t\r\n é&#13;"),
        "another authority's number": document(number="XB-2026-014-0004512-0"),
        "a relative name space": document(extra='<x:y xmlns:x="relative"/>'),
        "a name space of no address": document(extra='<x:y xmlns:x="5rn:un"/>'),
        "a type nobody signs": document(type_code="9"),
        "another country": document(country="XB"),
    }
    for name, xml in texts.items():
        yield Case(f"file with {name}", upload=_proven(xml))
    yield Case("file with its seal inside", upload=_enveloped())
    for name, old, new in (
        ("xml: another weight", b">1000<", b">9000<"),
        ("xml: another country", b">XB<", b">XC<"),
        ("xml: a blank more", b"Garlic", b"Garlic "),
        ("xml: an entity", b"Garlic", b"&g;"),
        ("xml: an open end", b"</rsm:SPSCertificate>", b""),
        ("xml: not a certificate", b"rsm:SPSCertificate", b"rsm:Certificate"),
        ("xml: a document type", b"<rsm:SPSCertificate", b"<!DOCTYPE x><rsm:SPSCertificate"),
    ):
        yield Case(name, upload=replace(GOOD, xml=(GOOD.xml or b"").replace(old, new)))
    yield Case("xml: in UTF-16", upload=replace(GOOD, xml=(GOOD.xml or b"").decode().encode("utf-16")))
    yield Case("xml: nothing", upload=replace(GOOD, xml=b" \n"))
    yield Case("xml: no seal", upload=replace(GOOD, seal=None))
    yield Case(
        "xml: prefixes changed only",
        upload=replace(GOOD, xml=(GOOD.xml or b"").replace(b"udt:", b"u:").replace(b"xmlns:udt", b"xmlns:u")),
    )


def _proven(xml: bytes) -> Upload:
    """Return a document with seal and proof, even where it could not be read afterwards."""
    try:
        return proven(upload=sealed(xml))
    except Exception:  # noqa: BLE001  what cannot be sealed is shown beside the seal of another
        return replace(GOOD, xml=xml)


def _enveloped() -> Upload:
    inside = Upload(xml=enveloped())
    return proven(upload=inside, own=leaf(inside))


def _seals() -> Iterator[Case]:
    seal = GOOD.seal or b""
    for name, old, new in (
        ("another digest method", b"xmlenc#sha256", b"xmlenc#sha512"),
        ("another signature method", b"ecdsa-sha256", b"ecdsa-sha512"),
        ("another document", b"urn:ecert:document", b"urn:ecert:documenT"),
        ("another canonical form", b"2001/10/xml-exc-c14n#", b"2001/10/xml-exc-c14n#WithComments"),
        ("another target", b'Target="#', b'Target="#x'),
        ("another time", b"T10:16:00", b"T10:17:00"),
        ("another name", b"SigningTime", b"SigningTimf"),
        ("a key value", b"<ds:X509Data>", b"<ds:KeyValue/><ds:X509Data>"),
        ("a comment", b"<ds:SignedInfo", b"<!-- --><ds:SignedInfo"),
    ):
        yield Case(f"seal: {name}", upload=replace(GOOD, seal=seal.replace(old, new)))
    yield Case("seal: of another", upload=replace(GOOD, seal=sealed(who=stranger()).seal))
    yield Case("seal: of another document", upload=replace(GOOD, seal=sealed(document(weight="2")).seal))
    yield Case("seal: cut short", upload=replace(GOOD, seal=seal[:-30]))
    at = seal.index(b"SignatureValue>") + 20
    yield Case("seal: another value", upload=replace(GOOD, seal=seal[:at] + bytes([seal[at] ^ 1]) + seal[at + 1 :]))


def _proofs() -> Iterator[Case]:
    bundle = GOOD.bundle or b""
    uploads = {
        "genuine": GOOD,
        "none": replace(GOOD, bundle=None),
        "cut short": replace(GOOD, bundle=bundle[:60]),
        "another place": replace(GOOD, bundle=bundle.replace(b"index 5", b"index 4")),
        "a place behind the tree": replace(GOOD, bundle=bundle.replace(b"index 5", b"index 50")),
        "another event": proven(event=LeafEvent.WITHDRAW, prev_index=1, handle=bytes(16)),
        "another issuer": proven(issuer="XB"),
        "another key": proven(seal_kid=bytes(8)),
        "another seal": proven(seal_digest=bytes(32)),
        "another content": proven(commitment=bytes(32)),
        "no such hour": proven(hour=2**62),
        "logged late": proven(hour=HOUR - 30),
        "one witness": proven(logs.WITNESS_B),
        "one witness and a stranger": proven(logs.WITNESS_B, logs.signer("w.xd.example")),
        "both and a stranger": proven(logs.WITNESS_B, logs.WITNESS_C, logs.signer("w.xd.example")),
        "backdated": proven(
            upload=sealed(document(issued=f"{at_hour(HOUR) - timedelta(hours=25):%Y-%m-%dT%H:%M:%SZ}"))
        ),
        "an hour east": proven(upload=sealed(document(issued="2026-11-20T11:15:00+01:00"))),
        "of another log": replace(GOOD, bundle=_elsewhere()),
    }
    for name, upload in uploads.items():
        yield Case(f"proof: {name}", upload=upload)
    for witness in (b"witness.xb", b"witness.xc", logs.ORIGIN.encode() + b" "):
        yield Case(f"proof: bad line of {witness.decode()}", upload=replace(GOOD, bundle=_spoilt(bundle, witness)))
    young = at_hour(HOUR) + timedelta(minutes=90)
    gathering = (status_list(issued_at=young),)
    yield Case("proof: one witness, still gathering", upload=proven(logs.WITNESS_B), now=young, lists=gathering)
    early = at_hour(HOUR) + timedelta(hours=20)
    yield Case("proof: not there yet", upload=replace(GOOD, bundle=None), now=early)
    for profile in (0, 1, 2):
        by = listed(trust(profile=profile))
        yield Case(f"profile {profile}", upload=proven(logs.WITNESS_B), trust=by)
        yield Case(f"profile {profile} without proof", upload=replace(GOOD, bundle=None), trust=by)
    yield Case("no quorum named", upload=GOOD, trust=listed(trust(quorum=None)))
    yield Case("a quorum of one", upload=proven(logs.WITNESS_C), trust=listed(trust(quorum=Quorum(1, ("XC",)))))
    yield Case("no log named", upload=GOOD, trust=listed(replace(trust(), logs=())))


def _elsewhere() -> bytes:
    log = logs.MemoryLog(origin="log.xb.example/xb/2026", signer=logs.signer("log.xb.example/xb/2026", logs.LOG.type))
    log.leaves += [b"a", b"b"]
    return log.bundle(1, salt=SALT, leaf=leaf(GOOD), cosigners=(logs.WITNESS_B, logs.WITNESS_C))


def _spoilt(bundle: bytes, name: bytes) -> bytes:
    """Return a bundle in which the signature line of this name does not hold."""
    lines = bundle.decode().split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith(f"— {name.decode()}"))
    start = lines[at].index(" ", 3) + 20
    lines[at] = lines[at][:start] + ("A" if lines[at][start] != "A" else "B") + lines[at][start + 1 :]
    return "\n".join(lines).encode()


MAKERS = (_codes, _odd_messages, _keys, _standing, _files, _seals, _proofs)
