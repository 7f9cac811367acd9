"""Languages: which one the reader gets, and the translating functions that everybody imports from here."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

from babel import Locale
from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, request, session
from flask_babel import Babel, Domain, LazyString, force_locale, get_locale, gettext, lazy_gettext
from flask_babel import ngettext as babel_ngettext
from markupsafe import escape

from salesoffice.core import clock
from salesoffice.infra.catalog import compile_catalog

LANGUAGES: dict[str, str] = {"zh_CN": "中文", "en": "English"}
DEFAULT_LANGUAGE = "zh_CN"
LANGUAGE_KEY = "language"

Preference = Callable[[], str | None]


def _escape_lazy(text: LazyString) -> str:
    """Return a lazy text as HTML: what a person typed may stand in its placeholders, so it is escaped like any text.

    Flask-Babel's own says that the text is HTML already.
    """
    return str(escape(str(text)))


LazyString.__html__ = _escape_lazy


def _(message: str, **values: object) -> str:
    """Translate a text into the reader's language and fill its named placeholders."""
    return str(gettext(message, **values))


def _l(message: str, **values: object) -> LazyString:
    """Like `_`, translated only when it is shown; for texts of modules and classes."""
    return lazy_gettext(message, **values)


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    """Translate a text that counts; `%(num)s` is the number."""
    return str(babel_ngettext(singular, plural, number, **values))


def current_language() -> str:
    """Return the code of the reader's language, one of `LANGUAGES`."""
    return _code_of(get_locale())


def speak(code: str) -> AbstractContextManager[None]:
    """Within this context texts are in the given language; for mails and papers that are not for the reader."""
    language: AbstractContextManager[None] = force_locale(code)
    return language


def html_language() -> str:
    """Return the reader's language as the `lang` attribute wants it."""
    return current_language().replace("_", "-")


def remember_language(code: str) -> bool:
    """Keep the reader's choice in the web session; tell whether the code is a language we have."""
    if code not in LANGUAGES:
        return False
    session[LANGUAGE_KEY] = code
    return True


def choose_language(preference: Preference | None = None) -> str:
    """Choose the language of this request.

    First the choice of this session, then the cookie, then the person's preference, then what the browser asks
    for; commands, jobs and whoever asks for nothing get Chinese.
    """
    if not has_request_context():
        return DEFAULT_LANGUAGE
    chosen = [session.get(LANGUAGE_KEY), request.cookies.get(LANGUAGE_KEY), preference and preference()]
    for code in chosen:
        if code in LANGUAGES:
            return str(code)
    return request.accept_languages.best_match(list(LANGUAGES)) or DEFAULT_LANGUAGE


def _code_of(locale: Locale | None) -> str:
    return "en" if locale is not None and locale.language == "en" else DEFAULT_LANGUAGE


@cache
def _load_catalog(folder: str, language: str) -> NullTranslations:
    return Translations.load(folder, [language])


class _Catalogs(Domain):
    """Finds the catalogue by our code: Babel calls zh_CN zh_Hans_CN and would look for a folder of that name."""

    def __init__(self) -> None:
        super().__init__()
        self.folder: str = self.translation_directories[0]

    def get_translations(self) -> NullTranslations:
        """Return the catalogue of the reader's language; without an application, an empty one."""
        locale = get_locale()
        if locale is None:
            return NullTranslations()
        return _load_catalog(self.folder, _code_of(locale))


class _Languages(Babel):
    """Flask-Babel with our way of finding catalogues."""

    @property
    def domain_instance(self) -> _Catalogs:
        """Return the texts of this application."""
        return _Catalogs()


def init_i18n(app: Flask, preference: Preference | None = None) -> None:
    """Set up translations and the office's time zone; `preference` tells the signed-in person's language, if any."""
    root = Path(app.root_path).parent
    compile_catalog(root)
    _Languages().init_app(
        app,
        default_locale=DEFAULT_LANGUAGE,
        default_translation_directories=str(root / "translations"),
        default_timezone=str(clock.timezone()),
        locale_selector=lambda: choose_language(preference),
    )
    app.jinja_env.globals.update(
        languages=LANGUAGES, current_language=current_language, html_language=html_language
    )
