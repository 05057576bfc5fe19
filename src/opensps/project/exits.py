"""Exit codes of the command line, and the one way a command stops early."""

from enum import IntEnum


class Exit(IntEnum):
    """What the shell learns."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    NOT_FOUND = 3
    MUST_NOT_ACCEPT = 4
    NOT_VALID = 5
    NOT_ALLOWED = 6
    TRY_LATER = 7
    PARTLY_DONE = 8


class Stopped(Exception):
    """A command ends here, with one line for the person and a code for the shell.

    ``template`` is an English sentence and the key of its translation; ``params`` fill its ``%(name)s``.
    """

    def __init__(self, exit_code: Exit, template: str, **params: object) -> None:
        super().__init__(template % params)
        self.exit = exit_code
        self.template = template
        self.params = params
