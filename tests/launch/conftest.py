"""A planned release batch of the four units of the first floor."""

import pytest
from flask import Flask

from salesoffice.infra.db import transaction
from salesoffice.inventory.models import ReleaseBatch
from salesoffice.inventory.services import put_into_batch
from salesoffice.launch.services import begin_batch
from tests.factories import Office


@pytest.fixture
def batch(app: Flask, office: Office) -> ReleaseBatch:
    """A planned batch with its checklist."""
    with app.test_request_context(), transaction() as session:
        actor = office.actor(office.manager)
        made = begin_batch(session, office.project.id, actor=actor, name="首开")
        put_into_batch(session, made, actor=actor, unit_ids=[unit.id for unit in office.units[:4]])
        return made
