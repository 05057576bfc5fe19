"""Attack 8: a sealed paper bent in every way a forger bends PDFs, dropped at the public page and at the desk.

Not one of more than fifty is taken for what was issued. The look of a paper decides nothing: where the signature is
stripped with everything that tells of it, what is shown is what was sealed inside, never what the forger painted.
"""

import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pikepdf
import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from opensps.signing.pdf_seals import seal_pdf
from tests.attacks.desks import DeskDoor, foreign_officer
from tests.attacks.doors import Door
from tests.attacks.test_files import changed, paper
from tests.attacks.world import World, sealed_files
from tests.factories import signing

pytestmark = pytest.mark.django_db
LINE = "consignment.items[0].trade_line_items[0]"
FLIPS = 30
Bend = Callable[[bytes], bytes]
CHANGED = {"file_altered", "malformed", "unreadable"}


@pytest.fixture
def signed(world: World) -> bytes:
    """A genuine paper with files and signature."""
    return seal_pdf(paper(world.genuine), signer=signing.signer(), at=datetime.now(UTC).replace(microsecond=0))


def flips(pdf: bytes, count: int = FLIPS) -> Iterator[tuple[str, bytes]]:
    """One bit changed, all over the file, and at each place where a reader looks for the signature."""
    marks = [found.start() for word in MARKS for found in re.finditer(word, pdf)]
    for place in (*range(7, len(pdf), len(pdf) // count), *marks):
        yield f"bit at {place}", pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


MARKS = (rb"ByteRange", rb"/Contents ?<", rb"/Type ?/Sig", rb"/FT ?/Sig", rb"startxref", rb"/EmbeddedFiles", rb"%%EOF")


def saved(pdf: pikepdf.Pdf) -> bytes:
    held = io.BytesIO()
    pdf.save(held)
    return held.getvalue()


def updated(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """Append a new version, as an editor does that respects signatures."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def _title(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/Lang"] = writer.root.get("/Lang", writer.root["/Type"])
    writer.update_root()


def _page_gone(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    pages["/Count"] = pages["/Count"]
    writer.update_container(pages)


def zeros(pdf: bytes) -> bytes:
    found = re.search(rb"/Contents ?<([0-9a-fA-F]{400,})", pdf)
    assert found is not None
    return pdf[: found.start(1)] + b"0" * len(found[1]) + pdf[found.end(1) :]


BENDS: dict[str, Bend] = {
    "an update": lambda pdf: updated(pdf, _title),
    "an update of its pages": lambda pdf: updated(pdf, _page_gone),
    "two updates": lambda pdf: updated(updated(pdf, _title), _page_gone),
    "text at its end": lambda pdf: pdf + b"\n% more",
    "a line at its end": lambda pdf: pdf + b"\n",
    "a second end": lambda pdf: pdf + b"startxref\n0\n%%EOF\n",
    "another paper behind": lambda pdf: pdf + pdf,
    "text before its beginning": lambda pdf: b"%PDF-1.7\n" + pdf,
    "cut at the end": lambda pdf: pdf[:-40],
    "cut in the middle": lambda pdf: pdf[: len(pdf) // 2],
    "a signature of zeros": zeros,
    "two ranges": lambda pdf: pdf + re.findall(rb"/ByteRange *\[[^\]]*\]", pdf)[0],
    "a shorter range": lambda pdf: re.sub(rb"(/ByteRange *\[ *0 +)\d", rb"\g<1>0", pdf),
    "a range under another name": lambda pdf: pdf.replace(b"/ByteRange", b"/Byte#52ange"),
    "a range that was taken out": lambda pdf: re.sub(rb"/ByteRange *\[[^\]]*\]", b"", pdf),
}


def test_attack_08_one_bit_anywhere_in_a_sealed_paper_is_seen(public: Door, signed: bytes) -> None:
    assert public.files(("paper.pdf", signed)).verdict == ("green", "in_force")
    wrong = {}
    for name, bent in flips(signed):
        said = public.files(("paper.pdf", bent))
        if said.verdict[0] == "green" or said.verdict[1] not in CHANGED or said.said["facts"]:
            wrong[name] = said.verdict
    assert wrong == {}


def test_attack_08_updates_additions_and_cuts_are_seen(public: Door, signed: bytes) -> None:
    wrong = {}
    for name, bend in BENDS.items():
        bent = bend(signed)
        assert bent != signed, name
        said = public.files(("paper.pdf", bent))
        if said.verdict[1] not in CHANGED or said.said["facts"]:
            wrong[name] = said.verdict
    assert wrong == {}


def looks(world: World, signed: bytes) -> Iterator[tuple[str, tuple[tuple[str, bytes], ...], set[tuple[str, str]]]]:
    """Papers made anew of genuine parts, and what each has to be called."""
    forged = changed(world.genuine, f"{LINE}.net_weight.value")
    red = {("red", "file_altered")}
    yield "raised data under the genuine seal", (("a.pdf", paper(world.genuine, xml=forged)),), red
    yield "data of another certificate", (("a.pdf", paper(world.genuine, xml=bytes(world.second.xml or b""))),), red
    yield "the paper beside raised data", (("a.pdf", signed), ("b.xml", forged)), {*red, ("grey", "unreadable")}
    yield "no files inside", (("a.pdf", left_with(world, "")),), {("grey", "unreadable"), ("red", "malformed")}
    yield "data without seal", (("a.pdf", left_with(world, ".xml")),), {("green", "in_force"), ("amber", "in_force")}


def left_with(world: World, ending: str) -> bytes:
    """Return the paper with only those of its files whose names end so."""
    with pikepdf.open(io.BytesIO(paper(world.genuine))) as pdf:
        for name in tuple(pdf.attachments):
            if not ending or not name.endswith(ending):
                del pdf.attachments[name]
        return saved(pdf)


def test_attack_08_papers_made_of_genuine_parts(world: World, public: Door, signed: bytes) -> None:
    wrong = {}
    for name, files, right in looks(world, signed):
        said = public.files(*files)
        if said.verdict not in right:
            wrong[name] = said.verdict
    assert wrong == {}


def test_attack_08_another_text_on_the_same_paper_changes_no_fact_that_is_shown(world: World, public: Door) -> None:
    """Painted over and saved anew, every trace of a signature gone: the answer shows what was sealed."""
    with pikepdf.open(io.BytesIO(paper(world.genuine))) as pdf:
        pdf.pages[0].contents_add(pikepdf.Stream(pdf, b"BT /F1 40 Tf 72 400 Td (99 999 kg) Tj ET"))
        painted = saved(pdf)
    genuine = public.files(*sealed_files(world.genuine))
    said = public.files(("paper.pdf", painted))
    assert said.said["facts"] == genuine.said["facts"]
    assert "99 999" not in str(said.said)


def test_attack_08_at_a_desk_abroad_it_is_red_and_fraud_is_suspected(world: World, signed: bytes) -> None:
    door = DeskDoor(foreign_officer())
    for _name, bent in (*BENDS.items(),)[:3]:
        found = door.files(("paper.pdf", bent(signed)))
        assert found is not None
        assert (found.verdict_class, found.result, found.kind) == ("red", "file_altered", "suspected_fraud")


def test_attack_08_the_corpus_is_large_enough(signed: bytes) -> None:
    assert len(tuple(flips(signed))) + len(BENDS) >= 50
