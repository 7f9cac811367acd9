"""The sections of the work list as data: who sees each, its select, the actions of a line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select

from salesoffice.changes.enums import ChangeKind
from salesoffice.contracts.enums import ContractState
from salesoffice.core.permissions import Permission
from salesoffice.worklist.enums import SectionKey
from salesoffice.worklist.queries import money, office, sales
from salesoffice.worklist.rules import Action

P = Permission
K = SectionKey


@dataclass(frozen=True)
class Section:
    """One kind of thing that waits. `permission` says who sees it, `query` builds the select of its lines, `actions` what can be done about
    one, the key action first. `is_late`: it should not be there at all. `is_mine`: it is the person's turn; what others
    have to do is shown but not counted. `has_deadline`: a line's day is the one it is due on, not that it waits since.
    """

    key: SectionKey
    permission: Permission
    query: Callable[[], Select[Any]]
    icon: str
    actions: tuple[Action, ...]
    is_late: bool = False
    is_mine: bool = True
    has_deadline: bool = False


def _change(kind: ChangeKind, label: Any, icon: str) -> Action:
    parts = {"number": "deal_number"}
    return Action(label, icon, P.CHANGE_REQUEST, "changes.new", parts, fixed={"kind": kind.value})


_DEAL: Mapping[str, str] = MappingProxyType({"number": "deal_number"})
_UNIT: Mapping[str, str] = MappingProxyType({"unit_code": "unit_code"})
_OPEN_SALE = Action(_l("Open the sale"), "file-text", P.DEAL_VIEW, "board.deal", _DEAL)
_RECORD = Action(_l("Record the receipt"), "receipt", P.RECEIPT_RECORD, "board.deal", _DEAL, anchor="money")
_OPEN_REQUEST = Action(
    _l("Open the request"), "check", P.APPROVAL_VIEW, "approvals.show", {"request_id": "subject_id"}
)


def _of_contract(
    label: Any, icon: str, permission: Permission, endpoint: str, *states: ContractState
) -> Action:
    return Action(
        label, icon, permission, endpoint, {"contract_id": "subject_id"},
        fits=lambda row: not states or row.kind in states,
    )  # fmt: skip


SECTIONS: tuple[Section, ...] = (
    Section(K.SIGNING_LATE, P.DEAL_VIEW, sales.signing_late, "signature", (
        _change(ChangeKind.EXTENSION, _l("Extend"), "calendar"),
        _change(ChangeKind.FORFEITURE, _l("Ask for forfeiture"), "ban"), _OPEN_SALE), is_late=True, has_deadline=True),
    Section(K.MONEY_LATE, P.DEAL_VIEW, money.money_late, "cash", (
        Action(_l("See what is due"), "cash", P.DEAL_VIEW, "board.deal", _DEAL, anchor="money"),), is_late=True, has_deadline=True),
    Section(K.MAILS, P.OUTBOX_VIEW, office.mails, "mail", (
        Action(_l("Open the mail"), "mail", P.OUTBOX_VIEW, "outbox.show", {"mail_id": "subject_id"}),), is_late=True),
    Section(K.HOLDS_ENDING, P.HOLD_PLACE, sales.holds_ending, "clock", (
        Action(_l("Extend the hold"), "clock", P.HOLD_PLACE, "reservations.extend", {"hold_id": "subject_id"}, is_post=True,
               fits=lambda row: row.due < row.part),
        Action(_l("Open the unit"), "map-pin", P.BOARD_VIEW, "board.unit", _UNIT)), has_deadline=True),
    Section(K.ORDERS_ENDING, P.DEAL_VIEW, sales.orders_ending, "clock", (
        Action(_l("Sign a subscription"), "signature", P.SUBSCRIPTION_SIGN, "reservations.subscribe", _UNIT), _OPEN_SALE), has_deadline=True),
    Section(K.OFFERED, P.HOLD_PLACE, sales.offered, "bell", (
        Action(_l("Open the unit"), "map-pin", P.BOARD_VIEW, "board.unit", _UNIT),), has_deadline=True),
    Section(K.APPROVALS, P.APPROVAL_DECIDE, office.approvals, "check", (
        Action(_l("Decide"), "check", P.APPROVAL_DECIDE, "approvals.show", {"request_id": "subject_id"}),), has_deadline=True),
    Section(K.PRICES, P.PRICE_APPROVE, office.prices, "report-money", (
        Action(_l("Look and decide"), "report-money", P.PRICE_APPROVE, "pricing.version", {"number": "subject_id"}),)),
    Section(K.RECEIPTS_TO_CONFIRM, P.RECEIPT_CONFIRM, money.receipts_to_confirm, "receipt", (
        Action(_l("Confirm"), "check", P.RECEIPT_CONFIRM, "payments.confirm", {"receipt_id": "subject_id"}, is_post=True,
               fields={"back": "receipts"}, confirm=_l("Has %(amount)s yuan arrived?")),
        Action(_l("Refuse"), "x", P.RECEIPT_CONFIRM, "payments.refuse", {"receipt_id": "subject_id"}))),
    Section(K.REFUNDS, P.REFUND_APPROVE, money.refunds, "arrows-exchange", (
        Action(_l("Look and decide"), "arrows-exchange", P.REFUND_APPROVE, "board.deal", _DEAL, anchor="money",
               fits=lambda row: row.deal_number is not None),
        Action(_l("Look and decide"), "arrows-exchange", P.REFUND_APPROVE, "payments.receipts",
               fits=lambda row: row.deal_number is None))),
    Section(K.SECOND_ENTRY, P.CONTRACT_VERIFY, sales.second_entry, "pencil", (
        _of_contract(_l("Enter it again"), "pencil", P.CONTRACT_VERIFY, "contracts.verify"),)),
    Section(K.DEPOSITS_OPEN, P.RECEIPT_RECORD, money.deposits_open, "cash", (_RECORD,)),
    Section(K.DEPOSITS_WITHOUT_SLIP, P.ATTACHMENT_ADD, money.deposits_without_slip, "receipt", (
        Action(_l("Attach the slip"), "upload", P.ATTACHMENT_ADD, "board.deal", _DEAL, anchor="attachments"),)),
    Section(K.SLIPS_WITHOUT_DEPOSIT, P.RECEIPT_RECORD, money.slips_without_deposit, "receipt", (_RECORD,)),
    Section(K.ATTACHMENTS_MISSING, P.ATTACHMENT_ADD, sales.attachments_missing, "upload", (
        Action(_l("Attach it"), "upload", P.ATTACHMENT_ADD, "board.deal", _DEAL, anchor="attachments"),)),
    Section(K.PAPERS_STALE, P.PAPER_ISSUE, sales.papers_stale, "file-text", (
        Action(_l("Issue again"), "printer", P.PAPER_ISSUE, "papers.again", {"paper_id": "subject_id"}, is_post=True),
        Action(_l("Open the sale"), "file-text", P.DEAL_VIEW, "board.deal", _DEAL, anchor="papers"))),
    Section(K.FILINGS, P.CONTRACT_ENTER, sales.filings, "file-invoice", (
        _of_contract(_l("Note the online signing"), "signature", P.CONTRACT_ENTER, "contracts.sign", ContractState.VERIFIED),
        _of_contract(_l("Note the filing"), "file-invoice", P.CONTRACT_ENTER, "contracts.file", ContractState.SIGNED_ONLINE)), has_deadline=True),
    Section(K.SURPLUS, P.REFUND_REQUEST, money.surplus, "arrows-exchange", (
        Action(_l("Ask for the refund"), "arrows-exchange", P.REFUND_REQUEST, "payments.refund", _DEAL),)),
    Section(K.TRACKS, P.TRACK_EDIT, sales.tracks, "list", (
        Action(_l("Open the service"), "list", P.TRACK_EDIT, "tracks.move", {"number": "deal_number", "kind": "kind"}),), has_deadline=True),
    Section(K.NOTICES, P.NOTICE_EDIT, sales.notices, "message", (
        Action(_l("Note the delivery"), "message", P.NOTICE_EDIT, "notices.show", {"notice_id": "part"}),), has_deadline=True),
    Section(K.PERMITS, P.PERMIT_EDIT, office.permits, "file-invoice", (
        Action(_l("Make public"), "file-invoice", P.PERMIT_EDIT, "inventory.permits"),), has_deadline=True),
    Section(K.WITHHELD_OVER, P.UNIT_RELEASE, office.withheld_over, "lock", (
        Action(_l("Release for sale"), "lock-open", P.UNIT_RELEASE, "board.release", _UNIT, is_post=True,
               confirm=_l("Release %(unit)s for sale?")),
        Action(_l("Open the unit"), "map-pin", P.BOARD_VIEW, "board.unit", _UNIT)), has_deadline=True),
    Section(K.SURVEYS, P.AREA_CHECK, office.surveys, "check", (
        Action(_l("Check the areas"), "check", P.AREA_CHECK, "inventory.survey", {"building_id": "part"}),)),
    Section(K.DOUBTS, P.UNIT_EDIT, office.doubts, "map-pin", (
        Action(_l("Place the units"), "map-pin", P.UNIT_EDIT, "inventory.doubts"),)),
    Section(K.RECEIPTS_UNCONFIRMED, P.RECEIPT_RECORD, money.receipts_unconfirmed, "receipt", (_OPEN_SALE,), is_mine=False),
    Section(K.ENTRIES_OF_MINE, P.CONTRACT_ENTER, sales.entries_of_mine, "pencil", (_OPEN_SALE,), is_mine=False),
    Section(K.REQUESTS_OF_MINE, P.APPROVAL_VIEW, office.requests_of_mine, "history", (_OPEN_REQUEST,), is_mine=False),
    Section(K.CHANGES_BACKDATED, P.LOG_CLOSE, sales.changes_backdated, "history", (_OPEN_SALE,), is_mine=False),
)  # fmt: skip
"""The sections in the order of the page."""
