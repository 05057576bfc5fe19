"""Keeps what re-exports draw from the certificates their goods came in with; the ledger of use is the record.

Source: `lifecycles.md` 3 and 5.1, `fraud.md` 3, attack 11; P06. Registered with `certification`, which asks at every
act. Whoever writes holds the use lock of every source, taken in order of their numbers, as the desks do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from opensps.border.ledger import LineBalance, SourceDraw
from opensps.border.quantities import issued_lines, plain
from opensps.border.records import CertificateRecord, received
from opensps.border.services.balances import balances_of, lock_use
from opensps.border.sourcing import asked_of, base_of, first_asked, matching
from opensps.certificate import Certificate, TradeLineItem
from opensps.certification.sources import COVERED, NOT_ON_RECORD, OTHER_HOLDER, SourceAnswer
from opensps.events.services import event_write
from opensps.lifecycle import Role
from opensps.lifecycle.balance import NONE_LEFT, LineUse
from opensps.lifecycle.drawing import DrawLine, share_out
from opensps.verification.comparison.names import judge_traders

SOURCES = "source_draw"
"""Kind of object in events; its id is the reference of the application."""

_LIVE = frozenset({"in_force", "expired"})
"""Validity that ended says nothing about goods that came in before."""

_ALPHA_2 = 2
_KEPT = (SourceDraw.RESERVED, SourceDraw.MOVED)
_Key = tuple[str, str, int]
"""Issuer, number and line of a source."""


@dataclass(slots=True)
class _Book:
    """The sources of one draft, with what has been taken of them while the draft is gone through."""

    authority: str
    reference: str
    holders: tuple[str, ...]
    """Names of the applicant's organisation."""

    records: dict[str, tuple[CertificateRecord, ...]] = field(default_factory=dict)
    lines: dict[_Key, DrawLine] = field(default_factory=dict)
    taken: dict[_Key, tuple[Decimal, Decimal]] = field(default_factory=dict)
    draws: list[dict[str, Any]] = field(default_factory=list)

    def open(self, value: Certificate) -> None:
        """Look every named certificate up, in order of their numbers."""
        for number, countries in sorted(_named(value).items()):
            self.records[number] = _records(self.authority, number, countries)

    def lock(self) -> None:
        """Lock every source of the draft and of what is held for it, before anything is read, in one order."""
        keys = {(row.number, row.issuer) for row in _held(self.authority, self.reference)}
        keys |= {(record.number, record.issuer) for record in self._usable()}
        for number, issuer in sorted(keys):
            lock_use(authority=self.authority, issuer=issuer, number=number)

    def read(self, *, is_locked: bool) -> None:
        """Read the balances; locked, where something will be written."""
        for record in self._usable():
            self._read(record, is_locked=is_locked)

    def _usable(self) -> tuple[CertificateRecord, ...]:
        found = (record for records in self.records.values() for record in records if self._is_theirs(record))
        return tuple(record for record in found if record.value is not None)

    def _is_theirs(self, record: CertificateRecord) -> bool:
        """Whether the goods came to the applicant, by the name of the consignee; nobody draws on another's."""
        consignee = record.value.consignment.consignee if record.value is not None else None
        name = (consignee.name if consignee is not None else "") or ""
        return bool(name) and any(judge_traders(name, each) != "changed" for each in self.holders)

    def _read(self, record: CertificateRecord, *, is_locked: bool) -> None:
        source: dict[str, Any] = {"authority": self.authority, "issuer": record.issuer, "number": record.number}
        if is_locked:
            uses = balances_of(**source, certificate=record.value)
        else:
            uses = tuple(row.use for row in LineBalance.objects.filter(**source)) or issued_lines(record.value)
        draws = tuple(SourceDraw.objects.filter(**source, state__in=_KEPT))
        for use in uses:
            self.lines[record.issuer, record.number, use.line] = self._line(use, draws)

    def _line(self, use: LineUse, draws: Iterable[SourceDraw]) -> DrawLine:
        here = [each for each in draws if each.source_line == use.line]
        own = [each for each in here if each.reference == self.reference and each.state == SourceDraw.RESERVED]
        others = [each for each in here if each not in own]
        return DrawLine(
            use=use,
            drawn_accepted=sum((each.from_accepted for each in others), NONE_LEFT),
            own_reserved=sum((each.from_left for each in own), NONE_LEFT),
        )

    def answer(self, line: TradeLineItem) -> SourceAnswer:
        """Return what a line asks and gets, and remember it for the next line.

        What came to us is drawn first; only what it lacks may rest on a paper no machine knows.
        """
        named = (str(each) for each in line.re_export.original_numbers) if line.re_export else ()
        originals = tuple(dict.fromkeys(named))
        asked, unit = first_asked(line)
        records = {number: self.records.get(number, ()) for number in originals}
        given: dict[str, Any] = {"line": line.sequence, "originals": originals, "asked": asked, "unit": unit}
        if any(record.value is None for found in records.values() for record in found):
            return SourceAnswer(**given, left=NONE_LEFT, reason="source_gone")
        known = [record for found in records.values() for record in found if self._is_theirs(record)]
        on_paper = self._on_paper(records)
        if not known:
            return SourceAnswer(**given, left=NONE_LEFT, reason=on_paper or NOT_ON_RECORD)
        if any(record.state not in _LIVE or record.has_conflict for record in known):
            return SourceAnswer(**given, left=NONE_LEFT, reason="source_not_in_force")
        keys = [(record.issuer, record.number, use.line) for record in known for use in self._uses(line, record)]
        return self._shared(line, tuple(dict.fromkeys(keys)), given, on_paper)

    def _on_paper(self, records: Mapping[str, Sequence[CertificateRecord]]) -> str:
        """Return why a reviewer goes by the paper of one of these numbers; empty: all came to the applicant."""
        if any(found and not any(map(self._is_theirs, found)) for found in records.values()):
            return OTHER_HOLDER
        return NOT_ON_RECORD if any(not found for found in records.values()) else ""

    def _uses(self, line: TradeLineItem, record: CertificateRecord) -> Sequence[LineUse]:
        here = (record.issuer, record.number)
        uses = [each.use for key, each in self.lines.items() if key[:2] == here]
        return matching(line, record.value, uses) if record.value is not None else ()

    def _shared(
        self, line: TradeLineItem, keys: Sequence[_Key], given: Mapping[str, Any], on_paper: str
    ) -> SourceAnswer:
        if not keys:
            return SourceAnswer(**given, left=NONE_LEFT, reason="no_such_goods")
        wanted = asked_of(line)
        base = next((unit for key in keys if (unit := base_of(self.lines[key].use.unit)[0]) in wanted), None)
        if base is None:
            return SourceAnswer(**given, left=NONE_LEFT, reason="other_unit")
        same = [key for key in keys if base_of(self.lines[key].use.unit)[0] == base]
        drawn, missing = share_out(wanted[base], [self._in_base(key) for key in same])
        left = sum((self._in_base(key).available for key in same), NONE_LEFT)
        for key, each in zip(same, drawn, strict=True):
            self._take(line, key, each.from_accepted, each.from_left)
        reason = on_paper or ("balance_exceeded" if missing > NONE_LEFT else COVERED)
        return SourceAnswer(**{**given, "asked": wanted[base], "unit": base}, left=left, reason=reason)

    def _in_base(self, key: _Key) -> DrawLine:
        """Return a line of a source in the unit of comparison, less what lines before have taken."""
        line, (accepted, left) = self.lines[key], self.taken.get(key, (NONE_LEFT, NONE_LEFT))
        factor = base_of(line.use.unit)[1]
        use = LineUse(
            line=line.use.line,
            unit=base_of(line.use.unit)[0],
            issued=line.use.issued * factor,
            accepted=line.use.accepted * factor,
            reserved=line.use.reserved * factor + left,
            moved=line.use.moved * factor,
        )
        return DrawLine(
            use=use, drawn_accepted=line.drawn_accepted * factor + accepted, own_reserved=line.own_reserved * factor
        )

    def is_held(self) -> bool:
        """Whether exactly this is held already."""
        names = ("line", "issuer", "number", "source_line", "from_accepted", "from_left")
        held = sorted(tuple(getattr(row, name) for name in names) for row in _held(self.authority, self.reference))
        return held == sorted(
            (*(each[name] for name in names[:4]), plain(each["from_accepted"]), plain(each["from_left"]))
            for each in self.draws
        )

    def _take(self, line: TradeLineItem, key: _Key, accepted: Decimal, left: Decimal) -> None:
        if accepted + left <= NONE_LEFT:
            return
        before = self.taken.get(key, (NONE_LEFT, NONE_LEFT))
        self.taken[key] = (before[0] + accepted, before[1] + left)
        factor = base_of(self.lines[key].use.unit)[1]
        self.draws.append(
            {
                "line": line.sequence,
                "issuer": key[0],
                "number": key[1],
                "source_line": key[2],
                "unit": self.lines[key].use.unit,
                "from_accepted": accepted / factor,
                "from_left": left / factor,
            }
        )


