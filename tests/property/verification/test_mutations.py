"""Files damaged or forged at random: always an answer that somebody foresaw, never other content taken for good."""

from hypothesis import given, settings
from hypothesis import strategies as st

from opensps.verification import Upload, unpack
from tests.factories.records import checked, packed, pdf, record, sealed
from tests.factories.signing import document
from tests.vectors.attacks.seals import enveloped

XML = document()
PAIR, RECORD = sealed(XML), record(XML)
SEAL, INSIDE = PAIR.seal or b"", enveloped(XML)
GENUINE = checked(PAIR, RECORD).certificate
CONTAINERS = (packed(a_xml=XML, a_xades=SEAL), pdf("ORIGINAL", a_xml=XML, a_xades=SEAL))

Mutation = tuple[str, float, float, bytes]
mutations: st.SearchStrategy[list[Mutation]] = st.lists(
    st.tuples(
        st.sampled_from(["replace", "insert", "cut", "repeat", "swap"]),
        st.floats(0, 1),
        st.floats(0, 1),
        st.binary(max_size=6)
        | st.sampled_from([b"<", b">", b"<!--x-->", b"&#65;", b"\x00", b'"', b"#", b"<ds:Object/>"]),
    ),
    min_size=1,
    max_size=3,
)


def mutated(data: bytes, steps: list[Mutation]) -> bytes:
    for kind, one, other, piece in steps:
        start, end = sorted((int(one * len(data)), int(other * len(data))))
        end = min(end, start + 200)
        middle = data[start:end]
        data = (
            data[:start]
            + {
                "replace": piece + middle[len(piece) :],
                "insert": piece + middle,
                "cut": b"",
                "repeat": middle + middle,
                "swap": middle[len(middle) // 2 :] + middle[: len(middle) // 2],
            }[kind]
            + data[end:]
        )
    return data


def is_foreseen(upload: Upload) -> bool:
    """Whether there was an answer, and no other content was taken for genuine."""
    verdict = checked(upload, RECORD)
    return verdict.result != "unavailable" and verdict.certificate in {None, GENUINE}


@settings(max_examples=100)
@given(mutations)
def test_a_mutated_document_is_never_taken_for_another_genuine_one(steps: list[Mutation]) -> None:
    assert is_foreseen(Upload(xml=mutated(XML, steps), seal=SEAL))


@settings(max_examples=100)
@given(mutations)
def test_a_mutated_seal_never_lets_anything_through(steps: list[Mutation]) -> None:
    assert is_foreseen(Upload(xml=XML, seal=mutated(SEAL, steps)))
    assert is_foreseen(Upload(xml=document(goods="Ginger"), seal=mutated(SEAL, steps)))


@settings(max_examples=100)
@given(mutations)
def test_a_mutated_enveloped_signature_never_lets_anything_through(steps: list[Mutation]) -> None:
    assert is_foreseen(Upload(xml=mutated(INSIDE, steps)))


@settings(max_examples=80)
@given(st.sampled_from(CONTAINERS), mutations)
def test_a_mutated_container_is_unpacked_or_refused(container: bytes, steps: list[Mutation]) -> None:
    assert is_foreseen(unpack("a.zip", mutated(container, steps)))


@settings(max_examples=80)
@given(st.sampled_from([b"", b"PK\x03\x04", b"%PDF-1.7\n", b"<", b"\xff\xfe<\x00"]), st.binary(max_size=300))
def test_any_bytes_are_unpacked_or_refused(start: bytes, rest: bytes) -> None:
    assert is_foreseen(unpack("a", start + rest))
