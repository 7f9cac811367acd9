"""Two people at the same moment: money is confirmed once, and never more is paid back than came in."""

from collections.abc import Callable
from decimal import Decimal

from flask import Flask

from salesoffice.core import clock
from salesoffice.infra.db import db, transaction
from salesoffice.payments import services
from salesoffice.payments.enums import PaymentMethod, PlanKind, ReceiptKind
from salesoffice.payments.models import Account, Receipt, Refund
from salesoffice.payments.queries import confirmed_amount, find_breaches
from tests.factories import Office
from tests.support.threads import run_together

Receive = Callable[..., Receipt]


def test_two_confirmations_at_once_count_once(
    app: Flask, office: Office, account: Account, receive: Receive
) -> None:
    receipt = receive(50_000_00)

    def confirm() -> None:
        found = db.session.get_one(Receipt, receipt.id)
        services.confirm_receipt(db.session(), found, actor=office.actor(office.finance))

    outcomes = run_together(app, *[confirm] * 6)

    assert outcomes == ["done", *["wrong_state"] * 5]
    with app.test_request_context():
        assert confirmed_amount(db.session(), account.id) == 50_000_00
        assert list(find_breaches(db.session())) == []


def test_refunds_approved_at_once_never_exceed_what_came_in(
    app: Flask, office: Office, account: Account, receive: Receive
) -> None:
    first = receive(50_000_00, slip_no="1", confirmed=True)
    receive(50_000_00, slip_no="2", confirmed=True)
    with app.test_request_context(), transaction() as session:
        asked = [
            services.request_refund(
                session, account, actor=office.actor(office.assistant), amount=50_000_00, reason=reason
            )
            for reason in ("overpaid", "the deal ended")
        ]

    def approve(refund: Refund) -> Callable[[], None]:
        def job() -> None:
            found = db.session.get_one(Refund, refund.id)
            services.approve_refund(db.session(), found, actor=office.actor(office.finance))

        return job

    def reverse() -> None:
        found = db.session.get_one(Receipt, first.id)
        services.reverse_receipt(
            db.session(), found, actor=office.actor(office.finance), reason="wrong buyer"
        )

    outcomes = run_together(app, approve(asked[0]), approve(asked[1]), reverse)

    assert outcomes in (["done", "done", "money_paid_back"], ["done", "done", "refund_too_high"])
    with app.test_request_context():
        found = db.session.get_one(Account, account.id)
        assert found.refunded_amount <= found.received_amount
        assert list(find_breaches(db.session())) == []


def test_requests_at_once_leave_no_gap_and_stay_within_the_money(
    app: Flask, office: Office, account: Account, receive: Receive
) -> None:
    count = 8
    receive(50_000_00, confirmed=True)

    def ask(number: int) -> Callable[[], None]:
        def job() -> None:
            services.request_refund(
                db.session(),
                account,
                actor=office.actor(office.assistant),
                amount=20_000_00,
                reason=f"reason {number}",
            )

        return job

    outcomes = run_together(app, *[ask(number) for number in range(count)])

    assert outcomes == ["done", "done", *["refund_too_high"] * (count - 2)]
    with app.test_request_context():
        assert list(find_breaches(db.session())) == []


def test_one_slip_recorded_for_two_accounts_at_once_counts_once(
    app: Flask, office: Office, account: Account
) -> None:
    with app.test_request_context(), transaction() as session:
        other = services.open_account(
            session,
            project_id=office.project.id,
            total=900_000_00,
            plan=PlanKind.FULL,
            deposit=50_000_00,
            signed_on=clock.business_today(),
            sign_by=clock.business_today(),
            down_payment_rate=Decimal("0.3"),
            actor=office.actor(office.assistant),
        )

    def record(chosen: Account) -> Callable[[], None]:
        def job() -> None:
            services.record_receipt(
                db.session(),
                chosen,
                actor=office.actor(office.assistant),
                kind=ReceiptKind.DEPOSIT,
                method=PaymentMethod.TRANSFER,
                amount=50_000_00,
                received_on=clock.business_today(),
                slip_no="7001",
            )

        return job

    outcomes = run_together(app, *[record(account), record(other)] * 3)

    assert outcomes == ["done", *["receipt_duplicate"] * 5]
    with app.test_request_context():
        assert list(find_breaches(db.session())) == []
