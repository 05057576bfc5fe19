"""What writes border: checks by number, token, printed code, file, list, typed paper; removing what is past keeping."""

from opensps.border.services.checking import Proofs, check_code, check_file, check_number, check_picture, check_token
from opensps.border.services.many import MOST_LINES, CheckedLine, TooManyLines, check_many, list_kept
from opensps.border.services.paper import check_paper
from opensps.border.services.purging import Purged, checks_purge

__all__ = [
    "MOST_LINES",
    "CheckedLine",
    "Proofs",
    "Purged",
    "TooManyLines",
    "check_code",
    "check_file",
    "check_many",
    "check_number",
    "check_paper",
    "check_picture",
    "check_token",
    "checks_purge",
    "list_kept",
]
