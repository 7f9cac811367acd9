"""A list costs the same number of queries for a few rows and for more than a page of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.permissions import SYSTEM, Role
from salesoffice.customers.enums import Source, VisitKind
from salesoffice.customers.services import record_visit, register_customer
from salesoffice.dailylog.enums import OpinionKind
from salesoffice.dailylog.services import add_opinion
from salesoffice.imports.services import preview_import, read_upload
from salesoffice.infra.db import db, transaction
from salesoffice.infra.outbox import queue_mail
from salesoffice.inventory.models import Unit
from salesoffice.offers.services import OfferTerms, make_offer
from salesoffice.payments.enums import PaymentMethod, PlanKind, ReceiptKind
from salesoffice.payments.models import Account
from salesoffice.payments.services import confirm_receipt, record_receipt
from salesoffice.pricing.queries import get_version, list_drafts
from salesoffice.pricing.services import publish_prices
from salesoffice.projects.models import Project
from salesoffice.registrations.models import RegistrationCategory
from salesoffice.reservations.services import place_hold
from salesoffice.staff.models import User
from tests.factories import make_units, make_user
from tests.factories.approvals import make_request
from tests.factories.everything import Everything
from tests.factories.many import make_many_forms, make_many_sales
from tests.factories.places import FILING

SignIn = Callable[[User], FlaskClient]

LISTS = (
    "/p/P1/work", "/p/P1/search?q=1-A", "/p/P1/search/box?q=1-A", "/api/v1/projects/P1/work", "/api/v1/projects/P1/search?q=1-A",
    "/p/P1/customers", "/p/P1/deals", "/p/P1/receipts", "/p/P1/visits", "/p/P1/imports", "/p/P1/log",
    "/p/P1/outbox", "/p/P1/units", "/p/P1/holds", "/p/P1/opinions", "/p/P1/receivables", "/p/P1/buildings",
    "/p/P1/customers/choose", "/p/P1/plans", "/p/P1/plans/1/units",
    "/p/P1/prices/versions", "/p/P1/prices/versions/2", "/p/P1/prices/limits", "/users", "/projects", "/p/P1/board?q=1",
    "/p/P1/forms", "/p/P1/engineering-notices", "/p/P1/changes", "/p/P1/tracks", "/p/P1/area-settlement",
    "/p/P1/registrations", "/p/P1/provisional-orders", "/p/P1/entry-errors",
    "/api/v1/projects/P1/forms", "/api/v1/projects/P1/engineering-notices", "/api/v1/projects/P1/changes",
    "/api/v1/projects/P1/registrations", "/api/v1/projects/P1/provisional-orders",
    "/p/P1/approvals?tab=all", "/api/v1/approvals", "/p/P1/papers", "/p/P1/offers", "/api/v1/offers", "/api/v1/projects/P1/units", "/api/v1/projects/P1/board", "/api/v1/customers", "/api/v1/projects",
)  # fmt: skip
MORE = 35


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Collect the statements that the application sends."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def count_queries(browser: FlaskClient) -> dict[str, int]:
    """Return the number of queries of each list, its caches filled."""
    counts = {}
    for address in LISTS:
        browser.get(address)
        with counted_queries() as found:
            answer = browser.get(address)
        assert answer.status_code == 200, address
        counts[address] = len(found)
    return counts


def add_rows(session: Session, found: Everything) -> None:
    """Add more rows than a page shows to every list, each with its own people and objects."""
    office = found.office
    project = session.get_one(Project, office.project.id)
    project.hold_limit = 200
    units = make_units(session, project, building="2栋", floors=6, lines=6)
    sold = make_units(session, project, building="3栋", floors=10, lines=7)
    add_prices(session, found, units + sold)
    make_many_sales(session, office, sold, session.get_one(RegistrationCategory, found.parts["category_id"]))
    account = session.get_one(Account, found.parts["account_id"])
    holders: list[User] = []
    for index, unit in enumerate(units[:MORE]):
        make_offer(session, unit, actor=office.actor(office.rep), terms=OfferTerms(PlanKind.FULL))
        add_sale(session, found, account, index, unit)
        holders.append(make_user(session, f"more{index}", project=project, role=Role.REP))
        upload = read_upload(session, project.id, data=FILING, file_name=f"units{index}.csv")
        preview_import(session, project.id, actor=office.actor(office.assistant), upload=upload)
        applicant = office.rep if index % 2 else office.other_rep
        make_request(session, project.id, office.actor(applicant), number=2_000 + index)
        queue_mail(
            session, key=f"more:{index}", project_id=project.id, to=f"more{index}@example.test", subject="Log",
            text="Log", html="", message_id=f"<more{index}@example.test>",
        )  # fmt: skip
    make_many_forms(session, office, holders)


def add_prices(session: Session, found: Everything, units: tuple[Unit, ...]) -> None:
    """Price further units like the first ones, in a version of their own."""
    project_id = found.office.project.id
    price = list_drafts(session, get_version(session, project_id))[found.office.units[0].id]
    prices = {unit.id: price for unit in units}
    publish_prices(session, project_id, actor=SYSTEM, prices=prices, source="more")


def add_sale(session: Session, found: Everything, account: Account, index: int, unit: Unit) -> None:
    """Add a customer who visits, holds a unit, and a receipt; every second receipt is confirmed."""
    office = found.office
    project_id, rep = office.project.id, office.actor(office.rep if index % 2 else office.other_rep)
    customer = register_customer(
        session, project_id=project_id, actor=rep, name=f"客户{index}", phones=[f"1360000{index:04d}"]
    )
    kind, source = VisitKind.VISIT, Source.WALK_IN
    record_visit(
        session,
        project_id=project_id,
        actor=rep,
        kind=kind,
        is_first=True,
        source=source,
        customer_id=customer.id,
    )
    place_hold(session, unit, actor=rep, customer_id=customer.id)
    add_opinion(session, office.project, actor=rep, kind=OpinionKind.LIKED, text=f"第{index}条")
    receipt = record_receipt(
        session,
        account,
        actor=office.actor(office.assistant if index % 2 else office.manager),
        kind=ReceiptKind.DOWN_PAYMENT,
        method=PaymentMethod.CASH,
        amount=100_00 + index,
        received_on=clock.business_today(),
    )
    if index % 2:
        confirm_receipt(session, receipt, actor=office.actor(office.finance))


def test_lists_cost_the_same_for_a_few_rows_and_for_many(
    app: Flask, everything: Everything, sign_in: SignIn
) -> None:
    browser = sign_in(everything.office.admin)
    before = count_queries(browser)
    with app.test_request_context(), transaction() as session:
        add_rows(session, everything)

    after = count_queries(browser)

    assert {
        address: (before[address], after[address]) for address in LISTS if after[address] > before[address]
    } == {}
    assert all(count <= 30 for count in after.values()), after


def test_query_per_row_is_found(app: Flask, everything: Everything) -> None:
    with app.app_context(), counted_queries() as found:
        for unit_id in range(1, 4):
            db.session.scalar(select(Unit.code).where(Unit.id == unit_id))

    assert len(found) == 3
