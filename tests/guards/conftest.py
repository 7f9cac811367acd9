"""The office with one of everything, for the guards that visit every route."""

import pytest
from flask import Flask

from salesoffice.infra.db import transaction
from tests.factories.everything import Everything, make_everything


@pytest.fixture
def everything(app: Flask) -> Everything:
    """One of everything in project P1."""
    with app.test_request_context(), transaction() as session:
        return make_everything(session)


@pytest.fixture
def foreign(app: Flask, everything: Everything) -> Everything:
    """One of everything in the project of another office."""
    with app.test_request_context(), transaction() as session:
        return make_everything(session, code="P2", building="9栋", numbers_after=500)
