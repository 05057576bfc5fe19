"""The signing service's own judgement: document and evidence in, a seal out, or a reason (`trust.md` 4.4, 9).

It parses the bytes itself, computes D itself, checks the evidence against its own table of passkeys, looks at
authority, type, hourly limits and the second officer, keeps a line in its journal, then seals. It signs nothing else:
QR codes and PDFs only for a D it has sealed, status lists where its policy says so, a bare digest never (K8).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from opensps.formats import cbor
from opensps.formats.digest import content_digest
from opensps.formats.errors import FormatError
from opensps.formats.pdf_input import attached_files
from opensps.formats.xml_input import parse
from opensps.signing.approvals import Approval, Method
from opensps.signing.check import issuing_country, type_code
from opensps.signing.errors import EvidenceRefused, ServiceRefused, SigningError, TryLater
from opensps.signing.keys import Signer
from opensps.signing.passkeys import Credential, verify_approval
from opensps.signing.service_claims import claimed_digest, is_status_list, replying_authority
from opensps.signing.service_journal import Entry, Journal
from opensps.signing.service_policy import ServicePolicy
from opensps.signing.service_protocol import Message, framed, read_message
from opensps.signing.xades import seal_digest

_SKEW = timedelta(minutes=5)
"""So far may the application's clock be ahead of the service's."""

_DESTINATION = "{*}SPSConsignment/{*}ImportSPSCountry/{*}ID"
_ISSUING = frozenset({"issue", "replace"})


@dataclass(slots=True)
class SigningDesk:
    """One key, one policy, one journal; questions are answered one after the other."""

    signer: Signer
    policy: ServicePolicy
    journal: Journal
    credentials: dict[bytes, Credential]
    clock: Callable[[], datetime]
    """Aware time; the application's clock is not asked."""

    alarm: Callable[[str, str], None] = lambda _kind, _officer: None
    """Told of what is no reason to refuse: ("counter", officer)."""

    sign_pdf: Callable[[bytes, Signer, datetime], bytes] | None = None
    """PDF -> signed PDF; ``None`` where the policy signs none."""

    def answer(self, body: bytes) -> bytes:
        """Return the framed answer to the body of a question; no exception of ours leaves it."""
        try:
            return framed({"done": self._done(read_message(body))})
        except (ServiceRefused, EvidenceRefused) as refused:
            return framed({"refused": refused.reason})
        except FormatError as refused:
            return framed({"refused": f"not_a_document:{refused.code}"})
        except (SigningError, OSError) as fault:
            return framed({"later": _fault(fault)})

    def _done(self, question: Message) -> cbor.Plain:
        match dict(question):
            case {"ask": "certificates", **rest} if not rest:
                return (self.signer.certificate_der, self.signer.chain_der)
            case {"ask": "seal", "xml": bytes(xml), "approvals": tuple(approvals), **rest} if not rest:
                return self.seal(xml, tuple(Approval.from_plain(each) for each in approvals))
            case {"ask": "cose", "data": bytes(data), **rest} if not rest:
                return self.sign_claims(data)
            case {"ask": "pdf", "pdf": bytes(pdf), **rest} if not rest:
                return self.seal_pdf(pdf)
        raise ServiceRefused("request")

    def seal(self, xml: bytes, approvals: tuple[Approval, ...]) -> bytes:
        """Return the detached seal of a certificate that its officers approved.

        Raises `FormatError`, `EvidenceRefused`, `ServiceRefused` (use, authority, type, limit), `TryLater`, `OSError`.
        """
        self._check_use("seal")
        root, at = parse(xml, sealed=True), self.clock()
        digest = content_digest(root)
        entry = Entry(
            at=at,
            type_code=type_code(root),
            country=(root.findtext(_DESTINATION) or "-").strip(),
            digest=digest,
            officers=tuple(each.officer for each in approvals),
        )
        self._check_authority(root, entry)
        self._check_approvals(approvals, entry)
        self._check_limits(entry)
        made = seal_digest(digest, signer=self.signer, at=at)
        if not self.journal.has(digest):
            self.journal.add(entry)
        return made

    def _check_use(self, use: str) -> None:
        if use not in self.policy.signs:
            raise ServiceRefused("use")

    def _check_authority(self, root: etree._Element, entry: Entry) -> None:
        if issuing_country(root) != self.policy.authority[:2]:
            raise ServiceRefused("authority")
        if entry.type_code not in self.policy.types:
            raise ServiceRefused("type")

    def _check_approvals(self, approvals: tuple[Approval, ...], entry: Entry) -> None:
        needed = 2 if entry.type_code in self.policy.two_officers else 1
        if not approvals:
            raise EvidenceRefused("missing")
        for each in approvals:
            self._check_approval(each, entry)
        if len({each.officer for each in approvals}) < needed:
            raise EvidenceRefused("second_officer")

    def _check_approval(self, approval: Approval, entry: Entry) -> None:
        if approval.act not in _ISSUING or entry.digest not in approval.digests or not approval.officer:
            raise EvidenceRefused("digests")
        if not entry.at - self.policy.max_age <= approval.at <= entry.at + _SKEW:
            raise EvidenceRefused("age")
        if approval.method not in self.policy.methods:
            raise EvidenceRefused("method")
        if approval.method is Method.WEBAUTHN:
            self._check_passkey(approval)

    def _check_passkey(self, approval: Approval) -> None:
        credential = self.credentials.get(approval.credential_id)
        if credential is None:
            raise EvidenceRefused("credential")
        verified = verify_approval(approval, credential, party=self.policy.party)
        if verified.has_counter_gone_back:
            self.alarm("counter", approval.officer)
        self.credentials[credential.id] = Credential(
            credential.id, credential.officer, credential.public_key, max(credential.sign_count, verified.sign_count)
        )

    def _check_limits(self, entry: Entry) -> None:
        if self.journal.has(entry.digest):  # the same document again: an answer that was lost on its way
            return
        by_type = self.journal.count(at=entry.at, type_code=entry.type_code)
        by_country = self.journal.count(at=entry.at, country=entry.country)
        policy = self.policy
        if by_type >= policy.per_type.of(entry.type_code) or by_country >= policy.per_country.of(entry.country):
            raise ServiceRefused("limit")

    def sign_claims(self, data: bytes) -> bytes:
        """Return the signature over a COSE Sig_structure: claims of a sealed D, a status list, a reply to an inquiry.

        Raises `ServiceRefused`: not_a_document (a digest, for example), use, authority, not_sealed; `TryLater`.
        """
        if is_status_list(data):
            self._check_use("status")
        elif answering := replying_authority(data):
            self._check_use("reply")
            if answering != self.policy.authority:
                raise ServiceRefused("authority")
        else:
            self._check_use("qr")
            if not self.journal.has(claimed_digest(data)):
                raise ServiceRefused("not_sealed")
        return self.signer.sign(data)

    def seal_pdf(self, pdf: bytes) -> bytes:
        """Return the PDF of a certificate that was sealed here, signed. Raises as `sign_claims`."""
        self._check_use("pdf")
        documents = [parse(each.data, sealed=True) for each in attached_files(pdf).files if each.name.endswith(".xml")]
        if not documents or not all(self.journal.has(content_digest(each)) for each in documents):
            raise ServiceRefused("not_sealed")
        if self.sign_pdf is None:
            raise ServiceRefused("use")
        return self.sign_pdf(pdf, self.signer, self.clock())


def _fault(fault: Exception) -> str:
    return type(fault).__name__ if isinstance(fault, TryLater | OSError) else f"{type(fault).__name__}:{fault}"