def _named(value: Certificate) -> dict[str, frozenset[str]]:
    """Return every original certificate a draft names, with the countries its lines say it is from."""
    found: dict[str, frozenset[str]] = {}
    for line in value.lines:
        if line.re_export is not None:
            countries = frozenset(str(each) for each in line.re_export.origin_countries)
            for number in line.re_export.original_numbers:
                found[str(number)] = found.get(str(number), frozenset()) | countries
    return found


def _records(authority: str, number: str, countries: frozenset[str]) -> tuple[CertificateRecord, ...]:
    """Return what partners sent us of a number for our country; where several did, those of the named countries.

    What we issued ourselves brought no goods in. Of what came without its content nobody knows for whom it was.
    """
    source = received()
    theirs = source.of_number(authority=authority, number=number) if source is not None else ()
    found = tuple(each for each in theirs if each.value is None or each.import_country == authority[:_ALPHA_2])
    named = tuple(each for each in found if each.export_country in countries)
    return (named or found) if len(found) > 1 else found


class LedgerSources:
    """The keeper `certification.sources` asks."""

    def answers(
        self, *, authority: str, reference: str, holders: tuple[str, ...], value: Certificate
    ) -> tuple[SourceAnswer, ...]:
        """Return what each line of a draft asks and what is left."""
        book = _Book(authority, reference, holders)
        book.open(value)
        book.read(is_locked=False)
        return tuple(book.answer(line) for line in value.lines)

    def reserve(
        self,
        *,
        authority: str,
        reference: str,
        holders: tuple[str, ...],
        value: Certificate,
        actor: str,
        at: datetime,
    ) -> tuple[SourceAnswer, ...]:
        """Hold what the draft asks instead of what was held before; nothing where a line is not covered."""
        book = _Book(authority, reference, holders)
        book.open(value)
        book.lock()
        book.read(is_locked=True)
        answers = tuple(book.answer(line) for line in value.lines)
        if not all(each.is_covered for each in answers) or book.is_held():
            return answers
        before = _state(authority, reference)
        _give_back(authority, reference, at)
        for each in book.draws:
            SourceDraw.objects.create(authority=authority, reference=reference, at=at, changed_at=at, **each)
            _shift(authority, each["issuer"], each["number"], each["source_line"], reserved=each["from_left"])
        if book.draws or before == SourceDraw.RESERVED:
            state = SourceDraw.RESERVED if book.draws else SourceDraw.FREED
            _tell(authority, reference, before, state, actor=actor, at=at)
        return answers

    def free(self, *, authority: str, reference: str, actor: str, at: datetime) -> None:
        """Give back what an application holds."""
        _lock(authority, reference)
        before = _state(authority, reference)
        if _give_back(authority, reference, at):
            _tell(authority, reference, before, SourceDraw.FREED, actor=actor, at=at)

    def move(self, *, authority: str, reference: str, number: str, actor: str, at: datetime) -> None:
        """Draw what an application holds for good."""
        _lock(authority, reference)
        rows = _held(authority, reference)
        for row in rows:
            _shift(authority, row.issuer, row.number, row.source_line, reserved=-row.from_left, moved=row.from_left)
            row.state, row.drawn_by, row.changed_at = SourceDraw.MOVED, number, at
            row.save(update_fields=["state", "drawn_by", "changed_at"])
        if rows:
            _tell(authority, reference, SourceDraw.RESERVED, SourceDraw.MOVED, actor=actor, at=at)


