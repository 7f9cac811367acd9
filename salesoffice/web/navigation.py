"""What the navigation shows to whom: a link is shown when its page exists and the person may call it."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import LazyString

from salesoffice.core import clock
from salesoffice.core.permissions import Actor, Permission
from salesoffice.infra.db import db
from salesoffice.infra.i18n import _l
from salesoffice.projects.models import Project
from salesoffice.projects.queries import list_projects
from salesoffice.web.queries import DayFigures
from salesoffice.webkit.access import access_of


@dataclass(frozen=True)
class Entry:
    """A page of the navigation; `also` are the beginnings of endpoints that belong to it."""

    endpoint: str
    label: LazyString
    icon: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class NavItem:
    """A link of the navigation, ready to show."""

    label: LazyString
    url: str
    icon: str
    is_active: bool = False
    count: int = 0


@dataclass(frozen=True)
class Task:
    """Something to do on the first page."""

    label: LazyString
    url: str
    icon: str
    count: int = 0


ENTRIES = (
    Entry("web.home", _l("First page"), "home"),
    Entry("board.show", _l("Board"), "layout-grid", ("board.unit", "reservations.hold")),
    Entry("customers.index", _l("Customers"), "users", ("customers.",)),
    Entry("board.deals", _l("Deals"), "signature", ("board.deal", "deals.", "reservations.", "contracts.")),
    Entry("payments.receipts", _l("Receipts"), "receipt", ("payments.",)),
    Entry("dailylog.index", _l("Daily log"), "file-text", ("dailylog.",)),
    Entry("pricing.sheets", _l("Price sheets"), "table", ("pricing.",)),
    Entry("imports.index", _l("Import"), "upload", ("imports.",)),
    Entry("inventory.permits", _l("Pre-sale permits"), "file-invoice", ("inventory.",)),
    Entry("outbox.index", _l("Outgoing mail"), "mail", ("outbox.",)),
    Entry("projects.settings", _l("Rules of the project"), "settings"),
    Entry("projects.index", _l("Projects"), "building", ("projects.new",)),
    Entry("staff.users", _l("Users"), "id", ("staff.user", "staff.new_user", "staff.reset")),
    Entry("staff.account", _l("Your account"), "user", ("staff.password", "staff.permissions")),
)

INSTALLATION_ONLY = frozenset({"staff.users"})


def init_navigation(app: Flask) -> None:
    """Give templates `actor`, `projects`, `current_project` and `nav_items`."""

    @app.context_processor
    def navigation() -> dict[str, Any]:
        actor: Actor | None = g.get("actor")
        if actor is None:
            return {"actor": None, "projects": (), "current_project": None, "nav_items": ()}
        projects = list_projects(db.session(), actor)
        here: Project | None = g.get("project")
        project = here or (projects[0] if len(projects) == 1 else None)
        return {
            "actor": actor,
            "projects": projects,
            "current_project": project,
            "nav_items": build_items(actor, project),
        }


def build_items(actor: Actor, project: Project | None) -> list[NavItem]:
    """Build the links for a person, in a project or outside of any."""
    active = _active_entry()
    items = []
    for entry in ENTRIES:
        url = find_url(actor, entry.endpoint, project)
        if url is not None:
            items.append(NavItem(entry.label, url, entry.icon, entry is active))
    return items


def find_url(actor: Actor, endpoint: str, project: Project | None, **values: Any) -> str | None:
    """Return the address of a page if it exists and the person may call it there, else None."""
    view = current_app.view_functions.get(endpoint)
    if view is None:
        return None
    arguments = {name for rule in current_app.url_map.iter_rules(endpoint) for name in rule.arguments}
    if "code" in arguments:
        if project is None:
            return None
        values["code"] = project.code
    if arguments - values.keys() or not _may_call(actor, endpoint, project):
        return None
    return url_for(endpoint, **values)


def build_tasks(actor: Actor, project: Project, figures: DayFigures) -> list[Task]:
    """Build what a person does now in a project, most urgent first; only what the role permits."""
    candidates = (
        (Permission.RECEIPT_CONFIRM, _l("Confirm receipts"), "payments.receipts", "cash", figures.receipts_waiting),
        (Permission.CONTRACT_VERIFY, _l("Second entry of contracts"), "board.deals", "signature", figures.contracts_waiting),
        (Permission.HOLD_PLACE, _l("Find and hold a unit"), "board.show", "layout-grid", 0),
        (Permission.CUSTOMER_EDIT, _l("Enter a customer"), "customers.new", "user", 0),
        (Permission.VISIT_ADD, _l("Enter a call or visit"), "customers.index", "phone", 0),
        (Permission.RECEIPT_RECORD, _l("Record a receipt"), "payments.receipts", "receipt", 0),
        (Permission.UNIT_IMPORT, _l("Import units and prices"), "imports.index", "upload", 0),
        (Permission.PRICE_SHEET, _l("Make price sheets"), "pricing.sheets", "table", 0),
        (Permission.BOARD_VIEW, _l("See the sale-status board"), "board.show", "layout-grid", 0),
        (Permission.LOG_VIEW, _l("Log of today"), "dailylog.show", "file-text", 0),
    )  # fmt: skip
    tasks: list[Task] = []
    for permission, label, endpoint, icon, count in candidates:
        values = {"date": clock.business_today().isoformat()} if endpoint == "dailylog.show" else {}
        url = find_url(actor, endpoint, project, **values) if actor.can(permission, project.id) else None
        if url is not None and all(task.url != url for task in tasks):
            tasks.append(Task(label, url, icon, count))
    return tasks


def _may_call(actor: Actor, endpoint: str, project: Project | None) -> bool:
    access = access_of(current_app.view_functions[endpoint])
    if access is None or access.permission is None:
        return True
    if endpoint in INSTALLATION_ONLY:
        return actor.can(access.permission)
    if project is not None:
        return actor.can(access.permission, project.id)
    return actor.is_admin or any(actor.can(access.permission, project_id) for project_id in actor.roles)


def _active_entry() -> Entry | None:
    endpoint = request.endpoint or ""
    for entry in ENTRIES:
        if entry.endpoint == endpoint:
            return entry
    for entry in ENTRIES:
        if entry.also and endpoint.startswith(entry.also):
            return entry
    return None
