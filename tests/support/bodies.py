"""A body for each POST of the JSON API that is right in shape and names objects that exist."""

import io
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from salesoffice.core import clock
from tests.factories.approvals import FINGERPRINT
from tests.factories.everything import Everything
from tests.factories.places import FILING
from tests.factories.sales import BUYER, CERTIFICATE

PAPER = b"%PDF-1.7 paper"
TAKE_FILES = frozenset({"imports_api.preview", "deals_api.post_attachment"})
"""Have no JSON body; `send` gives them a file."""

REASON = {"reason": "entered by mistake"}


def build_bodies(found: Everything) -> dict[str, dict[str, Any]]:
    """Return the JSON bodies by endpoint; the routes that take a file have none."""
    parts, code = found.parts, found.office.project.code
    today = clock.business_today()
    contract = {"signed_on": today.isoformat(), "total_fen": 900_000_00}
    critical = {
        "customer_name": BUYER,
        "certificate_no": CERTIFICATE,
        "unit_code": found.office.units[3].code,
        "gross_area": "90.00",
    }
    bodies: dict[str, dict[str, Any]] = {
        "contracts_api.post_contract": {
            **contract, "subscription_id": parts["subscription_id"], "payment_plan": "mortgage",
        },
        "contracts_api.post_verification": contract | critical,
        "contracts_api.post_online_signing": {"online_no": "W-1", "on": today.isoformat()},
        "contracts_api.post_filing": {"filing_no": "F-1", "on": today.isoformat()},
        "contracts_api.post_resolution": {"field": "gross_area", "culprit": "second"},
        "deals_api.post_removal": REASON,
        "undo_api.post_undo": {},
        "customers_api.register": {"project": code, "name": "赵丙", "phones": ["13700009999"]},
        "customers_api.add_visit": {
            "project": code, "kind": "visit", "first": True, "source": "walk_in",
            "customer_id": parts["customer_id"],
        },
        "offers_api.post_offer": {"unit_id": parts["unit_id"], "payment_plan": "full"},
        "reservations_api.post_hold": {"unit_id": parts["unit_id"]},
        "reservations_api.post_hold_extension": {"minutes": 30},
        "reservations_api.post_hold_release": {},
        "reservations_api.post_order": {
            "unit_id": found.office.units[8].id, "customer_id": parts["customer_id"], "amount_fen": 10_000_00,
            "signed_on": today.isoformat(),
        },
        "reservations_api.post_order_cancellation": REASON,
        "registrations_api.post_registration": {
            "project": code, "category": "A", "customer_id": parts["newcomer_id"],
            "registered_on": today.isoformat(),
        },
        "registrations_api.post_giving_back": REASON,
        "registrations_api.post_renaming": REASON | {"customer_id": parts["newcomer_id"]},
        "registrations_api.post_conversion": {"deal_id": parts["deal_id"]},
        "payments_api.post_carrying": REASON,
        "reservations_api.post_waiting": {"customer_id": parts["customer_id"]},
        "reservations_api.post_waiting_leave": {},
        "reservations_api.post_subscription": {
            "unit_id": parts["unit_id"], "customer_ids": [parts["customer_id"]], "payment_plan": "full",
            "deposit_fen": 50_000_00, "signed_on": today.isoformat(),
        },
        "tracks_api.post_track": {"state": "under_way", "on": today.isoformat()},
        "board_api.withhold": REASON,
        "board_api.release": {},
        "imports_api.commit": {},
    }  # fmt: skip
    return bodies | _change_bodies(parts) | _paper_bodies(parts) | _office_bodies(found)


def _change_bodies(parts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    today = clock.business_today()
    return {
        "changes_api.post_contract_cancellation": REASON,
        "changes_api.post_subscription_cancellation": REASON,
        "changes_api.post_subscription_extension": {**REASON, "days": 7},
        "changes_api.post_cancel": REASON,
        "changes_api.post_area_settlement": REASON,
        "changes_api.post_extend": {**REASON, "days": 7},
        "changes_api.post_forfeit": REASON,
        "changes_api.post_revive": {**REASON, "sign_by": (today + timedelta(days=7)).isoformat()},
        "changes_api.post_refund_after_forfeiture": {**REASON, "amount_fen": 10_000_00},
        "changes_api.post_withdraw_filing": REASON,
        "changes_api.post_swap": {**REASON, "unit_id": parts["unit_id"]},
        "changes_api.post_rename": {**REASON, "customer_ids": [parts["newcomer_id"]]},
        "changes_api.post_co_owner": {**REASON, "add": [{"customer_id": parts["newcomer_id"]}]},
        "changes_api.post_principal": {**REASON, "customer_id": parts["customer_id"]},
        "changes_api.post_price_change": {**REASON, "total_fen": 880_000_00},
        "changes_api.post_plan_change": {**REASON, "payment_plan": "full"},
        "changes_api.post_payment_dates": {
            **REASON,
            "dates": [{"position": 2, "due_on": (today + timedelta(days=20)).isoformat()}],
        },
        "changes_api.post_loan_terms": {**REASON, "bank": "建设银行", "years": 30},
        "changes_api.post_void": REASON,
        "changes_api.post_withdrawal": {},
        "changes_api.post_undoing": {},
    }


def _paper_bodies(parts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    letter = {"kind": "notice", "subject": f"deals:{parts['deal_id']}", "clauses": "请尽快补齐材料。"}
    return {"papers_api.post_paper": letter}


def _office_bodies(found: Everything) -> dict[str, dict[str, Any]]:
    parts, today = found.parts, clock.business_today()
    money = {"account_id": parts["account_id"], "amount_fen": 20_000_00}
    return {
        "payments_api.post_receipt": {
            **money, "kind": "deposit", "method": "cash", "received_on": today.isoformat(),
        },
        "payments_api.post_confirmation": {},
        "payments_api.post_refusal": REASON,
        "payments_api.post_reversal": REASON,
        "payments_api.post_refund": money | REASON,
        "approvals_api.post_approval": {"fingerprint": FINGERPRINT},
        "approvals_api.post_rejection": {"comment": "too late"},
        "payments_api.post_approval": {"comment": "agreed"},
        "payments_api.post_rejection": REASON,
        "stationery_api.post_print_run": {
            "kind": "contract", "first": 1, "last": 3, "digits": 3, "received_on": today.isoformat(),
        },
        "stationery_api.post_issue": {"kind": "mortgage", "user_id": found.office.rep.id, "count": 1},
        "stationery_api.post_spoilt": REASON,
        "stationery_api.post_return": {},
        "notices_api.post_notice": {
            "title": "Entrance", "body": "It moves.", "decided_on": today.isoformat(),
            "building_ids": [parts["building_id"]],
        },
        "notices_api.post_notification": {"how": "by hand", "on": today.isoformat()},
        "notices_api.post_answer": {"answer": "accepted", "on": today.isoformat()},
    }  # fmt: skip


def send(
    browser: FlaskClient, endpoint: str, address: str, body: Any, headers: dict[str, str] | None = None
) -> TestResponse:
    """Send a POST of the API: the body as JSON, or its file."""
    if endpoint == "imports_api.preview":
        form = {"file": (io.BytesIO(FILING), "units.csv")}
        return browser.post(address, data=form, headers=headers)
    if endpoint == "deals_api.post_attachment":
        paper = {"kind": "other", "file": (io.BytesIO(PAPER), "paper.pdf")}
        return browser.post(address, data=paper, headers=headers)
    return browser.post(address, json=body, headers=headers)
