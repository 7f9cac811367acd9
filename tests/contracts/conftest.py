"""A subscription over unit 101 for 900,000.00 yuan, mortgage, and its contract as entered by the first person."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask

from salesoffice.contracts.models import Contract
from salesoffice.contracts.rules import CriticalFields
from salesoffice.contracts.services import ContractEntry, draft_contract, verify_contract
from salesoffice.core import clock
from salesoffice.core.certificates import CertificateKind
from salesoffice.customers.services import register_customer
from salesoffice.infra.db import transaction
from salesoffice.payments.enums import PlanKind
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.services import SubscriptionTerms, sign_subscription
from tests.factories import Office

CERTIFICATE = "110101199003070011"


@pytest.fixture
def subscription(app: Flask, office: Office) -> Subscription:
    """A subscription agreement of today with a deposit of 50,000.00 yuan."""
    with app.test_request_context(), transaction() as session:
        buyer = register_customer(
            session,
            project_id=office.project.id,
            actor=office.actor(office.assistant),
            name="张甲",
            phones=["13800001234"],
            certificate_kind=CertificateKind.IDENTITY_CARD,
            certificate_no=CERTIFICATE,
        )
        return sign_subscription(
            session,
            office.units[0],
            actor=office.actor(office.assistant),
            terms=SubscriptionTerms(
                customer_ids=(buyer.id,),
                plan=PlanKind.MORTGAGE,
                deposit=50_000_00,
                signed_on=clock.business_today(),
            ),
        )


@pytest.fixture
def contract(app: Flask, office: Office, subscription: Subscription) -> Contract:
    """The draft that the assistant entered."""
    with app.test_request_context(), transaction() as session:
        entry = ContractEntry(signed_on=clock.business_today())
        found = session.get_one(Subscription, subscription.id)
        return draft_contract(session, found, actor=office.actor(office.assistant), entry=entry)


@pytest.fixture
def second_entry(contract: Contract) -> Callable[..., CriticalFields]:
    """The second person's entry, equal to the first but for what is given."""

    def make(**changes: object) -> CriticalFields:
        equal = CriticalFields(
            customer_name=contract.customer_name,
            certificate_no=CERTIFICATE,
            unit_code=contract.unit_code,
            gross_area=Decimal("90.00"),
            total_amount=900_000_00,
            signed_on=contract.signed_on,
        )
        return replace(equal, **changes)  # type: ignore[arg-type]

    return make


@pytest.fixture
def verified(
    app: Flask, office: Office, contract: Contract, second_entry: Callable[..., CriticalFields]
) -> Contract:
    """The contract after an equal second entry by the other assistant."""
    with app.test_request_context(), transaction() as session:
        found = session.get_one(Contract, contract.id)
        return verify_contract(
            session, found, actor=office.actor(office.other_assistant), fields=second_entry()
        ).contract
