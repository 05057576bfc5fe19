"""``opensps restore``: bring a backup into an empty database and let it prove that nothing is missing."""

from pathlib import Path

import click
from django.conf import settings

from opensps.project.commands.manners import language_option, verbose_option
from opensps.project.exits import Exit, Stopped
from opensps.project.restoring import has_log_directory, prove, put_back, read_manifest
from opensps.project.words import gettext_noop, language_from, translator


@click.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--offline", is_flag=True, help="Do not ask the witnesses whether they have seen more.")
@language_option
@verbose_option
def restore(*, directory: Path, offline: bool, language: str | None) -> int:
    """Bring the backup in DIRECTORY into the database of the settings, which must be empty, and prove it.

    Exit 0 when record, log and countersignatures agree and no witness has seen more; 5 when not. Then the log is
    stopped and nothing is issued.

    \b
    Example:
      opensps restore /var/backups/opensps/2026-11-22
    """
    manifest = read_manifest(directory)
    if manifest.authority != settings.OPENSPS_AUTHORITY:
        raise Stopped(Exit.USAGE, gettext_noop("The backup is of authority %(code)s."), code=manifest.authority)
    if manifest.logs and not has_log_directory():
        raise Stopped(Exit.USAGE, gettext_noop("No directory for the log is set; name it in OPENSPS_LOG_DIR."))
    put_back(directory, manifest)
    gettext = translator(language_from(language))
    is_proved = True
    for finding in prove(manifest, authority=manifest.authority, asks_witnesses=not offline):
        is_proved = is_proved and not finding.is_wrong
        mark = "!" if finding.is_wrong else " "
        click.echo(f"{mark} {gettext(finding.template) % finding.params}")
    if is_proved:
        click.echo(gettext("Restored and proved."))
        return Exit.DONE
    click.echo(gettext("Restored, but something is missing or was changed. Issue nothing."))
    return Exit.NOT_VALID