def _held(authority: str, reference: str) -> tuple[SourceDraw, ...]:
    return tuple(SourceDraw.objects.filter(authority=authority, reference=reference, state=SourceDraw.RESERVED))


def _lock(authority: str, reference: str) -> None:
    for number, issuer in sorted({(row.number, row.issuer) for row in _held(authority, reference)}):
        lock_use(authority=authority, issuer=issuer, number=number)


def _state(authority: str, reference: str) -> str:
    """Return where the draws of an application stand, as its last event said."""
    rows = SourceDraw.objects.filter(authority=authority, reference=reference)
    found = set(rows.values_list("state", flat=True))
    return next((each for each in (SourceDraw.MOVED, SourceDraw.RESERVED, SourceDraw.FREED) if each in found), "")


def _give_back(authority: str, reference: str, at: datetime) -> int:
    rows = _held(authority, reference)
    for row in rows:
        _shift(authority, row.issuer, row.number, row.source_line, reserved=-row.from_left)
        row.state, row.changed_at = SourceDraw.FREED, at
        row.save(update_fields=["state", "changed_at"])
    return len(rows)


def _shift(
    authority: str, issuer: str, number: str, line: int, *, reserved: Decimal, moved: Decimal = NONE_LEFT
) -> None:
    row = LineBalance.objects.get(authority=authority, issuer=issuer, number=number, line=line)
    row.reserved += reserved
    row.moved += moved
    row.save(update_fields=["reserved", "moved"])


def _tell(authority: str, reference: str, before: str, state: str, *, actor: str, at: datetime) -> None:
    """Write the event of what an application draws, with every quantity it holds or has drawn now."""
    rows = SourceDraw.objects.filter(authority=authority, reference=reference).exclude(state=SourceDraw.FREED)
    draws = [[row.line, row.issuer, row.number, row.source_line, format(row.quantity, "f"), row.unit] for row in rows]
    event_write(
        authority=authority,
        object_kind=SOURCES,
        object_id=reference,
        act=f"{SOURCES}.{state}",
        from_state=before,
        to_state=state,
        actor=actor,
        role=str(Role.SYSTEM),
        at=at,
        payload={"draws": draws},
    )
