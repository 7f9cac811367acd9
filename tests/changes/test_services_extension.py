"""Extension of signing: the days add up, so that many small ones reach the threshold of a large one."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from salesoffice.approvals.rules import StepDraft
from salesoffice.approvals.services import set_rule
from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Role
from salesoffice.reservations.models import Subscription
from tests.changes.sales import ask
from tests.conftest import Do
from tests.factories import Office
from tests.factories.sales import make_draft


def test_days_of_all_extensions_are_measured(do: Do, office: Office, sale: Subscription) -> None:
    def extend(session: Session) -> int:
        return ask(session, office, sale.deal, ChangeKind.EXTENSION, days=5).measure

    measures = [do(extend) for _time in range(3)]

    assert measures == [5, 10, 15]


def test_chain_by_days_asks_more_people_for_the_second_extension(
    session: Session, do: Do, office: Office, sale: Subscription
) -> None:
    """The manager makes up to 7 days, above an executive approves, above 14 two of them."""

    def chain(writing: Session) -> None:
        steps = [
            StepDraft(1, Role.EXECUTIVE, from_measure=8),
            StepDraft(2, Role.FINANCE, from_measure=15),
        ]
        set_rule(
            writing, office.project.id, actor=office.actor(office.executive), kind="extension",
            is_required=True, steps=steps,
        )  # fmt: skip

    do(chain)

    first = do(lambda w: ask(w, office, sale.deal, ChangeKind.EXTENSION, days=7))
    second = do(lambda w: ask(w, office, sale.deal, ChangeKind.EXTENSION, days=7))

    assert (first.state, first.measure) == (ChangeState.APPLIED, 7)
    assert (second.state, second.measure) == (ChangeState.REQUESTED, 14)
    assert second.request is not None
    assert [task.role for task in second.request.tasks] == [Role.EXECUTIVE]


@pytest.mark.parametrize(
    ("terms", "code"),
    [({"days": 0}, "invalid"), ({"days": 366}, "invalid"), ({"days": "7"}, "invalid"), ({}, "invalid")],
)
def test_days_that_cannot_be_are_refused(
    do: Do, office: Office, sale: Subscription, terms: dict[str, Any], code: str
) -> None:
    with pytest.raises(DomainError) as caught:
        do(lambda w: ask(w, office, sale.deal, ChangeKind.EXTENSION, **terms))

    assert (caught.value.code, [item.field for item in caught.value.errors]) == (code, ["days"])


@pytest.mark.parametrize("days", [0, -1, 400])
def test_day_that_is_not_later_or_too_far_away_is_refused(
    do: Do, office: Office, sale: Subscription, days: int
) -> None:
    day = sale.sign_by + timedelta(days=days)

    with pytest.raises(DomainError) as caught:
        do(lambda w: ask(w, office, sale.deal, ChangeKind.EXTENSION, sign_by=day.isoformat()))

    assert caught.value.code == "sign_by_invalid"


def test_sale_with_a_contract_is_not_extended(do: Do, office: Office, sale: Subscription) -> None:
    do(lambda w: make_draft(w, office, w.get_one(Subscription, sale.id)))

    with pytest.raises(DomainError) as caught:
        do(lambda w: ask(w, office, sale.deal, ChangeKind.EXTENSION, days=1))

    assert caught.value.code == "wrong_state"
    assert sale.sign_by >= clock.business_today()
