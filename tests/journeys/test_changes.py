"""What happens to sales after they are signed: asked for at a desk, approved on a phone, done at once and whole."""

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from salesoffice.core import clock
from salesoffice.core.certificates import CertificateKind
from salesoffice.customers.services import register_customer
from salesoffice.infra.db import transaction
from salesoffice.inventory.models import Permit
from salesoffice.projects.models import Project
from salesoffice.staff.models import User
from salesoffice.staff.queries import build_actor
from tests.factories import make_prices, make_units
from tests.journeys.change_steps import (
    Approvers,
    ask,
    cell_is,
    pay_deposit,
    state_of,
    subscribe,
)
from tests.journeys.conftest import CODE, Desks, Scene
from tests.support.server import Server

FIRST, OTHER = "1-A-101", "1-A-203"
PEOPLE = (("张甲", "110101199003070011"), ("李乙", "110101199003070038"), ("王丙", "110101199003070054"))


@pytest.fixture
def office(scene: Scene, desks: Desks) -> Desks:
    """Twenty units for sale at 900,000.00 yuan, three customers, the usual chains of approval."""
    with scene.app.test_request_context(), transaction() as session:
        project = session.scalars(select(Project).where(Project.code == CODE)).one()
        make_prices(session, project, make_units(session, project))
        permit = Permit(
            project_id=project.id, number="预售2026001", issued_on=clock.business_today(),
            is_project_wide=True, created_at=clock.now(),
        )  # fmt: skip
        session.add(permit)
        assistant = session.scalars(select(User).where(User.email == "assistant@example.test")).one()
        rep = session.scalars(select(User).where(User.email == "rep@example.test")).one()
        for number, (name, certificate) in enumerate(PEOPLE):
            register_customer(
                session, project_id=project.id, actor=build_actor(assistant), name=name,
                phones=[f"1380000000{number}"], certificate_kind=CertificateKind.IDENTITY_CARD,
                certificate_no=certificate, rep_id=rep.id,
            )  # fmt: skip
    desks.executive.open("approvals/chains")
    desks.executive.send("/chains")
    return desks


@pytest.fixture
def approvers(scene: Scene, server: Server, chromium: Browser) -> Approvers:
    """The manager and the executive with their phones."""
    return Approvers(scene, server, chromium)


def test_signing_is_extended_and_an_extension_rejected(
    scene: Scene, office: Desks, approvers: Approvers
) -> None:
    number = subscribe(office.assistant, FIRST, "张甲")

    change = ask(office.assistant, number, "extension", days="5")
    assert "待审批" in state_of(office.assistant, change)
    approvers.decide("manager", expected="1-A-101")
    second = ask(office.assistant, number, "extension", days="2")
    approvers.decide("manager", approve=False)

    assert "已生效" in state_of(office.assistant, change)
    assert "资料不全" in state_of(office.assistant, second)
    assert scene.command("verify")["breaches"] == []
    assert office.problems == []


def test_cancelled_unit_is_refunded_and_sold_again(scene: Scene, office: Desks, approvers: Approvers) -> None:
    number = subscribe(office.assistant, FIRST, "张甲")
    pay_deposit(office.assistant, office.finance, number)

    change = ask(office.assistant, number, "cancellation", fault="none")
    approvers.decide("manager", expected="50,000.00")
    cell_is(office.rep, FIRST, "subscribed")
    approvers.decide("executive")

    assert "已生效" in state_of(office.manager, change)
    cell_is(office.rep, FIRST, "withheld")
    refund(office, number, "50000")
    office.manager.open(f"units/{FIRST}")
    office.manager.send("/release")
    again = subscribe(office.assistant, FIRST, "李乙")
    assert again != number
    cell_is(office.rep, FIRST, "subscribed")
    assert scene.command("verify")["breaches"] == []
    assert office.problems == []


def test_forfeited_sale_keeps_the_deposit(scene: Scene, office: Desks, approvers: Approvers) -> None:
    number = subscribe(office.assistant, FIRST, "张甲")
    pay_deposit(office.assistant, office.finance, number)

    change = ask(office.assistant, number, "forfeiture", reason="逾期未签约")
    approvers.decide("manager", expected="50,000.00")

    assert "已生效" in state_of(office.manager, change)
    cell_is(office.rep, FIRST, "withheld")
    office.finance.open(f"deals/{number}")
    assert office.finance.page.locator('a[href$="/refund"]').count() == 0
    assert scene.command("verify")["breaches"] == []
    assert office.problems == []


def test_sale_keeps_its_number_with_a_co_owner_another_unit_and_another_name(
    scene: Scene, office: Desks, approvers: Approvers
) -> None:
    number = subscribe(office.assistant, FIRST, "张甲")
    pay_deposit(office.assistant, office.finance, number)

    ask(office.assistant, number, "co_owner", add="李乙")
    approvers.decide("manager", expected=FIRST)
    office.assistant.open(f"deals/{number}")
    assert "李乙" in office.assistant.text("main")
    ask(office.assistant, number, "swap", unit_id=OTHER)
    approvers.decide("manager", expected=OTHER)
    approvers.decide("executive")
    ask(office.assistant, number, "name_change", customer_ids="王丙")
    approvers.decide("manager")

    cell_is(office.rep, FIRST, "withheld")
    cell_is(office.rep, OTHER, "subscribed")
    office.assistant.open(f"deals/{number}")
    words = office.assistant.text(".deal-grid")
    assert OTHER in words
    assert "王丙" in words
    assert "50,000.00" in office.assistant.text(".figures")
    assert scene.command("verify")["breaches"] == []
    assert office.problems == []


def refund(office: Desks, number: str, amount: str) -> None:
    """Ask for the money back as the assistant; finance pays it."""
    office.assistant.open(f"deals/{number}")
    office.assistant.follow('a[href$="/refund"]')
    office.assistant.fill(amount=amount, reason="退认购退款")
    office.assistant.send()
    office.finance.open(f"deals/{number}")
    office.finance.send("/approve")
    assert "已通过" in office.finance.text("#money") or "已批准" in office.finance.text("#money")
