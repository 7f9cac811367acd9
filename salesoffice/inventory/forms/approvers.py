"""Choosing who approved that units are kept back."""

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from salesoffice.infra.db import db
from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.queries import list_withholders
from salesoffice.webkit.access import current_actor, current_project_id
from salesoffice.webkit.addresses import read_id


def approver_field() -> SelectField:
    """Return the list of those who may approve in the project at hand; its value is a user's id, None for oneself."""
    return SelectField(_l("Approved by"), choices=_list_choices, coerce=read_id)


def _list_choices() -> list[SelectChoice]:
    people = list_withholders(db.session(), current_project_id())
    return [
        SelectChoice("", _("Myself")),
        *(SelectChoice(str(user.id), user.name) for user in people if user.id != current_actor().id),
    ]
