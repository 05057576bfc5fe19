"""``opensps codes``: which code lists there are, what is in one, and how newer editions come in."""

import os
from datetime import UTC, datetime
from pathlib import Path
from textwrap import shorten
from typing import Any

import click

from opensps import codes as lists
from opensps.codes.refreshing import Proposal
from opensps.project import code_lists, hub_lists
from opensps.project.commands.manners import json_option, language_option, print_json, verbose_option
from opensps.project.exits import Exit, Stopped
from opensps.project.words import Translate, language_from, translator

HUB = "hub"
SHOWN = 20
"""Codes of each kind named on a terminal; --json names all."""


ORIGIN_WIDTH = 60


@click.group()
def codes() -> None:
    """Look at code lists and bring newer editions in."""


@codes.command("list")
@json_option
@verbose_option
def list_(*, as_json: bool) -> int:
    """Name every list with its edition, number of codes and origin.

    \b
    Example:
      opensps codes list
    """
    held = [lists.get(list_id) for list_id in sorted(lists.LIST_IDS)]
    if as_json:
        print_json({"lists": [_head(each) for each in held]})
        return Exit.DONE
    for each in held:
        origin = shorten(each.origin, ORIGIN_WIDTH, placeholder=" ...")
        click.echo(f"{each.id:<30} {each.version:<18} {each.valid_from}  {len(each.entries):>7}  {origin}")
    return Exit.DONE


def _head(held: lists.CodeList) -> dict[str, Any]:
    return {
        "id": held.id,
        "version": held.version,
        "valid_from": held.valid_from.isoformat(),
        "codes": len(held.entries),
        "origin": held.origin,
    }


@codes.command()
@click.argument("list_id", metavar="LIST")
@json_option
@language_option
@verbose_option
def show(*, list_id: str, as_json: bool, language: str | None) -> int:
    """Show the codes of a list with their names.

    \b
    Example:
      opensps codes show un_rec21
    """
    try:
        held = lists.get(list_id)
    except lists.UnknownList as exc:
        raise Stopped(Exit.NOT_FOUND, "There is no list %(name)s; see: opensps codes list", name=list_id) from exc
    if as_json:
        print_json({**_head(held), "entries": [_entry(each) for each in held.entries.values()]})
        return Exit.DONE
    gettext = translator(language_from(language))
    click.echo(f"{held.id}  {held.version}  {held.valid_from}\n{held.origin}\n")
    for entry in held.entries.values():
        word = gettext("withdrawn")
        ended = f"  ({word} {entry.withdrawn_on or ''})".replace(" )", ")") if entry.withdrawn else ""
        name = lists.label(list_id, entry.code, "zh" if language_from(language) == "zh-hans" else "en")
        click.echo(f"{entry.code:<10} {name if name != entry.code else '-'}{ended}")
    return Exit.DONE


def _entry(entry: lists.CodeEntry) -> dict[str, Any]:
    return {
        "code": entry.code,
        "names": dict(entry.names),
        "group": entry.group,
        "withdrawn": entry.withdrawn,
        "withdrawn_on": entry.withdrawn_on.isoformat() if entry.withdrawn_on else None,
        "since": entry.since.isoformat() if entry.since else None,
    }


@codes.command()
@click.option("--from", "source", required=True, metavar="DIR|hub", help="A directory of .tsv files, or the IPPC Hub.")
@click.option("--url", help="Address of the Hub's service.")
@click.option("--certificate", metavar="FILE", help="Client certificate for the Hub (PEM).")
@click.option("--key", metavar="FILE", help="Its key, where it is not in the same file.")
@click.option("--apply", "is_applied", is_flag=True, help="Keep what is new; without it the difference is shown only.")
@json_option
@language_option
@verbose_option
def refresh(
    *,
    source: str,
    url: str | None,
    certificate: str | None,
    key: str | None,
    is_applied: bool,
    as_json: bool,
    language: str | None,
) -> int:
    """Show what newer editions add, change and withdraw, and keep it with --apply.

    Files are tables of ours (see the shipped ones) or published tables with the columns code and name. A list is never
    shortened: a code that is gone is withdrawn from today on, and documents of its time keep it. Newer lists are kept
    in the directory that OPENSPS_CODES_DIR names.

    \b
    Examples:
      opensps codes refresh --from newer-lists/
      opensps codes refresh --from hub --url https://hub.example/service --certificate nppo.pem --apply
    """
    today = datetime.now(UTC).date()
    folder = code_lists.directory()
    if is_applied and folder is None:
        raise Stopped(Exit.USAGE, "Set OPENSPS_CODES_DIR to the directory where newer lists shall be kept.")
    if source == HUB and url is None:
        raise Stopped(Exit.USAGE, "Give the address of the Hub's service with --url.")
    if source == HUB:
        found = hub_lists.proposals_of(str(url), at=today, certificate=certificate, key=key)
    else:
        found = list(code_lists.proposals_of(Path(source), at=today))
    news = [each for each in found if not each.is_empty]
    if is_applied and folder is not None:
        code_lists.keep(news, folder)
        code_lists.use_newer()
    _tell(found, news, is_applied=is_applied, as_json=as_json, gettext=translator(language_from(language)))
    return Exit.DONE


def _tell(found: list[Proposal], news: list[Proposal], *, is_applied: bool, as_json: bool, gettext: Translate) -> None:
    if as_json:
        print_json({"applied": is_applied, "lists": [_plain(each) for each in found]})
        return
    for each in news:
        click.echo(f"{each.list_id}  {each.version}")
        for sign, colour, some in (
            ("+", "green", each.added),
            ("~", "yellow", each.changed),
            ("-", "red", each.withdrawn),
        ):
            if some:
                line = f"  {sign} {len(some)}: {' '.join(some[:SHOWN])}{' ...' if len(some) > SHOWN else ''}"
                click.echo(line if os.environ.get("NO_COLOR") else click.style(line, fg=colour))
    sentence = gettext("%(lists)s lists read, %(news)s with something new")
    click.echo(sentence % {"lists": len(found), "news": len(news)})
    if news:
        click.echo(gettext("Kept.") if is_applied else gettext("Nothing was changed; keep it with --apply."))


def _plain(each: Proposal) -> dict[str, Any]:
    return {
        "list": each.list_id,
        "version": each.version,
        "added": list(each.added),
        "changed": list(each.changed),
        "withdrawn": list(each.withdrawn),
    }
