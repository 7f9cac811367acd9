"""Roles, permissions, and the one table that joins them; also the person acting.

The table is data: pages, API, commands, the page that shows it and `docs/permissions.md` all read it from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a person is in one project."""

    ASSISTANT = "assistant"
    REP = "rep"
    MANAGER = "manager"
    FINANCE = "finance"
    PLANNER = "planner"
    EXECUTIVE = "executive"
    ADMIN = "admin"


class Permission(StrEnum):
    """What can be done. `thing.verb`; the verb of the business."""

    PROJECT_VIEW = "project.view"
    PROJECT_EDIT = "project.edit"
    USER_MANAGE = "user.manage"
    BOARD_VIEW = "board.view"
    BOARD_PRINT = "board.print"
    UNIT_EDIT = "unit.edit"
    UNIT_IMPORT = "unit.import"
    UNIT_RELEASE = "unit.release"
    UNIT_WITHHOLD = "unit.withhold"
    OVERLAY_EDIT = "overlay.edit"
    AREA_CHECK = "area.check"
    BATCH_EDIT = "batch.edit"
    BATCH_LAUNCH = "batch.launch"
    PERMIT_EDIT = "permit.edit"
    PRICE_VIEW = "price.view"
    PRICE_SHEET = "price.sheet"
    PRICE_PLAN_VIEW = "price_plan.view"
    PRICE_PLAN = "price.plan"
    PRICE_SUBMIT = "price.submit"
    PRICE_APPROVE = "price.approve"
    PRICE_LIMIT_VIEW = "price_limit.view"
    PRICE_LIMIT_EDIT = "price_limit.edit"
    DISCOUNT_EDIT = "discount.edit"
    OFFER_MAKE = "offer.make"
    WAITING_JOIN = "waiting.join"
    LAUNCH_VIEW = "launch.view"
    LAUNCH_EDIT = "launch.edit"
    CUSTOMER_VIEW = "customer.view"
    CUSTOMER_VIEW_ALL = "customer.view_all"
    CUSTOMER_EDIT = "customer.edit"
    CUSTOMER_REVEAL = "customer.reveal"
    VISIT_ADD = "visit.add"
    HOLD_PLACE = "hold.place"
    HOLD_MANAGE = "hold.manage"
    DEAL_VIEW = "deal.view"
    DEAL_VIEW_ALL = "deal.view_all"
    SUBSCRIPTION_SIGN = "subscription.sign"
    SUBSCRIPTION_CANCEL = "subscription.cancel"
    CONTRACT_ENTER = "contract.enter"
    CONTRACT_VERIFY = "contract.verify"
    RECEIPT_RECORD = "receipt.record"
    RECEIPT_CONFIRM = "receipt.confirm"
    RECEIPT_REVERSE = "receipt.reverse"
    REFUND_REQUEST = "refund.request"
    REFUND_APPROVE = "refund.approve"
    OPINION_ADD = "opinion.add"
    LOG_VIEW = "log.view"
    LOG_CLOSE = "log.close"
    LOG_SEND = "log.send"
    OUTBOX_VIEW = "outbox.view"
    OUTBOX_RESEND = "outbox.resend"
    AUDIT_VIEW = "audit.view"
    CHANGE_REQUEST = "change.request"
    CHANGE_APPLY = "change.apply"
    APPROVAL_VIEW = "approval.view"
    APPROVAL_DECIDE = "approval.decide"
    APPROVAL_EDIT = "approval.edit"
    REGISTRATION_VIEW = "registration.view"
    REGISTRATION_EDIT = "registration.edit"
    PROVISIONAL_SIGN = "provisional.sign"
    ATTACHMENT_ADD = "attachment.add"
    REQUIREMENT_EDIT = "requirement.edit"
    PAPER_ISSUE = "paper.issue"
    PAPER_TEMPLATE = "paper.template"
    STATIONERY_VIEW = "stationery.view"
    STATIONERY_EDIT = "stationery.edit"
    TRACK_EDIT = "track.edit"
    NOTICE_EDIT = "notice.edit"
    WORK_VIEW = "work.view"
    ENTRY_ERROR_VIEW = "entry_error.view"


