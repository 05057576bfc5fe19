"""The house rules that no other tool proves: sizes, reasons for exceptions, who may write, what may never enter."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src" / "opensps"
PYTHON = sorted(path for folder in ("src", "tests", "bench", "tools") for path in (ROOT / folder).rglob("*.py"))
LONGEST_FILE = 600
EXPLAIN_ABOVE = 400

WRITES = frozenset(
    {
        "abulk_create", "abulk_update", "acreate", "adelete", "aget_or_create", "asave", "aupdate", "aupdate_or_create",
        "bulk_create", "bulk_update", "create", "delete", "get_or_create", "save", "update_or_create",
    }
)  # fmt: skip
"""Methods that write through the ORM; ``update`` is looked at apart, for dictionaries have it too."""


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(_text(path))


def test_no_file_is_longer_than_600_lines_but_what_django_writes() -> None:
    files = [path for path in PYTHON if path.parent.name != "migrations"]
    long = {_relative(path): length for path in files if (length := len(_text(path).splitlines())) > LONGEST_FILE}
    assert files
    assert long == {}


def test_every_exception_from_a_check_names_its_code_and_its_reason() -> None:
    bare = re.compile(r"#\s*type:\s*ignore(?!\[[\w, -]+\]\s+(# )?\S)|#\s*noqa(?!:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*\s+\S)")
    found = [
        f"{_relative(path)}:{number}"
        for path in PYTHON
        if path != Path(__file__).resolve()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if bare.search(line)
    ]
    assert found == []


def test_every_module_says_what_it_is() -> None:
    modules = [path for path in PYTHON if SOURCE in path.parents and "migrations" not in path.parts]
    trees = {_relative(path): _tree(path) for path in modules}
    assert trees
    assert [name for name, tree in trees.items() if tree.body and not ast.get_docstring(tree)] == []


def _files_that_only_read() -> Iterator[Path]:
    yield from (SOURCE / "web").rglob("*.py")
    for name in ("queries", "tasks", "admin"):
        yield from SOURCE.rglob(f"{name}.py")
        yield from (path for folder in SOURCE.rglob(name) for path in folder.rglob("*.py"))


def _writes(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_update = node.func.attr == "update" and node.keywords and not node.args
            if node.func.attr in WRITES or (is_update and "objects" in ast.dump(node.func.value)):
                yield node


def _may(node: ast.Call) -> bool:
    """Sessions and forms save themselves too: they are no tables of ours."""
    return isinstance(node.func, ast.Attribute) and "session" in ast.dump(node.func.value)


def test_only_services_write() -> None:
    readers = sorted(set(_files_that_only_read()))
    found = [
        f"{_relative(path)}:{node.lineno}: {ast.unparse(node.func)}"
        for path in readers
        for node in _writes(_tree(path))
        if not _may(node)
    ]
    assert readers
    assert found == []


def test_the_scan_for_writes_finds_them() -> None:
    text = (
        "Thing.objects.create(a=1)\nrow.save()\nThing.objects.filter(a=1).update(a=2)\nd.update({1: 2})\nd.update(a=1)"
    )
    assert [node.lineno for node in _writes(ast.parse(text))] == [1, 2, 3]


def _kept_files() -> list[Path]:
    """The files of the repository; of a copy without its history, those that lie there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        return [path for path in (*PYTHON, *ROOT.glob("docs/**/*.md"), *ROOT.glob("*.*")) if path.is_file()]
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_the_lock_pins_hashes_and_names_no_index() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        pinned = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert pinned
        assert all("==" in line for line in pinned)
        assert text.count("--hash=sha256:") >= len(pinned)


def test_no_secret_and_no_database_is_kept() -> None:
    forbidden = (".key", ".sqlite3", ".pem", ".p12", ".pfx", ".mo")
    assert [
        _relative(path) for path in _kept_files() if path.name.endswith(forbidden) and "vectors" not in path.parts
    ] == []


def test_no_file_names_a_place_on_one_machine() -> None:
    place = re.compile(rb"/(?:home|Users|root|work)/[A-Za-z0-9_.-]+/")
    texts = [path for path in _kept_files() if path.suffix in {".py", ".md", ".toml", ".sh", ".txt", ".yml", ""}]
    assert [_relative(path) for path in texts if place.search(path.read_bytes())] == []
