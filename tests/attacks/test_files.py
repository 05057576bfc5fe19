"""Attacks 2, 4, 6, 8, 14, 16 and 17 on a file that is dropped at the door: never taken for what was issued."""

import io
import os
from datetime import timedelta
from typing import Any

import pikepdf
import pytest

from opensps.certification.models import Certificate
from opensps.formats import read_certificate, write_certificate
from opensps.formats.pdf import AttachedFile, Carrier, Mark, render
from opensps.signing import TrustList, seal
from opensps.signing.trust_entries import TrustedAuthority
from opensps.signing.trust_lines import Entries
from tests.attacks.doors import Door, expect
from tests.attacks.world import HOST, USES, World, sealed_files
from tests.factories import signing
from tests.factories.alterations import leaves, one_more, put, written
from tests.factories.signing import UntrustedTestSigner, document

pytestmark = pytest.mark.django_db
LINE = "consignment.items[0].trade_line_items[0]"


def xml_of(certificate: Certificate) -> bytes:
    return bytes(certificate.xml or b"")


def changed(certificate: Certificate, field: str) -> bytes:
    """The certificate with one field a unit more, as a forger writes it."""
    value = read_certificate(xml_of(certificate)).certificate
    assert value is not None
    path, held = next((path, held) for path, held in leaves(value) if written(path) == field)
    return write_certificate(put(value, path, one_more(held)))


def test_the_genuine_file_is_green(public: Door, world: World) -> None:
    """Otherwise the attacks would prove nothing."""
    expect(public.files(*sealed_files(world.genuine)), "green", "in_force")
    assert public.files(*sealed_files(world.genuine)).fields == frozenset()


@pytest.mark.parametrize(
    "field",
    [
        f"{LINE}.net_weight.value",
        f"{LINE}.packages[0].count",
        f"{LINE}.scientific_names[0].value",
        "consignment.consignee.name",
        "consignment.transport_equipment[0].id.value",
    ],
)
def test_attack_02_a_raised_quantity_or_other_field_is_named(official: Door, world: World, field: str) -> None:
    forged = changed(world.genuine, field)
    answer = official.files(*sealed_files(world.genuine, xml=forged))
    expect(answer, "red", "file_altered", "integrity.digest")
    assert [field.startswith(each) for each in answer.fields] == [True], answer.fields


def test_attack_02_the_stranger_hears_that_it_was_altered_and_not_what_is_true(public: Door, world: World) -> None:
    answer = public.files(*sealed_files(world.genuine, xml=changed(world.genuine, f"{LINE}.net_weight.value")))
    expect(answer, "red", "file_altered")
    assert answer.fields == frozenset()


def test_attack_02_the_seal_left_out_names_the_field_to_officials(official: Door, world: World) -> None:
    forged = changed(world.genuine, f"{LINE}.net_weight.value")
    answer = official.files(("certificate.xml", forged))
    expect(answer, "red", "fields_differ", "consistency.fields_differ")
    assert answer.fields == {f"{LINE}.net_weight"}


def test_attack_04_two_sealed_certificates_under_one_number(public: Door, world: World) -> None:
    other = changed(world.genuine, f"{LINE}.net_weight.value")
    resealed = seal(other, signer=signing.signer(), at=world.genuine.sealed_at)
    answer = public.files(*sealed_files(world.genuine, xml=other, seal=resealed))
    expect(answer, "red", "duplicate_number", "consistency.equivocation")


def sealed_by(who: UntrustedTestSigner, certificate: Certificate) -> Any:
    made = seal(xml_of(certificate), signer=who, at=certificate.sealed_at)
    return sealed_files(certificate, seal=made)


def believed(folder: Any, *keys: Any) -> None:
    """Let the installation believe these keys and nobody else."""
    listed = {key.authority for key in keys} | {"XA"}
    authorities = tuple(TrustedAuthority(code, f"Authority {code}", (HOST,)) for code in sorted(listed))
    held = (folder / "trust.note").read_bytes()
    note = signing.signed_list(Entries(authorities, keys), issued_at=_issued_at(held))
    (folder / "trust.note").write_bytes(note)
    _touch(folder / "trust.note")


def _issued_at(note: bytes) -> Any:
    return TrustList.load_signed(note, roots=signing.root_keys()).issued_at


def _touch(path: Any) -> None:
    stat = path.stat()
    os.utime(path, (stat.st_atime, stat.st_mtime + 5))


def signer_unknown(_certificate: Certificate) -> Any:
    return signing.stranger(), ()