P = Permission

_READ = frozenset({P.PROJECT_VIEW, P.BOARD_VIEW, P.BOARD_PRINT, P.PRICE_VIEW})

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.REP: _READ
    | {
        P.CUSTOMER_VIEW,
        P.CUSTOMER_EDIT,
        P.VISIT_ADD,
        P.HOLD_PLACE,
        P.DEAL_VIEW,
        P.OPINION_ADD,
        P.OFFER_MAKE,
        P.WAITING_JOIN,
        P.REGISTRATION_VIEW,
        P.WORK_VIEW,
    },
    Role.ASSISTANT: _READ
    | {
        P.UNIT_EDIT,
        P.UNIT_IMPORT,
        P.OVERLAY_EDIT,
        P.AREA_CHECK,
        P.BATCH_EDIT,
        P.PERMIT_EDIT,
        P.PRICE_SHEET,
        P.PRICE_PLAN_VIEW,
        P.PRICE_PLAN,
        P.PRICE_SUBMIT,
        P.OFFER_MAKE,
        P.WAITING_JOIN,
        P.LAUNCH_VIEW,
        P.LAUNCH_EDIT,
        P.CUSTOMER_VIEW,
        P.CUSTOMER_VIEW_ALL,
        P.CUSTOMER_EDIT,
        P.CUSTOMER_REVEAL,
        P.VISIT_ADD,
        P.HOLD_PLACE,
        P.HOLD_MANAGE,
        P.DEAL_VIEW,
        P.DEAL_VIEW_ALL,
        P.SUBSCRIPTION_SIGN,
        P.CONTRACT_ENTER,
        P.CONTRACT_VERIFY,
        P.RECEIPT_RECORD,
        P.REFUND_REQUEST,
        P.OPINION_ADD,
        P.LOG_VIEW,
        P.LOG_CLOSE,
        P.LOG_SEND,
        P.OUTBOX_VIEW,
        P.OUTBOX_RESEND,
        P.CHANGE_REQUEST,
        P.APPROVAL_VIEW,
        P.REGISTRATION_VIEW,
        P.REGISTRATION_EDIT,
        P.PROVISIONAL_SIGN,
        P.ATTACHMENT_ADD,
        P.PAPER_ISSUE,
        P.STATIONERY_VIEW,
        P.STATIONERY_EDIT,
        P.TRACK_EDIT,
        P.NOTICE_EDIT,
        P.WORK_VIEW,
    },
    Role.MANAGER: _READ
    | {
        P.PROJECT_EDIT,
        P.UNIT_EDIT,
        P.UNIT_IMPORT,
        P.UNIT_RELEASE,
        P.UNIT_WITHHOLD,
        P.OVERLAY_EDIT,
        P.AREA_CHECK,
        P.BATCH_EDIT,
        P.BATCH_LAUNCH,
        P.PERMIT_EDIT,
        P.PRICE_SHEET,
        P.PRICE_PLAN_VIEW,
        P.PRICE_PLAN,
        P.PRICE_SUBMIT,
        P.PRICE_APPROVE,
        P.PRICE_LIMIT_VIEW,
        P.PRICE_LIMIT_EDIT,
        P.DISCOUNT_EDIT,
        P.OFFER_MAKE,
        P.WAITING_JOIN,
        P.LAUNCH_VIEW,
        P.LAUNCH_EDIT,
        P.CUSTOMER_VIEW,
        P.CUSTOMER_VIEW_ALL,
        P.CUSTOMER_EDIT,
        P.CUSTOMER_REVEAL,
        P.VISIT_ADD,
        P.HOLD_PLACE,
        P.HOLD_MANAGE,
        P.DEAL_VIEW,
        P.DEAL_VIEW_ALL,
        P.SUBSCRIPTION_SIGN,
        P.SUBSCRIPTION_CANCEL,
        P.CONTRACT_VERIFY,
        P.REFUND_REQUEST,
        P.OPINION_ADD,
        P.LOG_VIEW,
        P.LOG_CLOSE,
        P.LOG_SEND,
        P.OUTBOX_VIEW,
        P.OUTBOX_RESEND,
        P.AUDIT_VIEW,
        P.CHANGE_REQUEST,
        P.CHANGE_APPLY,
        P.APPROVAL_VIEW,
        P.APPROVAL_DECIDE,
        P.REGISTRATION_VIEW,
        P.REGISTRATION_EDIT,
        P.PROVISIONAL_SIGN,
        P.ATTACHMENT_ADD,
        P.REQUIREMENT_EDIT,
        P.PAPER_ISSUE,
        P.STATIONERY_VIEW,
        P.STATIONERY_EDIT,
        P.TRACK_EDIT,
        P.NOTICE_EDIT,
        P.WORK_VIEW,
        P.ENTRY_ERROR_VIEW,
    },
    Role.FINANCE: _READ
    | {
        P.CUSTOMER_VIEW,
        P.CUSTOMER_VIEW_ALL,
        P.DEAL_VIEW,
        P.DEAL_VIEW_ALL,
        P.RECEIPT_CONFIRM,
        P.RECEIPT_REVERSE,
        P.REFUND_APPROVE,
        P.LOG_VIEW,
        P.APPROVAL_VIEW,
        P.APPROVAL_DECIDE,
        P.REGISTRATION_VIEW,
        P.ATTACHMENT_ADD,
        P.STATIONERY_VIEW,
        P.TRACK_EDIT,
        P.WORK_VIEW,
    },
    Role.PLANNER: _READ
    | {
        P.UNIT_EDIT,
        P.UNIT_IMPORT,
        P.AREA_CHECK,
        P.BATCH_EDIT,
        P.PRICE_SHEET,
        P.PRICE_PLAN_VIEW,
        P.PRICE_PLAN,
        P.PRICE_SUBMIT,
        P.PRICE_LIMIT_VIEW,
        P.VISIT_ADD,
        P.OPINION_ADD,
        P.LOG_VIEW,
        P.LAUNCH_VIEW,
        P.LAUNCH_EDIT,
        P.APPROVAL_VIEW,
        P.APPROVAL_DECIDE,
        P.WORK_VIEW,
    },
    Role.EXECUTIVE: _READ
    | {
        P.DEAL_VIEW,
        P.DEAL_VIEW_ALL,
        P.LOG_VIEW,
        P.PRICE_PLAN_VIEW,
        P.PRICE_APPROVE,
        P.PRICE_LIMIT_VIEW,
        P.LAUNCH_VIEW,
        P.APPROVAL_VIEW,
        P.APPROVAL_DECIDE,
        P.APPROVAL_EDIT,
        P.REGISTRATION_VIEW,
        P.STATIONERY_VIEW,
        P.WORK_VIEW,
        P.ENTRY_ERROR_VIEW,
    },
    Role.ADMIN: frozenset(Permission),
}


@dataclass(frozen=True)
class Actor:
    """The person (or the system) that does something.

    `roles` maps a project's id to the person's roles in it; `is_admin` is the administrator of the installation,
    who may do everything in every project.
    """

    id: int | None
    name: str
    email: str = ""
    is_admin: bool = False
    roles: Mapping[int, frozenset[Role]] = field(default_factory=dict)

    def roles_in(self, project_id: int) -> frozenset[Role]:
        """Return the person's roles in a project; empty when the person does not belong to it."""
        return frozenset({Role.ADMIN}) if self.is_admin else self.roles.get(project_id, frozenset())

    def can(self, permission: Permission, project_id: int | None = None) -> bool:
        """Tell whether the person may do something in a project; without a project, whether in the installation."""
        if self.is_admin:
            return True
        if project_id is None:
            return False
        return any(permission in ROLE_PERMISSIONS[role] for role in self.roles_in(project_id))

    def is_member(self, project_id: int) -> bool:
        """Tell whether the project exists for this person at all."""
        return self.is_admin or project_id in self.roles


SYSTEM = Actor(id=None, name="system", is_admin=True)
