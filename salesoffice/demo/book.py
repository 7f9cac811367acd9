"""What the writing of the history keeps in mind, and the clock standing at each of its moments."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time
from enum import Enum

from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.demo.office import DemoOffice
from salesoffice.infra.db import transaction


class Step(Enum):
    """What follows a subscription on a later day."""

    CONTRACT = "contract"
    CANCEL = "cancel"
    ONLINE = "online"
    FILE = "file"
    LOAN = "loan"


@dataclass
class Book:
    """What is still to happen, by day, and the customers met so far."""

    office: DemoOffice
    later: dict[date, list[tuple[Step, int]]] = field(default_factory=dict)
    events: dict[date, list[Callable[[date], None]]] = field(default_factory=dict)
    met: int = 0

    def plan(self, day: date, step: Step, subscription_id: int) -> None:
        """Note that a step follows on a day."""
        self.later.setdefault(day, []).append((step, subscription_id))

    def note(self, day: date, event: Callable[[date], None]) -> None:
        """Note that something other than a sale happens on a day, in the morning."""
        self.events.setdefault(day, []).append(event)


@contextmanager
def moment(day: date, hour: int, minute: int) -> Iterator[Session]:
    """Open a transaction with the clock standing at a local time of a past day; today it is now."""
    if day == clock.business_today():
        with transaction() as session:
            yield session
        return
    with clock.standing_at(clock.moment_on(day, time(hour, minute))), transaction() as session:
        yield session