def signer_expired(certificate: Certificate) -> Any:
    key = signing.trusted(uses=USES, to_at=certificate.sealed_at - timedelta(days=1))
    return signing.signer(), (key,)


def signer_not_yet(certificate: Certificate) -> Any:
    key = signing.trusted(uses=USES, from_at=certificate.sealed_at + timedelta(days=1))
    return signing.signer(), (key,)


def signer_of_another_office(_certificate: Certificate) -> Any:
    who = UntrustedTestSigner.make(authority="XB")
    return who, (signing.trusted(uses=USES), signing.trusted(who, authority="XB", uses=USES))


def signer_for_another_kind(_certificate: Certificate) -> Any:
    return signing.signer(), (signing.trusted(uses=USES, types=("853",)),)


@pytest.mark.parametrize(
    ("case", "result", "reason"),
    [
        (signer_unknown, "foreign_signature", "signer.unknown_key"),
        (signer_expired, "key_not_valid", "signer.retired"),
        (signer_not_yet, "key_not_valid", "signer.retired"),
        (signer_of_another_office, "foreign_signature", "signer.other_authority"),
        (signer_for_another_kind, "key_not_valid", "signer.type"),
    ],
)
def test_attack_06_a_false_signature_has_its_own_answer(
    public: Door, world: World, tmp_path: Any, case: Any, result: str, reason: str
) -> None:
    who, keys = case(world.genuine)
    if keys:
        believed(tmp_path, *keys)
    expect(public.files(*sealed_by(who, world.genuine)), "red", result, reason)


def paper(certificate: Certificate, *, xml: bytes | None = None) -> bytes:
    """The certificate as it is printed, with the files inside."""
    value = read_certificate(xml_of(certificate)).certificate
    assert value is not None
    number = certificate.number
    inside = (
        AttachedFile(f"{number}.xml", xml or xml_of(certificate), "source", "application/xml", "eCert XML"),
        AttachedFile(f"{number}.xades", bytes(certificate.seal or b""), "supplement", "application/xml", "Seal"),
    )
    carrier = Carrier(
        url=f"HTTPS://V.ECERT.EXAMPLE/C/{certificate.token}", check_host=HOST, number=number, code=certificate.code
    )
    return render(value, layout="phyto-export", mark=Mark.ORIGINAL, carrier=carrier, attached=inside)


def test_attack_08_the_data_inside_a_paper_are_not_those_of_its_seal(official: Door, world: World) -> None:
    assert official.files(("paper.pdf", paper(world.genuine))).verdict == ("green", "in_force")
    forged = changed(world.genuine, f"{LINE}.net_weight.value")
    answer = official.files(("paper.pdf", paper(world.genuine, xml=forged)))
    expect(answer, "red", "file_altered", "integrity.digest")
    assert answer.fields == {f"{LINE}.net_weight"}


def test_attack_08_a_paper_of_one_with_the_files_of_another_shows_what_was_sealed(public: Door, world: World) -> None:
    """The look decides nothing: the answer shows the facts that were signed."""
    mixed = paper(world.genuine, xml=xml_of(world.second))
    expect(public.files(("paper.pdf", mixed)), "red", "file_altered")


def test_attack_08_a_blank_form_or_scan_is_not_a_certificate(public: Door, world: World) -> None:
    value = read_certificate(xml_of(world.genuine)).certificate
    assert value is not None
    expect(public.files(("draft.pdf", render(value, layout="phyto-export", mark=Mark.DRAFT))), "red", "not_issued")
    with pikepdf.new() as blank:
        blank.add_blank_page()
        held = io.BytesIO()
        blank.save(held)
    assert public.files(("blank.pdf", held.getvalue())).verdict[0] in {"grey", "red"}


def test_attack_16_a_stolen_key_signs_what_no_register_and_no_log_holds(public: Door, world: World) -> None:
    invented = document(number="XA-2026-014-0999999-0")
    made = seal(invented, signer=signing.signer(), at=world.genuine.sealed_at)
    answer = public.files(("certificate.xml", invented), ("certificate.xades", made))
    assert answer.verdict[0] == "red"
    assert answer.verdict[1] in {"not_recorded", "malformed"}, answer.said


def test_attack_17_a_withdrawn_certificate_is_red_at_every_door(public: Door, world: World) -> None:
    gone = world.withdrawn
    for answer in (
        public.number(gone.number, gone.code),
        public.token(gone.token),
        public.files(*sealed_files(gone)),
        public.files(("certificate.xml", xml_of(gone))),
        public.files(("paper.pdf", paper(gone))),
    ):
        expect(answer, "red", "withdrawn", "status.withdrawn")
