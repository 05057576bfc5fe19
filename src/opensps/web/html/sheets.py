"""A certificate on a page: the same field map that prints the paper (`ux.md` 13.1), drawn as HTML."""

from opensps.certificate import Certificate
from opensps.formats.layouts import LAYOUT_OF_KIND, LAYOUTS, Sheet


def sheet_of(value: Certificate) -> Sheet:
    """Return what the paper of this certificate says, box by box."""
    return LAYOUTS[LAYOUT_OF_KIND[value.kind]](value)


def goods_in_words(value: Certificate) -> str:
    """Return what the goods are, in the words of the certificate; empty while nothing is named."""
    names = (texts[0].value for line in value.lines if (texts := line.descriptions or line.common_names))
    return ", ".join(dict.fromkeys(names))
