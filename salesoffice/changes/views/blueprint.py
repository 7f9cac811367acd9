"""The blueprint of changes, and finding what an address names."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from salesoffice.changes.models import Change
from salesoffice.changes.queries import get_change_by_number, may_view_change
from salesoffice.core.errors import NotFound
from salesoffice.deals.models import Deal
from salesoffice.deals.queries import get_deal_by_number, may_view_deal
from salesoffice.infra.db import db
from salesoffice.webkit.access import current_actor, current_project_id

bp = Blueprint("changes", __name__)


def load_deal(number: str) -> Deal:
    """Return the deal of the current project that an address names; unknown and not visible are both NotFound."""
    deal = get_deal_by_number(db.session(), current_project_id(), number)
    if not may_view_deal(current_actor(), deal):
        raise NotFound(_l("There is no such deal."))
    return deal


def load_change(number: str) -> Change:
    """Return the change of the current project that an address names; unknown and not visible are both NotFound."""
    change = get_change_by_number(db.session(), current_project_id(), number)
    if not may_view_change(current_actor(), change):
        raise NotFound(_l("There is no such change."))
    return change
