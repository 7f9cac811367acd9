"""The application factory: the only place that knows every feature."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import Flask, Response, g, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from whitenoise import WhiteNoise

import config
from salesoffice.approvals import api as approvals_api
from salesoffice.approvals import views as approvals_views
from salesoffice.board import api as board_api
from salesoffice.board import views as board_views
from salesoffice.changes import api as changes_api
from salesoffice.changes import views as changes_views
from salesoffice.contracts import api as contracts_api
from salesoffice.contracts import views as contracts_views
from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.customers import api as customers_api
from salesoffice.customers import views as customers_views
from salesoffice.dailylog import api as dailylog_api
from salesoffice.dailylog import views as dailylog_views
from salesoffice.deals import api as deals_api
from salesoffice.deals import views as deals_views
from salesoffice.imports import api as imports_api
from salesoffice.imports import views as imports_views
from salesoffice.infra import catalog, crypto, i18n, logging, outbox
from salesoffice.infra.db import db, engine_options, init_db
from salesoffice.inventory import api as inventory_api
from salesoffice.inventory import views as inventory_views
from salesoffice.launch import views as launch_views
from salesoffice.notices import api as notices_api
from salesoffice.notices import views as notices_views
from salesoffice.offers import api as offers_api
from salesoffice.offers import views as offers_views
from salesoffice.outbox import views as outbox_views
from salesoffice.papers import api as papers_api
from salesoffice.papers import views as papers_views
from salesoffice.payments import api as payments_api
from salesoffice.payments import views as payments_views
from salesoffice.priceplans import api as priceplans_api
from salesoffice.priceplans import views as priceplans_views
from salesoffice.pricing import api as pricing_api
from salesoffice.pricing import views as pricing_views
from salesoffice.projects import api as projects_api
from salesoffice.projects import views as projects_views
from salesoffice.projects.queries import find_project
from salesoffice.registrations import api as registrations_api
from salesoffice.registrations import views as registrations_views
from salesoffice.reservations import api as reservations_api
from salesoffice.reservations import views as reservations_views
from salesoffice.search import api as search_api
from salesoffice.search import views as search_views
from salesoffice.staff import api as staff_api
from salesoffice.staff import queries as staff_queries
from salesoffice.staff import views as staff_views
from salesoffice.stationery import api as stationery_api
from salesoffice.stationery import views as stationery_views
from salesoffice.tracks import api as tracks_api
from salesoffice.tracks import views as tracks_views
from salesoffice.undo import api as undo_api
from salesoffice.undo import views as undo_views
from salesoffice.web import navigation
from salesoffice.web import views as web_views
from salesoffice.webkit import filters
from salesoffice.webkit.access import init_access, is_api, public
from salesoffice.webkit.addresses import init_addresses
from salesoffice.webkit.api import init_api, problem, problem_from_domain, problem_from_http
from salesoffice.worklist import api as worklist_api
from salesoffice.worklist import views as worklist_views

for _tables in (
    "infra", "projects", "staff", "approvals", "stationery", "undo", "customers", "inventory", "pricing", "payments",
    "deals", "imports", "priceplans", "offers", "reservations", "registrations", "contracts", "tracks", "changes",
    "papers", "notices", "launch", "dailylog", "search",
):  # fmt: skip
    import_module(f"salesoffice.{_tables}.models")
    for _extra in ("receivers", "tasks"):
        if find_spec(f"salesoffice.{_tables}.{_extra}"):
            import_module(f"salesoffice.{_tables}.{_extra}")

PAGES = (
    staff_views, projects_views, approvals_views, stationery_views, undo_views, customers_views, inventory_views, pricing_views, payments_views, deals_views,
    imports_views, priceplans_views, offers_views, reservations_views, registrations_views, contracts_views, tracks_views,
    changes_views, papers_views, notices_views, board_views, launch_views, dailylog_views, worklist_views, search_views,
    outbox_views, web_views,
)  # fmt: skip
APIS = (
    staff_api, projects_api, approvals_api, stationery_api, undo_api, customers_api, inventory_api, pricing_api, payments_api, deals_api,
    imports_api, priceplans_api, offers_api, reservations_api, registrations_api, contracts_api, tracks_api, changes_api,
    papers_api, notices_api, board_api, dailylog_api, worklist_api, search_api,
)  # fmt: skip

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline';"
        " img-src 'self' data:; font-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self';"
        " frame-ancestors 'none'"
    ),
}


def create_app(**overrides: Any) -> Flask:
    """Build the application from the environment; `overrides` replace single settings (tests, commands)."""
    app = Flask(
        __name__, template_folder=str(config.ROOT / "templates"), static_folder=str(config.ROOT / "static")
    )
    app.config.update(config.load() | overrides)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(app.config["SQLALCHEMY_DATABASE_URI"])
    app.config["DATA_DIR"].mkdir(parents=True, exist_ok=True)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    clock.set_timezone(app.config["TIMEZONE"])
    logging.configure_logging(app.config["LOG_LEVEL"])
    logging.init_request_log(app)
    catalog.compile_catalog(app.config["TRANSLATIONS_DIR"].parent)
    i18n.init_i18n(app)
    init_db(app)
    init_addresses(app)
    crypto.init_crypto(app)
    outbox.init_mail(app)
    init_access(
        app, load_actor=staff_queries.load_actor, load_project=lambda code: find_project(db.session(), code)
    )
    _register(app)
    _handle_errors(app)
    app.after_request(_add_security_headers)
    static = WhiteNoise(app.wsgi_app, root=app.static_folder, prefix="static/", max_age=3600)
    app.wsgi_app = logging.name_answers(static)  # type: ignore[method-assign]
    return app


def _register(app: Flask) -> None:
    filters.init_filters(app)
    navigation.init_navigation(app)
    for pages in PAGES:
        app.register_blueprint(pages.bp)
    api = init_api(app)
    for routes in APIS:
        api.register_blueprint(routes.blp)
    document = "api-docs.openapi_json"
    app.view_functions[document] = public(app.view_functions[document])


def _handle_errors(app: Flask) -> None:
    app.extensions["salesoffice_error_page"] = _error_page

    @app.errorhandler(DomainError)
    def refuse(error: DomainError) -> ResponseReturnValue:
        return problem_from_domain(error) if is_api() else _error_page(error.status, error)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        return problem_from_http(error) if is_api() else _error_page(error.code or 500)

    @app.errorhandler(Exception)
    def fault(error: Exception) -> ResponseReturnValue:
        logging.log.error("fault", exc_info=error)
        db.session.rollback()  # the error page reads the database, too
        return problem(500, "fault", "The fault was logged.") if is_api() else _error_page(500)


def _error_page(status: int, error: DomainError | None = None) -> ResponseReturnValue:
    known = status if status in {400, 403, 404, 405, 413, 429, 500} else 400
    page = render_template(f"errors/{known}.html", error=error, request_id=g.get("request_id", ""))
    return page, status


def _add_security_headers(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-store"
    return response
