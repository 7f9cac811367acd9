"""The base of every form: tidy text in, typed values out, errors in the user's words."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_wtf import FlaskForm
from wtforms import Field, Form, PasswordField, StringField
from wtforms.fields.core import UnboundField

from salesoffice.core.errors import DomainError, Text
from salesoffice.infra.i18n import _l

_REQUIRED = _l("Please fill this in.")
_CHOOSE = _l("Please choose one of the entries in the list.")

# What WTForms and Flask-WTF say, and what we say instead.
MESSAGES: Mapping[str, LazyString] = {
    "This field is required.": _REQUIRED,
    "Not a valid choice.": _CHOOSE,
    "Not a valid choice": _CHOOSE,
    "Invalid Choice: could not coerce.": _CHOOSE,
    "Invalid value, can't be coerced.": _CHOOSE,
    "Not a valid integer value.": _l("Please enter a whole number, for example 12."),
    "Not a valid decimal value.": _l("Please enter a number, for example 12.50."),
    "Not a valid date value.": _l("Please enter a day as year-month-day, for example 2026-05-31."),
    "Not a valid datetime value.": _l("Please enter a day and a time, for example 2026-05-31 09:30."),
    "Not a valid time value.": _l("Please enter a time of day, for example 09:30."),
    "Invalid email address.": _l("Please enter a whole e-mail address, for example name@example.com."),
    "Invalid input.": _l("This is not in the expected form. Please check it."),
    "Number must be at least %(min)s.": _l("Please enter %(min)s or more."),
    "Number must be at most %(max)s.": _l("Please enter %(max)s or less."),
    "Number must be between %(min)s and %(max)s.": _l("Please enter a number from %(min)s to %(max)s."),
    "Field must be equal to %(other_name)s.": _l(
        "The two entries are not the same. Please enter them again."
    ),
    "Field must be at least %(min)d characters long.": _l("Please enter at least %(min)d characters."),
    "Field cannot be longer than %(max)d characters.": _l("Please enter no more than %(max)d characters."),
    "Field must be exactly %(max)d characters long.": _l("Please enter exactly %(max)d characters."),
    "Field must be between %(min)d and %(max)d characters long.": _l(
        "Please enter %(min)d to %(max)d characters."
    ),
}


class Messages:
    """Gives WTForms our texts in the reader's language."""

    def gettext(self, text: str) -> str:
        """Return our text for one of WTForms' texts."""
        return str(MESSAGES.get(text, text))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Return our text for one of WTForms' texts that count."""
        return str(MESSAGES.get(plural, singular if number == 1 else plural))


def tidy_text(value: Any) -> Any:
    """Strip a text and take control characters out of it (no database column accepts NUL); leave other values."""
    if not isinstance(value, str):
        return value
    kept = (
        sign for sign in value.replace("\r\n", "\n") if sign in "\n\t" or unicodedata.category(sign) != "Cc"
    )
    return unicodedata.normalize("NFC", "".join(kept)).strip()


@dataclass(frozen=True)
class Problem:
    """A refusal shown on top of a form: one sentence, and what belongs to no field of the page."""

    message: Text
    details: tuple[Text, ...] = ()


class BaseForm(FlaskForm):
    """A form whose texts are tidied, whose errors are ours, and which can carry a refusal by a service."""

    problem: Problem | None = None

    class Meta(FlaskForm.Meta):
        """How fields are made and which texts they use."""

        def get_translations(self, _form: Form) -> Messages:
            """Use our texts."""
            return Messages()

        def bind_field(self, form: Form, unbound_field: UnboundField, options: dict[str, Any]) -> Field:
            """Tidy every text field except passwords."""
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                own: Sequence[Any] = unbound_field.kwargs.get("filters", ())
                options = {**options, "filters": [tidy_text, *own]}
            return unbound_field.bind(form=form, **options)

        def render_field(self, field: Field, render_kw: dict[str, Any]) -> Any:
            """Give the token no id: a page has several forms, and an id stands once on a page."""
            if field.name == self.csrf_field_name:
                render_kw = {**render_kw, "id": False}
            return super().render_field(field, render_kw)


def fill_problem(form: BaseForm, error: DomainError) -> None:
    """Show a refusal on the form: each named field gets its error, the sentence and all the rest go on top."""
    rest: list[Text] = []
    for problem in error.errors:
        if problem.field in form:
            field = form[problem.field]
            field.errors = [*field.errors, problem.message]
        else:
            rest.append(problem.message)
    form.problem = Problem(error.message, tuple(rest))
