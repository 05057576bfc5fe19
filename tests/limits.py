"""What one hostile thing may cost (`reliability.md` T1): so much processor time, so much memory, and no exception.

    assert beyond_limits({name: partial(check_file, upload) for ...}) == {}

The cases run one after the other in a child process of their own, in which the memory of libraries is seen as well as
that of Python. Nothing looks at a clock on the wall.
"""

import gc
import json
import os
import resource
import time
from collections.abc import Callable, Mapping

MAX_CPU_SECONDS = 0.25
MAX_BYTES = 64 * 1024 * 1024


def beyond_limits(works: Mapping[str, Callable[[], object]]) -> dict[str, str]:
    """Return the works that cost too much or raised something, each with what it did."""
    next(iter(works.values()))()  # what is loaded once is no case's own cost
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _tell(writing, works)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as told:
        said = told.read()
    os.waitpid(child, 0)
    found: dict[str, str] = json.loads(said) if said else {"all of them": "the process died"}
    return found


def _tell(writing: int, works: Mapping[str, Callable[[], object]]) -> None:
    """Do the works in a child process, say what was too much, and end it."""
    try:
        gc.freeze()
        before = _peak()
        found = {name: told for name, work in works.items() if (told := _judged(work, before))}
        os.write(writing, json.dumps(found).encode())
    finally:
        os._exit(0)


def _judged(work: Callable[[], object], before: int) -> str:
    started = time.process_time()
    try:
        work()
    except BaseException as error:  # noqa: BLE001 whatever leaves the room is what is looked for
        return f"raised {type(error).__name__}"
    spent, more = time.process_time() - started, _peak() - before
    if spent > MAX_CPU_SECONDS:
        return f"{spent:.3f} s of processor time"
    return f"{more} bytes" if more > MAX_BYTES else ""


def _peak() -> int:
    """Return the most memory that this process ever held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
