"""The blueprint of inventory."""

from flask import Blueprint

bp = Blueprint("inventory", __name__)

UNPROCESSABLE = 422

_LONGEST_ID = 9


def read_id(text: str) -> int | None:
    """Read an id that came with a form or an address; None for what is none."""
    is_id = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID
    return int(text) if is_id else None
