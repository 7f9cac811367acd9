"""Lists in pieces, over a real SQLite file."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Column, Integer, MetaData, Table, insert, select
from sqlalchemy.orm import registry

from salesoffice.core.errors import DomainError
from salesoffice.infra.db import db
from salesoffice.webkit.pager import (
    Page,
    decode_cursor,
    encode_cursor,
    page_number,
    paginate,
    paginate_by_id,
    paginate_rows,
)

things = Table("things", MetaData(), Column("id", Integer, primary_key=True), Column("size", Integer))


class Thing:
    """A row of the list."""

    id: int
    size: int


registry().map_imperatively(Thing, things)


@pytest.fixture
def listed(app: Flask) -> Iterator[None]:
    with app.app_context():
        with db.engine.begin() as connection:
            things.create(connection)
            connection.execute(insert(things), [{"id": n, "size": 100 - n} for n in range(1, 66)])
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.mark.usefixtures("listed")
def test_paginate_gives_last_page_when_asked_for_one_beyond() -> None:
    page = paginate(select(Thing).order_by(things.c.id), page=9)

    assert [thing.id for thing in page.items] == [61, 62, 63, 64, 65]
    assert (page.number, page.pages, page.first, page.last, page.total) == (3, 3, 61, 65, 65)
    assert (page.previous, page.next) == (2, None)


@pytest.mark.usefixtures("listed")
def test_paginate_rows_gives_columns() -> None:
    page = paginate_rows(select(things.c.id, things.c.size).order_by(things.c.size), page=1, per_page=2)

    assert [tuple(row) for row in page.items] == [(65, 35), (64, 36)]


@pytest.mark.usefixtures("listed")
def test_cursor_walks_through_every_row_once() -> None:
    seen: list[int] = []
    cursor: str | None = None

    while True:
        piece = paginate_by_id(select(Thing), things.c.id, cursor=cursor, limit=20)
        seen += [thing.id for thing in piece.items]
        cursor = piece.next_cursor
        if cursor is None:
            break

    assert seen == list(range(1, 66))


def test_window_of_page_shows_gaps() -> None:
    page: Page[int] = Page((), 10, 30, 1195)

    assert page.window == [1, None, 8, 9, 10, 11, 12, None, 40]


def test_empty_page_has_one_page_and_no_rows() -> None:
    page: Page[int] = Page((), 1, 30, 0)

    assert (page.pages, page.first, page.last, page.window) == (1, 0, 0, [1])


@pytest.mark.parametrize(("text", "number"), [("3", 3), (None, 1), ("-2", 1), ("²", 1), ("9" * 50, 1)])
def test_page_number_of_address(text: str | None, number: int) -> None:
    assert page_number(text) == number


def test_cursor_comes_back_as_id() -> None:
    assert decode_cursor(encode_cursor(2**63 - 1)) == 2**63 - 1


@pytest.mark.parametrize("cursor", ["x", "张", "aWQ6LTE", "aWQ6", encode_cursor(2**63), "=" * 9])
def test_cursor_malformed_is_refused(cursor: str) -> None:
    with pytest.raises(DomainError) as refusal:
        decode_cursor(cursor)

    assert (refusal.value.code, refusal.value.status) == ("cursor_invalid", 400)


@pytest.mark.usefixtures("listed")
def test_limit_out_of_bounds_is_refused() -> None:
    with pytest.raises(DomainError) as refusal:
        paginate_by_id(select(Thing), things.c.id, limit=201)

    assert (refusal.value.code, refusal.value.status) == ("limit_invalid", 400)
