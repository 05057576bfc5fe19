"""The page on cryptography names what the code uses, no more and no less (ASVS 11.1.4)."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src" / "opensps"
PAGE = (ROOT / "docs" / "CRYPTO.md").read_text(encoding="utf-8")
KEY_PAIRS = re.compile(
    r"asymmetric import [^\n]*\b(ec|ed25519|mldsa|rsa|padding|x25519|ed448|dsa)\b|^(import|from) webauthn\b",
    re.MULTILINE,
)
HASHES = re.compile(r"\b(?:hashes\.([A-Z0-9_]+)|hashlib\.([a-z0-9_]+))\(")
SPELLED = {"SHA256": "SHA-256", "sha256": "SHA-256", "sha1": "SHA-1"}


def users() -> set[str]:
    """Return the modules that use key pairs."""
    return {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if KEY_PAIRS.search(path.read_text(encoding="utf-8"))
    }


def test_every_module_that_uses_key_pairs_is_on_the_page_and_every_one_on_it_exists() -> None:
    named = set(re.findall(r"`([a-z_/]+\.py)`", PAGE))
    assert users() - named == set()
    assert {name for name in named if not (SOURCE / name).exists()} == set()


def test_every_hash_in_the_code_is_on_the_page() -> None:
    found = {one or other for path in SOURCE.rglob("*.py") for one, other in HASHES.findall(path.read_text("utf-8"))}
    assert {SPELLED.get(name, name) for name in found} == {"SHA-256", "SHA-1"}
    assert all(f"| {name}" in PAGE for name in ("SHA-256", "SHA-1"))


def test_sha_1_is_a_means_of_compatibility_in_one_place_only() -> None:
    """The digest of WS-Security tokens has no other form that stock clients know."""
    weak = {path.name for path in SOURCE.rglob("*.py") if re.search(r"sha1\(|SHA1\(", path.read_text("utf-8"))}
    assert weak == {"username_token.py"}


def test_every_line_has_a_plan_for_the_day_of_quantum_computers() -> None:
    rows = [line.split(" | ") for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line]
    assert len(rows) > 8
    assert all(len(row) == 5 and len(row[-1].strip(" |")) > 4 for row in rows)
