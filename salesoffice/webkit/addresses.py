"""What addresses may hold: ids that fit their column, words without control characters; the rest does not exist."""

import unicodedata
from typing import Any

from flask import Flask, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter, ValidationError

from salesoffice.webkit.access import is_api

LARGEST_ID = 2**31 - 1


class IdConverter(IntegerConverter):
    """`<int:…>`: an id as the database keeps it; a longer number is no address (404), never an overflow."""

    def __init__(self, url_map: Map, **bounds: Any) -> None:
        super().__init__(url_map, **({"max": LARGEST_ID} | bounds))


class WordConverter(UnicodeConverter):
    """`<…>`: a word that the database can look for; one with control characters is no address (404)."""

    def to_python(self, value: str) -> str:
        """Return the word."""
        if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in value):
            raise ValidationError
        return super().to_python(value)


def init_addresses(app: Flask) -> None:
    """Install the converters (before any route is added), and see to it that no view meets NUL in a query.

    No database stores it: pages read the query without it, as forms do; the API refuses it.
    """
    app.url_map.converters.update(int=IdConverter, string=WordConverter, default=WordConverter)

    @app.before_request
    def check_query() -> None:
        if not any("\0" in part for item in request.args.items(multi=True) for part in item):
            return
        if is_api():
            raise BadRequest
        pairs = request.args.items(multi=True)
        request.args = ImmutableMultiDict((name, value.replace("\0", "")) for name, value in pairs)


def read_id(typed: str) -> int | None:
    """Read an id that came with a form or the query of an address; None for what is none, or larger than any."""
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= len(str(LARGEST_ID))
    return int(typed) if is_number and int(typed) <= LARGEST_ID else None
