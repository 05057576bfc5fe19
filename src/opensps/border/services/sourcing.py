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
from opensps.border.quantities import issued_lines
from opensps.border.records import CertificateRecord, received, record_of
from opensps.border.services.balances import balances_of, lock_use
from opensps.border.sourcing import asked_of, base_of, first_asked, matching
from opensps.certificate import Certificate, TradeLineItem
from opensps.certification.sources import COVERED, NOT_ON_RECORD, SourceAnswer
from opensps.events.services import event_write
from opensps.lifecycle import Role
from opensps.lifecycle.balance import NONE_LEFT, LineUse
from opensps.lifecycle.drawing import DrawLine, share_out

SOURCES = "source_draw"
"""Kind of object in events; its id is the reference of the application."""

_LIVE = frozenset({"in_force", "expired"})
"""Validity that ended says nothing about goods that came in before."""

_KEPT = (SourceDraw.RESERVED, SourceDraw.MOVED)
_Key = tuple[str, str, int]
"""Issuer, number and line of a source."""


@dataclass(slots=True)
class _Book:
    """The sources of one draft, with what has been taken of them while the draft is gone through."""

    authority: str
    reference: str
    records: dict[str, tuple[CertificateRecord, ...]] = field(default_factory=dict)
    lines: dict[_Key, DrawLine] = field(default_factory=dict)
    taken: dict[_Key, tuple[Decimal, Decimal]] = field(default_factory=dict)
    draws: list[dict[str, Any]] = field(default_factory=list)

    def open(self, value: Certificate, *, is_locked: bool) -> None:
        """Look every named certificate up, in order of their numbers; locked, where something will be written."""
        for number, countries in sorted(_named(value).items()):
            self.records[number] = _records(self.authority, number, countries)
            for record in self.records[number]:
                self._read(record, is_locked=is_locked)

    def _read(self, record: CertificateRecord, *, is_locked: bool) -> None:
        source: dict[str, Any] = {"authority": self.authority, "issuer": record.issuer, "number": record.number}
        if is_locked:
            lock_use(**source)
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
        """Return what a line asks and gets, and remember it for the next line."""
        originals = tuple(str(each) for each in line.re_export.original_numbers) if line.re_export else ()
        asked, unit = first_asked(line)
        records = [record for number in originals for record in self.records.get(number, ())]
        known = [record for record in records if record.value is not None]
        given: dict[str, Any] = {"line": line.sequence, "originals": originals, "asked": asked, "unit": unit}
        if not known or len(known) < len(originals):
            return SourceAnswer(**given, left=NONE_LEFT, reason=NOT_ON_RECORD)
        if any(record.state not in _LIVE or record.has_conflict for record in known):
            return SourceAnswer(**given, left=NONE_LEFT, reason="source_not_in_force")
        keys = [(record.issuer, record.number, use.line) for record in known for use in self._uses(line, record)]
        return self._shared(line, keys, given)

    def _uses(self, line: TradeLineItem, record: CertificateRecord) -> Sequence[LineUse]:
        here = (record.issuer, record.number)
        uses = [each.use for key, each in self.lines.items() if key[:2] == here]
        return matching(line, record.value, uses) if record.value is not None else ()

    def _shared(self, line: TradeLineItem, keys: Sequence[_Key], given: Mapping[str, Any]) -> SourceAnswer:
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
        reason = "balance_exceeded" if missing > NONE_LEFT else COVERED
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
    """Return the certificates of a number, ours or a partner's; where several came, those of the named countries."""
    source = received()
    theirs = source.of_number(authority=authority, number=number) if source is not None else ()
    own = record_of(authority=authority, issuer=authority, number=number)
    found = (*theirs, *((own,) if own is not None else ()))
    named = tuple(each for each in found if each.export_country in countries)
    return (named or found) if len(found) > 1 else found


class LedgerSources:
    """The keeper `certification.sources` asks."""

    def answers(self, *, authority: str, reference: str, value: Certificate) -> tuple[SourceAnswer, ...]:
        """Return what each line of a draft asks and what is left."""
        book = _Book(authority, reference)
        book.open(value, is_locked=False)
        return tuple(book.answer(line) for line in value.lines)

    def reserve(
        self, *, authority: str, reference: str, value: Certificate, actor: str, at: datetime
    ) -> tuple[SourceAnswer, ...]:
        """Hold what the draft asks instead of what was held before; nothing where a line is not covered."""
        book = _Book(authority, reference)
        book.open(value, is_locked=True)
        answers = tuple(book.answer(line) for line in value.lines)
        if not all(each.is_covered for each in answers):
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
