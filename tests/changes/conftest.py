"""A sale of unit 101 with its deposit of 50,000.00 yuan paid."""

import pytest

from salesoffice.reservations.models import Subscription
from tests.changes.sales import sell
from tests.conftest import Do
from tests.factories import Office


@pytest.fixture
def sale(do: Do, office: Office) -> Subscription:
    """A subscription of unit 101 for 900,000.00 yuan, the deposit of 50,000.00 confirmed."""
    return do(lambda session: sell(session, office))
