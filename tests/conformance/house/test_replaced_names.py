"""What tests replace is looked up where it is replaced, so that nothing of a replacement outlives its test.

``from module import name`` keeps the object that stood there when the importing module was first loaded. Where a test
replaces ``module.name`` before that (pages load with the first request of a process), the replacement stays for good,
and which test fails later depends on the order of all.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src"
REPLACED = re.compile(r"""setattr\(\s*["'](opensps[\w.]*)\.(\w+)["']""")


def _replaced() -> Iterator[tuple[str, str]]:
    """Yield module and name of everything tests replace where it is defined."""
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for module, name in REPLACED.findall(path.read_text(encoding="utf-8")):
            if name in _defined(module):
                yield module, name


def _defined(module: str) -> set[str]:
    path = SOURCE / f"{module.replace('.', '/')}.py"
    tree = ast.parse((path if path.exists() else path.with_suffix("") / "__init__.py").read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def _kept(module: str, name: str) -> Iterator[str]:
    """Yield who keeps the object itself, from its module or from a package that hands it on."""
    for path in sorted((SOURCE / "opensps").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if name not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and f"{module}.".startswith(f"{node.module}."):
                yield from (f"{path.relative_to(ROOT)} keeps {name}" for each in node.names if each.name == name)


def test_nobody_keeps_what_tests_replace() -> None:
    found = set(_replaced())
    assert ("opensps.web.html.keys", "trust_list") in found
    assert sorted(line for module, name in found for line in _kept(module, name)) == []
