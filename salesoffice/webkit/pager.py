"""Lists in pieces: numbered pages for people, cursors for the JSON API."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from salesoffice.core.errors import DomainError
from salesoffice.infra.db import db
from salesoffice.infra.i18n import _l

T = TypeVar("T")

_PAGE = re.compile(r"[0-9]{1,9}")
_CURSOR = re.compile(r"id:([0-9]{1,19})")

PER_PAGE = 30
DEFAULT_LIMIT = 50
MAXIMUM_LIMIT = 200
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Page(Generic[T]):
    """One numbered page of a list; `number` begins at 1 and is always a page that exists."""

    items: Sequence[T]
    number: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        """The place of the first row in the whole list, 0 when the list is empty."""
        return (self.number - 1) * self.per_page + 1 if self.total else 0

    @property
    def last(self) -> int:
        """The place of the last row in the whole list."""
        return min(self.number * self.per_page, self.total)

    @property
    def previous(self) -> int | None:
        """The number of the page before, if any."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The number of the page after, if any."""
        return self.number + 1 if self.number < self.pages else None

    @property
    def window(self) -> list[int | None]:
        """The page numbers to offer; None stands for a gap."""
        near = {1, self.pages, *range(self.number - 2, self.number + 3)}
        numbers: list[int | None] = []
        for number in sorted(number for number in near if 1 <= number <= self.pages):
            if numbers and numbers[-1] != number - 1:
                numbers.append(None)
            numbers.append(number)
        return numbers


@dataclass(frozen=True)
class CursorPage(Generic[T]):
    """One piece of a list of the JSON API."""

    items: Sequence[T]
    next_cursor: str | None


def page_number(text: str | None) -> int:
    """Read the page number of an address; what is no number of a page is page 1."""
    return max(1, int(text)) if text and _PAGE.fullmatch(text) else 1


def _place(statement: Select[Any], page: int, per_page: int) -> tuple[Select[Any], int, int]:
    counted = statement.order_by(None).subquery()
    total = db.session.execute(select(func.count()).select_from(counted)).scalar_one()
    number = min(page, max(1, -(-total // per_page)))
    return statement.limit(per_page).offset((number - 1) * per_page), number, total


def paginate(statement: Select[T], page: int, per_page: int = PER_PAGE) -> Page[T]:
    """Run a select of one thing per row for one page; two queries whatever the length. The select is ordered."""
    piece, number, total = _place(statement, page, per_page)
    return Page(db.session.scalars(piece).unique().all(), number, per_page, total)


def paginate_rows(statement: Select[Any], page: int, per_page: int = PER_PAGE) -> Page[Row[Any]]:
    """Like `paginate` for selects of several columns; the items are rows."""
    piece, number, total = _place(statement, page, per_page)
    return Page(db.session.execute(piece).all(), number, per_page, total)


def encode_cursor(last_id: int) -> str:
    """Return the cursor that continues after this id."""
    return base64.urlsafe_b64encode(f"id:{last_id}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> int | None:
    """Return the id after which a list continues, None for its beginning; refuses others with `cursor_invalid`."""
    if not cursor:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError):
        text = ""
    found = _CURSOR.fullmatch(text)
    if found is None or int(found[1]) > _LARGEST_ID:
        message = _l("This cursor is not one that the list gave. Begin again without a cursor.")
        raise DomainError(message, code="cursor_invalid", status=400)
    return int(found[1])


def paginate_by_id(
    statement: Select[T],
    id_column: ColumnElement[int] | InstrumentedAttribute[int],
    *,
    cursor: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> CursorPage[T]:
    """Run a select of one model for one piece of an API list, by rising id; the model has `id`.

    Refused: `cursor_invalid`, and `limit_invalid` for a limit outside 1 to 200, both 400.
    """
    if not 1 <= limit <= MAXIMUM_LIMIT:
        message = _l("Ask for 1 to %(maximum)s entries at a time.", maximum=MAXIMUM_LIMIT)
        raise DomainError(message, code="limit_invalid", status=400)
    after = decode_cursor(cursor)
    if after is not None:
        statement = statement.where(id_column > after)
    ordered = statement.order_by(None).order_by(id_column).limit(limit + 1)
    found: list[Any] = list(db.session.scalars(ordered).unique().all())
    items = found[:limit]
    return CursorPage(items, encode_cursor(items[-1].id) if len(found) > limit else None)
