"""``opensps backup``: a copy of the database, of one moment, without keys."""

from datetime import UTC, datetime
from pathlib import Path

import click
from django.conf import settings

from opensps.project.backing_up import back_up
from opensps.project.commands.manners import language_option, verbose_option
from opensps.project.words import gettext_noop, language_from, translator

KEYS_APART = gettext_noop("Keys are not in it. Keep them apart: %(names)s")
_KEYS = ("OPENSPS_SECRET_KEY", "OPENSPS_SIGNING_KEY", "OPENSPS_LOG_KEY", "OPENSPS_TRUST_FILE")


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@language_option
@verbose_option
def backup(*, directory: Path, language: str | None) -> None:
    """Copy the database into a new DIRECTORY while the service runs. Encrypt it before it leaves the machine.

    \b
    Example:
      opensps backup /var/backups/opensps/2026-11-22
    """
    made = back_up(directory, authority=settings.OPENSPS_AUTHORITY, at=datetime.now(UTC))
    gettext = translator(language_from(language))
    said = gettext("%(position)s acts, %(leaves)s leaves, %(files)s files.")
    click.echo(said % {"position": made.position, "leaves": sum(made.logs.values()), "files": len(made.files)})
    click.echo(gettext(KEYS_APART) % {"names": ", ".join(_KEYS)})
