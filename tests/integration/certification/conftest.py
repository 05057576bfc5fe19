"""People of one authority, for every test of the room."""

import pytest

from tests.factories import certification
from tests.factories.certification import Cast


@pytest.fixture
def people(db: None) -> Cast:
    """Everybody who plays a part, in a transaction that is rolled back."""
    return certification.cast()
