"""Shapes of what is entered about users and sign-in."""

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, Regexp

from salesoffice.infra.i18n import LANGUAGES, _l
from salesoffice.webkit.fields import at_most, optional, required
from salesoffice.webkit.forms import BaseForm

_EMAIL = Regexp(
    r"[^@\s]+@[^@\s]+$", message=_l("Please enter a whole e-mail address, for example name@example.com.")
)
_LONGEST_PASSWORD = 256
_CHOOSABLE = [
    SelectChoice("", _l("as the browser asks")),
    *(SelectChoice(*pair) for pair in LANGUAGES.items()),
]


class LoginForm(BaseForm):
    """E-mail and password."""

    email = EmailField(_l("E-mail"), [required(), at_most(254)])
    password = PasswordField(_l("Password"), [required(), at_most(1000)])
    next = HiddenField()


class LanguageForm(BaseForm):
    """The language, and the page to go back to."""

    language = SelectField(choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()])
    next = HiddenField()


class PasswordForm(BaseForm):
    """One's own new password."""

    old = PasswordField(_l("Present password"), [required(), at_most(1000)])
    new = PasswordField(_l("New password"), [required(), at_most(_LONGEST_PASSWORD)])
    again = PasswordField(_l("New password once more"), [required(), EqualTo("new")])


class ProfileForm(BaseForm):
    """What people may change about themselves."""

    name = StringField(_l("Name"), [required(), at_most(100)])
    phone = StringField(_l("Telephone"), [optional(), at_most(40)])
    locale = SelectField(_l("Language"), choices=_CHOOSABLE)


class UserForm(BaseForm):
    """A user as the administrator edits it; `roles` are the checked boxes `project id:role`."""

    name = StringField(_l("Name"), [required(), at_most(100)])
    phone = StringField(_l("Telephone"), [optional(), at_most(40)])
    is_admin = BooleanField(_l("Administrator of the whole installation"))
    roles = SelectMultipleField(_l("Roles"), choices=[])


class NewUserForm(UserForm):
    """A new user; without a password one is made up and shown once."""

    email = EmailField(_l("E-mail"), [required(), at_most(254), _EMAIL])
    password = PasswordField(_l("Initial password"), [optional(), at_most(_LONGEST_PASSWORD)])
