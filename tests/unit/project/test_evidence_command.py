"""``opensps verify`` knows the evidence of a case by its contents, and says in words what is wrong with it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from opensps.project.commands.evidence import evidence_at, print_evidence
from opensps.project.exits import Exit
from opensps.verification.evidence import LogLine, entry_digest, write_bundle
from tests.factories import signing

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
TRUST = signing.trust_list(signing.trusted(uses=("status",)))


def bundle() -> bytes:
    line = LogLine(1, AT, "somebody", "open", {})
    row = {"sequence": 1, "at": AT.isoformat(), "actor": "somebody", "act": "open", "data": {}}
    return write_bundle(
        authority="XA",
        case_number="XA-CF-2026-000001",
        made_at=AT,
        case={"number": "XA-CF-2026-000001"},
        log=[{**row, "digest": entry_digest("", line)}],
        files=[("paper.pdf", b"%PDF-")],
        kid=signing.signer().kid,
        sign=signing.signer().sign,
    )


def test_a_whole_bundle_is_told_from_other_files_and_found_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, other = tmp_path / "a.zip", tmp_path / "b.zip"
    path.write_bytes(bundle())
    other.write_bytes(b"PK\x05\x06" + b"\0" * 18)
    data = evidence_at((str(path),))
    assert data is not None
    assert [evidence_at(names) for names in ((str(other),), ("-",), (str(path), str(other)), ("none",))] == [None] * 4
    assert print_evidence(data, trust=TRUST, now=AT, language="en", as_json=False) == Exit.DONE
    assert "The evidence is whole" in capsys.readouterr().out


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_evidence_that_nobody_listed_has_sealed_must_not_be_relied_on(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = signing.trust_list(signing.trusted(signing.stranger(), uses=("status",)))
    code = print_evidence(bundle(), trust=trust, now=AT, language=language, as_json=language == "en")
    assert code == Exit.MUST_NOT_ACCEPT
    assert "unknown_key" in capsys.readouterr().out
