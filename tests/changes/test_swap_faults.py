"""A swap of a contract that fails, or whose process is killed, after each of its statements: all of it or nothing."""

from flask import Flask
from sqlalchemy import select

from salesoffice.deals.models import Deal
from salesoffice.infra.db import db
from salesoffice.reservations.models import Subscription
from tests.changes.actions import swap
from tests.changes.sales import contract
from tests.conftest import Do
from tests.factories import Office
from tests.support.faults import Victim, count_statements, fail_after_each, list_breaches, take_snapshot


def prepare(do: Do, office: Office, sale: Subscription) -> dict[str, int]:
    do(lambda session: contract(session, office, session.get_one(Subscription, sale.id)))
    return {"deal": sale.deal_id, "user": office.manager.id, "unit": office.units[5].id}


def test_swap_failing_after_any_statement_changes_nothing(
    app: Flask, do: Do, office: Office, sale: Subscription
) -> None:
    arguments = prepare(do, office, sale)
    before = take_snapshot(app)

    tried = [number for number in fail_after_each(app, swap, arguments) if take_snapshot(app) == before]

    assert tried == list(range(1, count_statements(app, swap, arguments) + 1))
    assert len(tried) > 40
    assert list_breaches(app) == []


def test_swap_killed_after_any_statement_is_all_or_nothing(
    app: Flask, do: Do, office: Office, sale: Subscription
) -> None:
    arguments = prepare(do, office, sale)
    count = count_statements(app, swap, arguments)
    before = take_snapshot(app)

    with Victim(app, "tests.changes.actions:swap", arguments) as victim:
        for number in range(1, count + 1):
            assert victim.run(number) == "killed"
            assert take_snapshot(app) == before
        assert list_breaches(app) == []
        assert victim.run(None) == "done"

    assert list_breaches(app) == []
    with app.app_context():
        assert db.session.scalar(select(Deal.unit_id)) == office.units[5].id
