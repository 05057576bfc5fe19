"""``opensps key``: making, certifying, ending and serving the keys that seal certificates."""

import click

from opensps.project.commands import key_ending, key_making, key_serving


@click.group()
def key() -> None:
    """Make, certify, end and serve the keys that seal certificates.

    \b
    Examples:
      opensps key ceremony /media/root /etc/opensps/keys --authority XA --name "Plant Health Service"
      opensps key fingerprint file:/etc/opensps/keys
      opensps key serve --socket /run/opensps/sign.sock --directory /etc/opensps/signing --key file:/etc/opensps/keys
    """


for command in (*key_making.COMMANDS, *key_ending.COMMANDS, *key_serving.COMMANDS):
    key.add_command(command)
