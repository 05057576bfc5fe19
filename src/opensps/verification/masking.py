"""Names of traders, masked for those who only hold the paper: the first letter and the legal form stay."""

import re

_FORMS = (
    "股份有限公司|有限责任公司|有限公司|合作社|公司|"
    r"co\.?,?\s*ltd\.?|pte\.?\s*ltd\.?|pty\.?\s*ltd\.?|sdn\.?\s*bhd\.?|ltd\.?|limited|l\.?l\.?c\.?|inc\.?|corp\.?|co\.?|"
    r"plc\.?|gmbh(?:\s*&\s*co\.?\s*kg)?|ag|kg|a/s|s\.?a\.?r\.?l\.?|s\.?r\.?l\.?|s\.?p\.?a\.?|s\.?a\.?|s\.?l\.?|b\.?v\.?|"
    r"n\.?v\.?|oy|ab|as|ooo|ооо|k\.?k\.?"
)
_LEGAL_FORM = re.compile(rf"(?:(?<=[\s,])|(?<=[\u4e00-\u9fff]))({_FORMS})\s*$", re.IGNORECASE)
_HIDDEN = "…"


def masked(name: str) -> str:
    """Return the first letter, a sign for what is left out, and the legal form if the name ends in one."""
    name = name.strip()
    if not name:
        return ""
    form = _LEGAL_FORM.search(name)
    if form is None:
        return f"{name[0]}{_HIDDEN}"
    ending = form[1]
    return f"{name[0]}{_HIDDEN}{ending}" if "\u4e00" <= ending[0] <= "\u9fff" else f"{name[0]}{_HIDDEN} {ending}"
