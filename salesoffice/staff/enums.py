"""What roles and permissions are called."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from salesoffice.core.permissions import Permission, Role


class PasswordPolicy(StrEnum):
    """Which rules a password follows; a setting of the installation."""

    ASVS = "asvs"
    MLPS2 = "mlps2"


ROLE_LABELS: Mapping[Role, LazyString] = {
    Role.ASSISTANT: _l("Sales assistant"),
    Role.REP: _l("Sales rep"),
    Role.MANAGER: _l("Sales manager"),
    Role.FINANCE: _l("Finance"),
    Role.PLANNER: _l("Planning"),
    Role.EXECUTIVE: _l("Executive"),
    Role.ADMIN: _l("Administrator"),
}

PERMISSION_LABELS: Mapping[Permission, LazyString] = {
    Permission.PROJECT_VIEW: _l("See the project"),
    Permission.PROJECT_EDIT: _l("Change the rules of the project"),
    Permission.USER_MANAGE: _l("Manage users (in the whole installation)"),
    Permission.BOARD_VIEW: _l("See the sale-status board"),
    Permission.BOARD_PRINT: _l("Print the sale-status board"),
    Permission.UNIT_EDIT: _l("Edit units"),
    Permission.UNIT_IMPORT: _l("Import units and prices"),
    Permission.UNIT_RELEASE: _l("Release units for sale"),
    Permission.UNIT_WITHHOLD: _l("Withhold units"),
    Permission.OVERLAY_EDIT: _l("Enter and lift legal overlays"),
    Permission.AREA_CHECK: _l("Check the areas of the final survey"),
    Permission.BATCH_EDIT: _l("Put release batches together"),
    Permission.BATCH_LAUNCH: _l("Launch release batches"),
    Permission.PERMIT_EDIT: _l("Enter pre-sale permits"),
    Permission.PRICE_VIEW: _l("See list prices"),
    Permission.PRICE_SHEET: _l("Make price sheets"),
    Permission.PRICE_PLAN_VIEW: _l("See price plans"),
    Permission.PRICE_PLAN: _l("Make price plans"),
    Permission.PRICE_SUBMIT: _l("Submit prices for approval"),
    Permission.PRICE_APPROVE: _l("Approve prices"),
    Permission.PRICE_LIMIT_VIEW: _l("See floor prices"),
    Permission.PRICE_LIMIT_EDIT: _l("Set floor prices, filed prices and price rules"),
    Permission.DISCOUNT_EDIT: _l("Set discount schemes and terms of offers"),
    Permission.OFFER_MAKE: _l("Make offers for customers"),
    Permission.WAITING_JOIN: _l("Put customers on the waiting list"),
    Permission.LAUNCH_VIEW: _l("See the launch checklist"),
    Permission.LAUNCH_EDIT: _l("Keep the launch checklist"),
    Permission.CUSTOMER_VIEW: _l("See own customers"),
    Permission.CUSTOMER_VIEW_ALL: _l("See everybody's customers"),
    Permission.CUSTOMER_EDIT: _l("Enter and edit customers"),
    Permission.CUSTOMER_REVEAL: _l("Reveal telephone and certificate numbers"),
    Permission.VISIT_ADD: _l("Enter calls and visits"),
    Permission.HOLD_PLACE: _l("Hold units"),
    Permission.HOLD_MANAGE: _l("Extend and release other people's holds"),
    Permission.DEAL_VIEW: _l("See own deals"),
    Permission.DEAL_VIEW_ALL: _l("See everybody's deals"),
    Permission.SUBSCRIPTION_SIGN: _l("Enter subscription agreements"),
    Permission.SUBSCRIPTION_CANCEL: _l("Cancel subscription agreements"),
    Permission.CONTRACT_ENTER: _l("Enter contracts"),
    Permission.CONTRACT_VERIFY: _l("Make the second entry of contracts"),
    Permission.RECEIPT_RECORD: _l("Record receipts"),
    Permission.RECEIPT_CONFIRM: _l("Confirm or refuse receipts"),
    Permission.RECEIPT_REVERSE: _l("Reverse receipts"),
    Permission.REFUND_REQUEST: _l("Request refunds"),
    Permission.REFUND_APPROVE: _l("Approve refunds"),
    Permission.OPINION_ADD: _l("Write opinions of the day"),
    Permission.LOG_VIEW: _l("See the daily log"),
    Permission.LOG_CLOSE: _l("Close the daily log"),
    Permission.LOG_SEND: _l("Send the daily log"),
    Permission.OUTBOX_VIEW: _l("See outgoing mail"),
    Permission.OUTBOX_RESEND: _l("Send mail again"),
    Permission.CHANGE_REQUEST: _l("Ask for a change of a sale"),
    Permission.CHANGE_APPLY: _l("Make a change of a sale that needs no approval"),
    Permission.APPROVAL_VIEW: _l("See requests for approval"),
    Permission.APPROVAL_DECIDE: _l("Approve and reject what the chain gives one"),
    Permission.APPROVAL_EDIT: _l("Set the chains of approval"),
    Permission.REGISTRATION_VIEW: _l("See registrations"),
    Permission.REGISTRATION_EDIT: _l("Register interest, give back, rename"),
    Permission.PROVISIONAL_SIGN: _l("Take provisional orders"),
    Permission.ATTACHMENT_ADD: _l("Attach papers to a sale"),
    Permission.REQUIREMENT_EDIT: _l("Say which papers each stage needs"),
    Permission.PAPER_ISSUE: _l("Issue papers"),
    Permission.PAPER_TEMPLATE: _l("Upload Word templates"),
    Permission.STATIONERY_VIEW: _l("See the stock of numbered forms"),
    Permission.STATIONERY_EDIT: _l("Keep the stock of numbered forms"),
    Permission.TRACK_EDIT: _l("Keep the service tracks after signing"),
    Permission.NOTICE_EDIT: _l("Give engineering change notices"),
    Permission.WORK_VIEW: _l("See the list of work that waits"),
    Permission.ENTRY_ERROR_VIEW: _l("See the error rates of entries"),
    Permission.AUDIT_VIEW: _l("See the audit"),
}
