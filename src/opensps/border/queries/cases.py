"""Reading cases: lists, what a case holds, look-alikes, the list shared with partners.

Who reads a case writes so into its log first (`services.case_parts.case_viewed`), which also asks for the role.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from opensps.accounts.queries import Actor
from opensps.border.case_terms import SAID, Folded, folded
from opensps.border.models import Case, CaseEntry, CaseFeature, CaseFile, CasePaper, ForgeryNotice
from opensps.lifecycle import Role
from opensps.lifecycle.case import CASE_READERS

__all__ = [
    "PAGE",
    "Case",
    "CaseContent",
    "CaseEntry",
    "ForgeryNotice",
    "case_content",
    "case_counts",
    "case_log",
    "case_of_paper",
    "cases_for",
    "cases_opened_by",
    "look_alikes",
    "notices_after",
    "notices_page",
    "waiting_cases_of",
]

PAGE = 25


@dataclass(frozen=True, slots=True)
class CaseContent:
    """What a case holds."""

    papers: tuple[CasePaper, ...]
    files: tuple[CaseFile, ...]
    said: Folded
    entries: tuple[CaseEntry, ...]
    """The newest of the log first."""


def cases_for(
    *, authority: str, actor: Actor, state: str = "", text: str = "", offset: int = 0
) -> tuple[Sequence[Case], int]:
    """Return a page of cases, newest first, and how many there are; none for people without the case role."""
    if actor.authority != authority or not actor.roles & CASE_READERS:
        return (), 0
    rows = Case.objects.filter(authority=authority)
    if state:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(pk__in=CaseFeature.objects.filter(authority=authority, value=_plain(text)).values("case"))
    return tuple(rows.order_by("-pk")[offset : offset + PAGE]), rows.count()


def waiting_cases_of(*, authority: str, actor: Actor, limit: int) -> tuple[Case, ...]:
    """Return cases that wait for a case officer, those whose time ends first before the others."""
    if actor.authority != authority or Role.CASE_OFFICER not in actor.roles:
        return ()
    rows = Case.objects.filter(authority=authority, state__in=["open", "assessing", "confirmed"])
    return tuple(rows.order_by("due_at", "pk")[:limit])


def case_counts(*, authority: str) -> dict[str, int]:
    """Return state -> number of cases."""
    rows = Case.objects.filter(authority=authority).values_list("state").order_by("state")
    return dict(rows.annotate(count=Count("pk")))


def case_content(case: Case, *, entries: int = 50) -> CaseContent:
    """Return what a case holds. Five queries."""
    rows = CaseEntry.objects.filter(case=case)
    return CaseContent(
        papers=tuple(case.papers.order_by("sequence")),
        files=tuple(case.files.defer("content")),
        said=folded(rows.filter(act__in=SAID).order_by("sequence")),
        entries=tuple(rows.order_by("-sequence")[:entries]),
    )


def case_log(case: Case) -> tuple[CaseEntry, ...]:
    """Return the whole log, oldest first."""
    return tuple(CaseEntry.objects.filter(case=case).order_by("sequence"))


def look_alikes(case: Case, *, limit: int = 10) -> tuple[tuple[str, str, str], ...]:
    """Return case number, feature and value of other cases that share one."""
    mine = set(CaseFeature.objects.filter(case=case).values_list("name", "value")[:200])
    rows = CaseFeature.objects.filter(authority=case.authority, value__in={value for _name, value in mine})
    found = rows.exclude(case=case).select_related("case").order_by("-case_id")[: limit * 5]
    fitting = [(row.case.case_number, row.name, row.value) for row in found if (row.name, row.value) in mine]
    return tuple(fitting[:limit])


def cases_opened_by(*, authority: str, actor: Actor, case_number: str) -> Case | None:
    """Return a case this person opened: its number and day are theirs to know, whatever their role."""
    return Case.objects.filter(authority=authority, case_number=case_number, opened_by=actor.id).first()


def case_of_paper(*, authority: str, paper_key: str) -> str:
    """Return the number of the case that has a paper; empty for none."""
    rows = CasePaper.objects.filter(authority=authority, paper_key=paper_key).values_list(
        "case__case_number", flat=True
    )
    return rows.first() or ""


def notices_after(*, authority: str, after: int = 0, limit: int = 50) -> tuple[ForgeryNotice, ...]:
    """Return up to ``limit`` + 1 lines of the list shared with partners after a row, oldest first."""
    rows = ForgeryNotice.objects.filter(authority=authority, pk__gt=after)
    return tuple(rows.order_by("pk")[: limit + 1])


def notices_page(*, authority: str, offset: int) -> tuple[tuple[ForgeryNotice, ...], bool]:
    """Return a page of the same list, newest first, and whether there are more."""
    rows = tuple(ForgeryNotice.objects.filter(authority=authority).order_by("-pk")[offset : offset + PAGE + 1])
    return rows[:PAGE], len(rows) > PAGE


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()[:200]
