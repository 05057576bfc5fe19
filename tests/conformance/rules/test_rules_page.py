"""The page of the rules says every rule as it is."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from opensps import rules

ROOT = Path(__file__).parents[3]


def _tool() -> Any:
    spec = spec_from_file_location("rules_page", ROOT / "tools" / "rules_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_rules_say() -> None:
    tool = _tool()
    assert tool.page() == tool.PAGE.read_text(encoding="utf-8"), "run python tools/rules_page.py"


def test_every_rule_stands_on_the_page() -> None:
    page = _tool().page()
    assert {rule.id for rule in rules.ALL_RULES if f"`{rule.id}`" not in page} == set()
    assert all(f"`{profile}`" in page for profile in rules.PROFILES)
