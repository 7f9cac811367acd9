"""The figures on top of the log, those that are read at a glance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from salesoffice.dailylog.documents.amounts import big_yuan, count_units, note_sold_by_file
from salesoffice.dailylog.enums import TOTAL, Metric
from salesoffice.infra.i18n import _


@dataclass(frozen=True)
class Headline:
    """One of the figures on top: what, how much, more about it in lines; `tone` is a colour word."""

    label: str
    value: str
    notes: Sequence[str] = ()
    tone: str = ""


def build_headlines(snapshot: Mapping[str, Any]) -> list[Headline]:
    """Build what is read at a glance: sales, money, what is left, what is late, visits."""
    today = snapshot["periods"][0]["figures"]
    stock, overdue = snapshot["stock"], snapshot["overdue"]
    money = today[Metric.MONEY.value][TOTAL]["amount_fen"]
    own, loan = today[Metric.MONEY_OWN.value][TOTAL], today[Metric.MONEY_LOAN.value][TOTAL]
    calls = today[Metric.CALLS.value][TOTAL]["count"]
    visits = [today[metric.value][TOTAL]["count"] for metric in (Metric.VISITS_FIRST, Metric.VISITS_RETURN)]
    signing, late = len(overdue["signing"]), len(overdue["money"])
    return [
        _sold(_("Subscribed today"), today[Metric.SUBSCRIPTIONS.value][TOTAL]),
        _sold(_("Contracted today"), today[Metric.CONTRACTS.value][TOTAL]),
        Headline(
            _("Collected today"),
            big_yuan(money),
            [
                _(
                    "own %(own)s, loans %(loan)s",
                    own=big_yuan(own["amount_fen"]),
                    loan=big_yuan(loan["amount_fen"]),
                )
            ],
        ),
        Headline(_("Units left"), count_units(stock["total"]["left"]), _stock_notes(stock)),
        Headline(
            _("Overdue"),
            big_yuan(overdue["money_fen"]),
            [
                _("%(money)s with money late, %(signing)s not signed in time", money=late, signing=signing)
                if signing or late
                else _("Nothing is late")
            ],
            "red" if signing or late else "",
        ),
        Headline(
            _("Visits today"),
            str(sum(visits)),
            [_("first %(first)s, return %(again)s, calls %(calls)s",
               first=visits[0], again=visits[1], calls=calls)],
        ),
    ]  # fmt: skip


def _sold(label: str, figure: Mapping[str, Any]) -> Headline:
    note = f"{Decimal(figure['area']):,.2f} m² · {big_yuan(figure['amount_fen'])}"
    return Headline(label, count_units(figure["count"]), [note] if figure["count"] else [])


def _stock_notes(stock: Mapping[str, Any]) -> list[str]:
    by_file, share = note_sold_by_file(stock["total"]), stock["sell_through"]
    notes = [by_file] if by_file else []
    if share:
        notes.append(
            _(
                "sold share %(share)s = sold in this system %(sold)s ÷ put on sale %(launched)s",
                share=f"{Decimal(share) * 100:.2f}%",
                sold=count_units(stock["total"]["sold"]),
                launched=count_units(stock["launched"]),
            )
        )
    return notes
