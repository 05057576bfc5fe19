"""A child that ends with its parent: it holds the other end of a pipe as standard input."""

import os
import signal
import threading


def terminate_when_stdin_closes() -> None:
    """Send this process SIGTERM once its standard input ends, also when the parent was killed."""

    def watch() -> None:
        # Not through sys.stdin: its lock would be held when the interpreter ends.
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
