"""Kinds of opinions, states of a daily log, and what the log counts over which time."""

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum
from salesoffice.deals.enums import UnitState


class OpinionKind(LabelledEnum):
    """Whose opinion, or what kind of note, a day's entry is."""

    REP = "rep", _l("Rep's opinion")
    LIKED = "liked", _l("Customers liked")
    OBJECTED = "objected", _l("Customers objected")
    ASKED = "asked", _l("Customers asked")
    COMPETITOR = "competitor", _l("Competitors and press")


class DailyLogState(LabelledEnum):
    """Life of a day's log; a closed one never changes."""

    OPEN = "open", _l("Day open")
    CLOSED = "closed", _l("Day closed")


class Period(LabelledEnum):
    """The times over which figures are added up; all end with the day of the log."""

    DAY = "day", _l("Today")
    WEEK = "week", _l("This week")
    MONTH = "month", _l("This month")
    YEAR = "year", _l("This year")
    TO_DATE = "to_date", _l("To date")


class Metric(LabelledEnum):
    """What is counted. The net figures and the money in total follow from the others."""

    CALLS = "calls", _l("Calls")
    VISITS_FIRST = "visits_first", _l("First visits")
    VISITS_RETURN = "visits_return", _l("Return visits")
    REGISTRATIONS = "registrations", _l("Registrations")
    SUBSCRIPTIONS = "subscriptions", _l("Subscriptions")
    SUBSCRIPTION_CANCELLATIONS = "subscription_cancellations", _l("Subscriptions cancelled")
    NET_SUBSCRIPTIONS = "net_subscriptions", _l("Net subscriptions")
    SWAPS = "swaps", _l("Unit swaps")
    CONTRACTS = "contracts", _l("Contracts")
    CONTRACT_CANCELLATIONS = "contract_cancellations", _l("Contracts cancelled")
    SWAPPED_CONTRACTS = "swapped_contracts", _l("Contracts given up by a swap")
    NET_CONTRACTS = "net_contracts", _l("Net contracts")
    MONEY_OWN = "money_own", _l("Buyers' own money")
    MONEY_LOAN = "money_loan", _l("Loan money")
    MONEY = "money", _l("Money in")


class MovementKind(LabelledEnum):
    """Why a line of the reconciliation moves."""

    ADDED = "added", _l("Units added")
    RELEASED = "released", _l("Released, withheld or permitted")
    HOLD_PLACED = "hold_placed", _l("Holds placed")
    HOLD_RELEASED = "hold_released", _l("Holds released")
    HOLD_EXPIRED = "hold_expired", _l("Holds expired")
    HOLD_CONVERTED = "hold_converted", _l("Holds turned into subscriptions")
    ORDER_SIGNED = "order_signed", _l("Provisional orders signed")
    ORDER_CONVERTED = "order_converted", _l("Provisional orders turned into subscriptions")
    ORDER_CANCELLED = "order_cancelled", _l("Provisional orders cancelled")
    ORDER_EXPIRED = "order_expired", _l("Provisional orders expired")
    SUBSCRIBED = "subscribed", _l("Subscriptions without a hold")
    SUBSCRIPTION_CANCELLED = "subscription_cancelled", _l("Subscriptions cancelled")
    SUBSCRIPTION_ENDED = "subscription_ended", _l("Subscriptions forfeited or void")
    SWAPPED = "swapped", _l("Units given back by a swap")
    CONTRACTED = "contracted", _l("Contracts verified")
    CONTRACT_CANCELLED = "contract_cancelled", _l("Contracts cancelled")
    RECEIVED = "received", _l("Receipts confirmed")
    REVERSED = "reversed", _l("Receipts reversed")
    REFUNDED = "refunded", _l("Refunds paid")


STOCK_STATES = (
    UnitState.UNRELEASED,
    UnitState.AVAILABLE,
    UnitState.WITHHELD,
    UnitState.HELD,
    UnitState.PROVISIONAL,
    UnitState.SUBSCRIBED,
    UnitState.CONTRACTED,
)
"""The lines of the stock; a contract signed online or filed counts as contracted."""

MONEY_LINE = "money"
"""The line of the reconciliation that is in fen, not in units."""

TOTAL = "total"
"""The key under which figures stand for all products together."""
