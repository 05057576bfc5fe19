"""One verdict out of many fragments, and what it is built from (`trust.md` 7.4). The worst point decides."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from opensps.certificate import Certificate
from opensps.formats.qr_payload import Claims
from opensps.verification.aspects import UNFORESEEN, Aspect, Fragment, Outcome, result_of
from opensps.verification.results import RESULTS, Result

NOT_CHECKED = "unavailable"
"""The result of a required question that nobody asked."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field whose value in the file is not the one we signed. Named only to those `ux.md` 5.2 allows."""

    field: str
    """Path in the value model."""

    presented: str
    """Value in the file; empty when absent."""

    recorded: str
    """Value we signed; empty when absent. For officials of the destination only."""

    reason: str = "changed"
    """Code of `comparison.REASONS`: why the two are the same, explained or different."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the words of an answer need beyond the result."""

    sealed_at: datetime | None = None
    changed_at: datetime | None = None
    """When the state last changed; for expired the end of validity."""

    hold_until: datetime | None = None
    public_reason: str = ""
    """Public reason code of a withdrawal or replacement."""

    successor: str | None = None
    """Number of the certificate that took its place."""

    copy: int | None = None
    """Number of the copy that was reported lost; 0 is the original paper."""

    address: str = ""
    """Where a code leads that is not official: shown, never opened."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of one check."""

    result: str
    """Code of `results.RESULTS`; gives the band."""

    fragments: tuple[Fragment, ...] = ()
    also: tuple[str, ...] = ()
    """Further results that apply, in order of precedence."""

    as_of: datetime | None = None
    """Issue time of the status used."""

    checked_at: datetime | None = None
    """When this check was made."""

    number: str | None = None
    certificate: Certificate | None = None
    """Only when its seal holds, or a partner's channel vouches for it (`not_sealed`).

    What a reader may see of it is for `disclosure` to say.
    """

    claims: Claims | None = None
    """What a printed code says, only when its signature holds and its key may speak."""

    signer: str | None = None
    """Name of the authority in the trust list; of an unlisted signer what its certificate claims."""

    issuing_country: str | None = None
    """ISO 3166-1 alpha-2."""

    circumstances: Circumstances = Circumstances()
    differences: tuple[Difference, ...] = ()

    @property
    def answer(self) -> Result:
        """The row of the results table."""
        return RESULTS[self.result]

    @property
    def is_fresh(self) -> bool:
        """Whether a check without our register rests on evidence young enough (`ux.md` 5.4)."""
        return self.result == "offline_ok" and {Aspect.STATUS, Aspect.FRESHNESS} <= _answered(self.fragments)

    @property
    def tone(self) -> str:
        """ok, info, warn, bad or none."""
        return "ok" if self.is_fresh else self.answer.band

    @property
    def verdict_class(self) -> str:
        """For officials: green, amber, red, grey."""
        return self.answer.heading.band

    @property
    def checks(self) -> str:
        """The four lines of the answer; what could not be asked this time is never shown as passed."""
        signs = self.answer.checks
        is_open = any(each.aspect in _STANDING and each.outcome is Outcome.ERROR for each in self.fragments)
        return signs[:-1] + signs[-1].replace("P", "-") if is_open else signs

    @property
    def exit_code(self) -> int:
        """Exit code of the command line."""
        return 0 if self.is_fresh else self.answer.exit_code


def decide(fragments: Iterable[Fragment], *, required: frozenset[Aspect]) -> Verdict:
    """Return the verdict of these fragments; a required question nobody asked is an error, never a pass."""
    ordered = tuple(sorted(fragments, key=lambda each: _ORDER[each.aspect]))
    codes = {code for each in ordered if (code := result_of(each)) is not None}
    if not codes and not required <= _answered(ordered):
        codes = {NOT_CHECKED}
    result, *also = sorted(codes or {"in_force"}, key=lambda code: RESULTS[code].order)
    return Verdict(result, ordered, tuple(also))


_ORDER = {aspect: order for order, aspect in enumerate(Aspect)}
_STANDING = frozenset({Aspect.STATUS, Aspect.FRESHNESS})


def _answered(fragments: Iterable[Fragment]) -> set[Aspect]:
    """Return the questions that were answered well."""
    return {each.aspect for each in fragments if each.outcome is Outcome.VALID}


def offline(verdict: Verdict) -> Verdict:
    """Return a verdict that was reached without our register.

    Where nothing speaks against a certificate, but no log proves that it was recorded, all that can be said is that
    its signature is right.
    """
    is_proven = Aspect.LOGGED in _answered(verdict.fragments)
    return replace(verdict, result="offline_ok") if verdict.result == "in_force" and not is_proven else verdict


def unforeseen(*, now: datetime) -> Verdict:
    """Return the answer to what nobody foresaw: no answer."""
    return replace(decide((UNFORESEEN,), required=frozenset()), as_of=now, checked_at=now)


def plain(result: str, *, now: datetime, number: str | None = None) -> Verdict:
    """Return a verdict that follows from no fragment: no_match, too_many_tries, not_issued and the like."""
    return Verdict(result, as_of=now, checked_at=now, number=number)
