"""A cancellation that fails, or whose process is killed, after each of its statements: all of it or nothing."""

from flask import Flask
from sqlalchemy import select

from salesoffice.deals.enums import ClaimEnd
from salesoffice.deals.models import Claim
from salesoffice.infra.db import db
from salesoffice.reservations.models import Subscription
from tests.changes.actions import cancel
from tests.factories import Office
from tests.support.faults import Victim, count_statements, fail_after_each, list_breaches, take_snapshot

KILLED = 12


def test_cancellation_failing_after_any_statement_changes_nothing(
    app: Flask, office: Office, sale: Subscription
) -> None:
    arguments = {"deal": sale.deal_id, "user": office.manager.id}
    before = take_snapshot(app)

    tried = [number for number in fail_after_each(app, cancel, arguments) if take_snapshot(app) == before]

    assert tried == list(range(1, count_statements(app, cancel, arguments) + 1))
    assert len(tried) > 20
    assert list_breaches(app) == []


def test_cancellation_killed_after_a_statement_is_all_or_nothing(
    app: Flask, office: Office, sale: Subscription
) -> None:
    arguments = {"deal": sale.deal_id, "user": office.manager.id}
    count = count_statements(app, cancel, arguments)
    before = take_snapshot(app)

    with Victim(app, "tests.changes.actions:cancel", arguments) as victim:
        for number in sorted({*range(1, count, max(count // KILLED, 1)), count}):
            assert victim.run(number) == "killed"
            assert take_snapshot(app) == before
        assert list_breaches(app) == []
        assert victim.run(None) == "done"

    assert list_breaches(app) == []
    with app.app_context():
        ends = db.session.scalars(select(Claim.end_kind).where(Claim.deal_id == sale.deal_id)).all()
    assert ends == [ClaimEnd.CANCEL]
