"""Writes the table of rules into `docs/guide/rules.md`, from the rules themselves.

    python tools/rules_page.py      replace everything below the mark in the page

A test compares the page with what this would write.
"""

from pathlib import Path

from opensps.rules import ALL_RULES, Rule

PAGE = Path(__file__).resolve().parent.parent / "docs" / "guide" / "rules.md"
MARK = "<!-- Written by tools/rules_page.py from here on. -->\n"
GROUPS = (
    ("ISPM12", "Plant health: ISPM 12"),
    ("WOAH", "Animals and their products: WOAH Terrestrial Code 5.10"),
    ("CXG38", "Food: Codex CXG 38"),
    ("CORE", "Every kind"),
    ("HUB", "Receiver: the IPPC ePhyto Hub"),
    ("TRACES", "Receiver: TRACES"),
    ("UK", "Receiver: the United Kingdom"),
    ("INTERCOM", "Receiver: INTERCOM"),
    ("D17A", "Receiver: the published schema"),
)


def _row(rule: Rule) -> str:
    said = rule.template.replace("%(", "<").replace(")s", ">").replace("|", "\\|")
    return f"| `{rule.id}` | {rule.level.lower()} | {said} | {rule.source} |"


def _section(prefix: str, title: str) -> str:
    rules = sorted((rule for rule in ALL_RULES if rule.id.partition("-")[0] == prefix), key=lambda rule: rule.id)
    head = f"### {title}\n\n| rule | level | what to do | source |\n| --- | --- | --- | --- |\n"
    return head + "\n".join(map(_row, rules)) + "\n"


def page() -> str:
    """Return the page as it should be: what people wrote above the mark, and the table."""
    written = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    return written + MARK + "\n" + "\n".join(_section(prefix, title) for prefix, title in GROUPS)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
