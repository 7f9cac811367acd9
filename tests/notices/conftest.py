"""Two contracted sales (units 101 and 201), one only subscribed, and a notice about the building."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from salesoffice.core import clock
from salesoffice.infra.db import transaction
from salesoffice.notices.models import EngineeringNotice
from salesoffice.notices.queries import NoticeScope
from salesoffice.notices.services import NoticeDraft, enter_notice
from salesoffice.payments.enums import PlanKind
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.services import SubscriptionTerms, sign_subscription
from tests.factories import Office
from tests.factories.sales import make_buyer, make_draft, make_verified

Enter = Callable[..., EngineeringNotice]
BODY = "小区东入口改至锦绣路一侧。\n2栋架空层增设儿童活动区。"


@pytest.fixture
def sales(app: Flask, office: Office) -> tuple[Subscription, ...]:
    """Sales of units 101, 201 (contracted) and 301 (subscribed)."""
    with app.test_request_context(), transaction() as session:
        buyer = make_buyer(session, office)
        terms = SubscriptionTerms((buyer.id,), PlanKind.MORTGAGE, 50_000_00, clock.business_today())
        actor = office.actor(office.assistant)
        made = tuple(
            sign_subscription(session, office.units[place], actor=actor, terms=terms) for place in (0, 4, 8)
        )
        for sale in made[:2]:
            make_verified(session, office, make_draft(session, office, sale))
        return made


@pytest.fixture
def enter(app: Flask, office: Office, sales: tuple[Subscription, ...]) -> Enter:
    """Enter a notice of a day about some sales, the whole building unless said."""

    def run(decided_on: date | None = None, **scope: tuple[int, ...] | tuple[str, ...]) -> EngineeringNotice:
        chosen = scope or {"building_ids": (office.units[0].building_id,)}
        with app.test_request_context(), transaction() as session:
            return enter_notice(
                session,
                office.project.id,
                actor=office.actor(office.manager),
                draft=NoticeDraft(
                    "小区入口调整", BODY, decided_on or clock.business_today(), "深规函〔2026〕18 号"
                ),
                scope=NoticeScope(**chosen),  # type: ignore[arg-type]
            )

    return run


@pytest.fixture
def notice(enter: Enter) -> EngineeringNotice:
    """A notice of today about the building: two deliveries."""
    return enter()
