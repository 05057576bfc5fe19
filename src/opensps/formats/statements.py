"""Whether the words beside a statement's code are the standard's (ISPM 12); only the code travels."""

from opensps import codes


def is_standard(code: str, words: str) -> bool:
    """Tell whether the words are those of the statement with this code, in one of our languages."""
    found = codes.get("ippc_statements").entries.get(code)
    return found is not None and words in found.names.values()
