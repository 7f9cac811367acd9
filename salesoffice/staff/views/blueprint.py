"""The blueprint of staff's pages."""

from flask import Blueprint, g

from salesoffice.staff.models import User

bp = Blueprint("staff", __name__)


def current_user() -> User:
    """Return the row of the person signed in by a browser's session."""
    user: User = g.user
    return user
