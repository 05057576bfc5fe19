"""``python -m opensps.project.abroad northland|westmark``: started by the demo, ends with it."""

from pathlib import Path

import click

from opensps.project import lifeline
from opensps.project.abroad import northland, westmark

_PATH = click.Path(path_type=Path)


@click.group()
def main() -> None:
    """Run a partner of the demo."""
    lifeline.terminate_when_stdin_closes()


@main.command("northland")
@click.argument("directory", type=_PATH)
@click.option("--hub", required=True)
@click.option("--authority", type=_PATH, required=True)
def _northland(directory: Path, hub: str, authority: Path) -> None:
    northland.run(directory, hub=hub, authority=authority)


@main.command("westmark")
@click.argument("directory", type=_PATH)
@click.option("--examplia", type=_PATH, required=True)
@click.option("--certificate", type=_PATH, required=True)
@click.option("--key", type=_PATH, required=True)
@click.option("--port", type=int, required=True)
@click.option("--answers-to", type=int, required=True)
def _westmark(directory: Path, examplia: Path, certificate: Path, key: Path, port: int, answers_to: int) -> None:
    westmark.run(directory, examplia=examplia, certificate=certificate, key=key, port=port, answers_to=answers_to)


if __name__ == "__main__":
    main()
