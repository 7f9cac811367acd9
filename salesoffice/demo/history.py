"""Two months of sales, written through the same services that people use, with the clock standing at each moment."""

from collections.abc import Callable
from datetime import date, timedelta

from salesoffice.dailylog.documents import close_day
from salesoffice.dailylog.services import add_opinion, get_or_open_log, save_notes
from salesoffice.demo.afterwards import STEPS
from salesoffice.demo.book import Book, moment
from salesoffice.demo.changes import change_some, plan_chains
from salesoffice.demo.discounts import make_demo_offer
from salesoffice.demo.forms import plan_forms, tell_change
from salesoffice.demo.launches import plan_next_batch
from salesoffice.demo.office import DemoOffice
from salesoffice.demo.papers import issue_agreements
from salesoffice.demo.prices import plan_prices
from salesoffice.demo.registrations import order_some, plan_registrations
from salesoffice.demo.selling import choose_unit, sell
from salesoffice.demo.visitors import receive_visitor, take_call
from salesoffice.demo.words import OPINIONS, PLANS, WEATHER
from salesoffice.inventory.models import Unit
from salesoffice.projects.queries import get_project
from salesoffice.reservations.services import join_waiting_list, offer_unit, place_hold, release_hold

SUNDAY = 6
HOLDS_LEFT = 3
OFFERS_LEFT = 4
WAITING_LEFT = 2
WEEKEND = frozenset({5, SUNDAY})


def write_history(office: DemoOffice, first_day: date, today: date, *, say: Callable[[str], None]) -> None:
    """Write and close every day from the first to yesterday, and begin today."""
    book = Book(office)
    plan_forms(book, first_day, today)
    plan_next_batch(book, first_day, today)
    plan_prices(book, first_day, today)
    plan_registrations(book, first_day, today)
    plan_chains(book, first_day)
    for day in (first_day + timedelta(days=number) for number in range((today - first_day).days)):
        _write_day(book, day)
        _close_day(book, day)
        if day.weekday() == SUNDAY:
            say(f"sales until {day}")
    _write_day(book, today)
    _hold_some(book, today)
    order_some(book, today)
    _offer_some(book, today)
    _free_one(book, today)
    tell_change(book, today)
    change_some(book, today)
    issue_agreements(book, today)


def _write_day(book: Book, day: date) -> None:
    random = book.office.random
    is_weekend = day.weekday() in WEEKEND
    for event in book.events.pop(day, []):
        event(day)
    for _ in range(random.randint(2, 5)):
        take_call(book, day)
    customers = [receive_visitor(book, day) for _ in range(random.randint(4, 8) + 4 * is_weekend)]
    for customer_id, rep in random.sample(customers, random.choice((1, 1, 2, 3)) + is_weekend):
        sell(book, day, customer_id, rep)
    for step, subscription_id in book.later.pop(day, []):
        STEPS[step](book, day, subscription_id)
    _write_opinions(book, day)


def _hold_some(book: Book, today: date) -> None:
    """Leave some units held at this moment, and others waiting behind the first of them."""
    for number in range(HOLDS_LEFT):
        customer_id, rep = receive_visitor(book, today)
        with moment(today, 0, 0) as session:
            unit = choose_unit(book, session)
            place_hold(session, unit, actor=rep, customer_id=customer_id, minutes=60)
        if number == 0:
            _wait_for(book, today, unit)


def _wait_for(book: Book, today: date, unit: Unit) -> None:
    for note in ("可接受同户型高两层", "全款")[:WAITING_LEFT]:
        customer_id, rep = receive_visitor(book, today)
        with moment(today, 0, 0) as session:
            join_waiting_list(
                session, session.merge(unit, load=False), actor=rep, customer_id=customer_id, note=note
            )


def _free_one(book: Book, today: date) -> None:
    """Let a held unit go: the first who waits for it gets it offered."""
    customer_id, rep = receive_visitor(book, today)
    with moment(today, 0, 0) as session:
        unit = choose_unit(book, session)
        hold = place_hold(session, unit, actor=rep, customer_id=customer_id, minutes=60)
    _wait_for(book, today, unit)
    with moment(today, 0, 0) as session:
        release_hold(session, session.merge(hold, load=False), actor=rep)
        offer_unit(session, unit.id)


def _offer_some(book: Book, today: date) -> None:
    """Make some offers of today, each to a visitor."""
    for _ in range(OFFERS_LEFT):
        customer_id, rep = receive_visitor(book, today)
        with moment(today, 0, 0) as session:
            project = get_project(session, book.office.project_id)
            make_demo_offer(session, project, choose_unit(book, session), rep=rep, customer_id=customer_id)


def _write_opinions(book: Book, day: date) -> None:
    random = book.office.random
    for rep in random.sample(book.office.reps(), 2):
        kind, text = random.choice(OPINIONS)
        with moment(day, 17, random.randint(41, 55)) as session:
            project = get_project(session, book.office.project_id)
            add_opinion(session, project, actor=rep, kind=kind, text=text, day=day)


def _close_day(book: Book, day: date) -> None:
    random = book.office.random
    assistant = book.office.actors["assistant"]
    with moment(day, 18, 5) as session:
        log = get_or_open_log(session, get_project(session, book.office.project_id), day)
        save_notes(session, log, actor=assistant, weather=random.choice(WEATHER), plan=random.choice(PLANS))
    with moment(day, 18, 20) as session:
        close_day(session, get_project(session, book.office.project_id), day, actor=assistant)
