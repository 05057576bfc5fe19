"""What writes border: checks by number, token and file, and the removal of what is kept no longer."""

from opensps.border.services.checking import check_file, check_number, check_token
from opensps.border.services.purging import Purged, checks_purge

__all__ = ["Purged", "check_file", "check_number", "check_token", "checks_purge"]
