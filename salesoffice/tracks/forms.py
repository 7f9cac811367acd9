"""What is typed when a track moves on."""

from wtforms import StringField

from salesoffice.core import clock
from salesoffice.infra.i18n import _l
from salesoffice.tracks.enums import TrackState
from salesoffice.tracks.services import NOTE_LENGTH, TrackMove
from salesoffice.webkit.fields import DateField, EnumField, at_most, required
from salesoffice.webkit.forms import BaseForm


class TrackForm(BaseForm):
    """Where a track goes."""

    state = EnumField(_l("State"), [required()], enum=TrackState, blank=_l("Please choose"))
    on = DateField(_l("Happened on"), [required()])
    due_on = DateField(_l("Due on"), description=_l("Left empty, the day stays as it is."))
    note = StringField(_l("Note"), [at_most(NOTE_LENGTH)], description=_l("Needed when a track stops."))

    def read_move(self) -> TrackMove:
        """Return what was typed; the form is valid."""
        on = self.on.data or clock.business_today()
        return TrackMove(self.state.data, on, self.due_on.data, self.note.data or "")
