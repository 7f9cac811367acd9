"""What is logged of an error: never the values of a row."""

from typing import Any

import pytest
import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.infra.db import transaction
from salesoffice.infra.logging import drop_row_values
from salesoffice.staff.models import User
from tests.factories import Office


def test_failing_row_is_not_logged(session: Session, office: Office) -> None:
    secret = "13800009999"
    person = User(
        email="Upper@example.test", name="x", phone=secret, password_hash="x", created_at=clock.now(),
        password_changed_at=clock.now(), must_change_password=False, is_active=True, is_admin=False, locale="",
    )  # fmt: skip
    with pytest.raises(IntegrityError) as caught, transaction() as writing:
        writing.add(person)
    event: dict[str, Any] = {"exc_info": caught.value}

    structlog.processors.format_exc_info(None, "error", event)
    logged = drop_row_values(None, "error", event)["exception"]

    assert "ck_users_email_lower" in logged
    assert secret not in logged
