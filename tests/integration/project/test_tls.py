"""The demo's certificate: made for the loopback names, by an authority that keeps no key."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from opensps.project.serving import tls

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def _names(files: tls.TlsFiles) -> set[str]:
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in names}


def test_it_is_for_localhost_and_both_loopback_addresses(tmp_path: Path) -> None:
    assert _names(tls.ensure(tmp_path, names=tls.LOOPBACK, at=NOW)) == {"localhost", "127.0.0.1", "::1"}


def test_the_authority_keeps_no_key(tmp_path: Path) -> None:
    files = tls.ensure(tmp_path, names=tls.LOOPBACK, at=NOW)
    keys = [path for path in tmp_path.iterdir() if b"PRIVATE KEY" in path.read_bytes()]
    assert keys == [files.key]
    assert files.key.stat().st_mode & 0o077 == 0


def test_a_good_certificate_is_kept_and_one_near_its_end_is_made_anew(tmp_path: Path) -> None:
    first = tls.fingerprint(tls.ensure(tmp_path, names=tls.LOOPBACK, at=NOW))
    assert tls.fingerprint(tls.ensure(tmp_path, names=tls.LOOPBACK, at=NOW)) == first
    late = NOW + tls.LIFE - timedelta(days=20)
    assert tls.fingerprint(tls.ensure(tmp_path, names=tls.LOOPBACK, at=late)) != first


def test_other_names_make_another_certificate(tmp_path: Path) -> None:
    first = tls.fingerprint(tls.ensure(tmp_path, names=tls.LOOPBACK, at=NOW))
    assert tls.fingerprint(tls.ensure(tmp_path, names=("192.0.2.7", *tls.LOOPBACK), at=NOW)) != first


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    files = tls.ensure(tmp_path, names=tls.LOOPBACK, at=NOW)
    files.certificate.write_text("nothing")
    assert _names(tls.ensure(tmp_path, names=tls.LOOPBACK, at=NOW))


@pytest.mark.needs("openssl")
def test_openssl_accepts_it_for_localhost_and_for_no_other_name(tmp_path: Path) -> None:
    files = tls.ensure(tmp_path, names=tls.LOOPBACK, at=datetime.now(UTC))
    command = [str(shutil.which("openssl")), "verify", "-x509_strict", "-CAfile", str(files.authority)]
    good = subprocess.run([*command, "-verify_hostname", "localhost", str(files.certificate)], check=False)
    bad = subprocess.run([*command, "-verify_hostname", "example.org", str(files.certificate)], check=False)
    assert (good.returncode, bad.returncode != 0) == (0, True)
