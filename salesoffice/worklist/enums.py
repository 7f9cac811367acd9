"""What can wait for a person: the sections of the work list, the late things first."""

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class SectionKey(LabelledEnum):
    """One kind of thing that waits."""

    SIGNING_LATE = "signing_late", _l("Not signed in time")
    MONEY_LATE = "money_late", _l("Overdue money")
    MAILS = "mails", _l("Mails that did not arrive")
    HOLDS_ENDING = "holds_ending", _l("Holds that end within two hours")
    ORDERS_ENDING = "orders_ending", _l("Provisional orders that end today")
    OFFERED = "offered", _l("Units offered from the waiting list")
    APPROVALS = "approvals", _l("Approvals that wait for you")
    PRICES = "prices", _l("Prices to approve")
    RECEIPTS_TO_CONFIRM = "receipts_to_confirm", _l("Receipts to confirm")
    REFUNDS = "refunds", _l("Refunds to approve")
    SECOND_ENTRY = "second_entry", _l("Contracts for the second entry")
    DEPOSITS_OPEN = "deposits_open", _l("Deposits not fully received")
    DEPOSITS_WITHOUT_SLIP = "deposits_without_slip", _l("Deposits without a slip")
    SLIPS_WITHOUT_DEPOSIT = "slips_without_deposit", _l("Slips without a deposit")
    ATTACHMENTS_MISSING = "attachments_missing", _l("Papers missing for the next step")
    PAPERS_STALE = "papers_stale", _l("Papers to be issued again")
    FILINGS = "filings", _l("Contracts to be signed online and filed")
    SURPLUS = "surplus", _l("Overpaid accounts")
    TRACKS = "tracks", _l("Service after signing, due within a week")
    NOTICES = "notices", _l("Engineering notices to be delivered")
    PERMITS = "permits", _l("Permits to make public")
    WITHHELD_OVER = "withheld_over", _l("Kept back longer than meant")
    SURVEYS = "surveys", _l("Final areas for the second check")
    DOUBTS = "doubts", _l("Units to be placed")
    RECEIPTS_UNCONFIRMED = "receipts_unconfirmed", _l("Recorded money that finance has not confirmed")
    ENTRIES_OF_MINE = "entries_of_mine", _l("Your contracts that another person enters again")
    REQUESTS_OF_MINE = "requests_of_mine", _l("Your requests that are being decided")
    CHANGES_BACKDATED = "changes_backdated", _l("Changes that count for an earlier day")
