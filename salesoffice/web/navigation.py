"""What the navigation shows to whom: a link is shown when its page exists and the person may call it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import LazyString

from salesoffice.approvals.queries import count_waiting_for
from salesoffice.core import clock
from salesoffice.core.permissions import Actor, Permission
from salesoffice.infra.db import db
from salesoffice.infra.i18n import _l
from salesoffice.projects.models import Project
from salesoffice.projects.queries import list_projects
from salesoffice.web.queries import Waiting
from salesoffice.webkit.access import access_of
from salesoffice.worklist.enums import SectionKey
from salesoffice.worklist.queries import SECTIONS, count_mine


@dataclass(frozen=True)
class Entry:
    """A page of the navigation; `also` are the beginnings of endpoints that belong to it."""

    endpoint: str
    label: LazyString
    icon: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class NavItem:
    """A link of the navigation, ready to show; `group` is its heading, "" for the first ones."""

    label: LazyString
    url: str
    icon: str
    group: LazyString | str = ""
    endpoint: str = ""
    is_active: bool = False
    count: int = 0


@dataclass(frozen=True)
class NavGroup:
    """A heading with its links, ready to show."""

    label: LazyString | str
    items: tuple[NavItem, ...]
    is_open: bool


@dataclass(frozen=True)
class Task:
    """Something to do on the first page; `count` says of how many, 0 of none in particular."""

    label: LazyString
    url: str
    icon: str
    count: int = 0
    is_late: bool = False


WORK = "worklist.show"
APPROVALS = "approvals.index"

PRICE_DECISIONS = (
    "pricing.version", "pricing.submit", "pricing.approve", "pricing.send_back", "pricing.withdraw",
    "pricing.activate", "pricing.revert", "pricing.limit", "pricing.enter_limits", "pricing.rules",
)  # fmt: skip
"""What belongs to the price versions; everything else of pricing belongs to the sheets."""

GROUPS: tuple[tuple[LazyString | str, tuple[Entry, ...]], ...] = (
    ("", (
        Entry("web.home", _l("First page"), "home"),
        Entry(WORK, _l("What waits"), "check"),
        Entry(APPROVALS, _l("Approvals"), "shield", ("approvals.",)),
        Entry("board.show", _l("Board"), "layout-grid", ("board.unit",)),
    )),
    (_l("Customers"), (
        Entry("customers.index", _l("Customers"), "users", ("customers.",)),
        Entry("customers.visits", _l("Calls and visits"), "phone", ("customers.new_visit",)),
        Entry("registrations.index", _l("Registrations"), "list", ("registrations.",)),
        Entry("reservations.waiting", _l("Waiting list"), "users", ("reservations.join", "reservations.leave")),
    )),
    (_l("Selling"), (
        Entry("reservations.holds", _l("Holds"), "lock", ("reservations.hold", "reservations.order", "reservations.cancel_order")),
        Entry("offers.index", _l("Offers"), "file-text", ("offers.make", "offers.show")),
        Entry("board.deals", _l("Deals"), "signature", ("board.deal", "deals.", "reservations.", "contracts.")),
        Entry("changes.index", _l("Changes of sales"), "arrows-exchange", ("changes.",)),
        Entry("papers.index", _l("Issued papers"), "printer", ("papers.",)),
        Entry("tracks.index", _l("After signing"), "list", ("tracks.",)),
    )),
    (_l("Money"), (
        Entry("payments.receipts", _l("Receipts"), "receipt", ("payments.",)),
        Entry("payments.receivables", _l("Overdue money"), "clock"),
    )),
    (_l("Daily log"), (
        Entry("dailylog.index", _l("Daily log"), "file-text", ("dailylog.",)),
        Entry("dailylog.opinions", _l("Opinions of the day"), "message", ("dailylog.edit",)),
        Entry("outbox.index", _l("Outgoing mail"), "mail", ("outbox.",)),
    )),
    (_l("Units"), (
        Entry("inventory.units", _l("Inventory"), "building", ("inventory.",)),
        Entry("imports.index", _l("Import"), "upload", ("imports.",)),
    )),
    (_l("Prices"), (
        Entry("priceplans.index", _l("Price plans"), "report-money", ("priceplans.",)),
        Entry("pricing.versions", _l("Price versions"), "history", PRICE_DECISIONS),
        Entry("pricing.sheets", _l("Price sheets"), "table", ("pricing.",)),
        Entry("offers.schemes", _l("Discounts"), "cash", ("offers.",)),
    )),
    (_l("Launch"), (
        Entry("inventory.permits", _l("Pre-sale permits"), "file-invoice"),
        Entry("launch.index", _l("Release and launch"), "check", ("launch.",)),
    )),
    (_l("Office"), (
        Entry("notices.index", _l("Engineering change notices"), "bell", ("notices.",)),
        Entry("stationery.index", _l("Numbered forms"), "file-invoice", ("stationery.",)),
        Entry("contracts.entry_errors", _l("Errors of entries"), "chart-bar"),
        Entry("undo.index", _l("Undo"), "history"),
    )),
    (_l("Setting up"), (
        Entry("papers.word", _l("Word templates"), "file-text", ("papers.word",)),
        Entry("deals.requirements", _l("Required papers"), "upload"),
        Entry("projects.settings", _l("Rules of the project"), "settings"),
        Entry("projects.index", _l("Projects"), "list", ("projects.new",)),
        Entry("staff.users", _l("Users"), "id", ("staff.user", "staff.new_user", "staff.reset")),
        Entry("staff.account", _l("Your account"), "user", ("staff.password", "staff.permissions")),
    )),
)  # fmt: skip
OPEN_GROUPS = 5
"""How many groups stand open by themselves: what is used every day. The others open where one is at work."""
ENTRIES = tuple(entry for _group, entries in GROUPS for entry in entries)

PHONE_TABS = (
    (Permission.HOLD_PLACE, (WORK, "board.show", "customers.index", "board.deals")),
    (Permission.RECEIPT_CONFIRM, (WORK, "board.show", "payments.receipts", "board.deals")),
    (Permission.BOARD_VIEW, (WORK, "board.show", "dailylog.index", "pricing.sheets")),
)
"""The four pages at the bottom of a phone: the first line whose permission the person has."""

INSTALLATION_ONLY = frozenset({"staff.users"})


def init_navigation(app: Flask) -> None:
    """Give templates `actor`, `projects`, `current_project` and `nav_items`."""

    @app.context_processor
    def navigation() -> dict[str, Any]:
        actor: Actor | None = g.get("actor")
        if actor is None:
            nothing = dict.fromkeys(("projects", "nav_items", "nav_groups", "tab_items"), ())
            return {"actor": None, "current_project": None, **nothing}
        projects = list_projects(db.session(), actor)
        here: Project | None = g.get("project")
        project = here or (projects[0] if len(projects) == 1 else None)
        items = add_count(build_items(actor, project), actor, project)
        return {
            "actor": actor,
            "projects": projects,
            "current_project": project,
            "nav_items": items,
            "nav_groups": part_items(items),
            "tab_items": choose_tabs(actor, project, items),
        }


def build_items(actor: Actor, project: Project | None) -> list[NavItem]:
    """Build the links for a person, in a project or outside of any."""
    active = _active_entry()
    items = []
    for group, entries in GROUPS:
        for entry in entries:
            url = find_url(actor, entry.endpoint, project)
            if url is not None:
                items.append(NavItem(entry.label, url, entry.icon, group, entry.endpoint, entry is active))
    return items


def part_items(items: list[NavItem]) -> list[NavGroup]:
    """Part the links into their groups; a group stands open when it is for every day or holds the page shown."""
    groups: list[NavGroup] = []
    for label, _entries in GROUPS:
        mine = tuple(item for item in items if item.group == label)
        if mine:
            is_open = len(groups) < OPEN_GROUPS or any(item.is_active for item in mine)
            groups.append(NavGroup(label, mine, is_open))
    return groups


def add_count(items: list[NavItem], actor: Actor, project: Project | None) -> list[NavItem]:
    """Put the number of things that wait for the person behind the work list, of decisions behind the approvals."""
    if project is None:
        return items
    shown = {item.endpoint for item in items}
    counts = {WORK: count_mine(db.session(), actor, project.id)} if WORK in shown else {}
    if APPROVALS in shown and actor.can(Permission.APPROVAL_DECIDE, project.id):
        counts[APPROVALS] = count_waiting_for(db.session(), actor.id or 0, project.id)
    return [replace(item, count=counts.get(item.endpoint, 0)) for item in items]


def choose_tabs(actor: Actor, project: Project | None, items: list[NavItem]) -> list[NavItem]:
    """Choose at most four links for the bottom of a phone."""
    for permission, endpoints in PHONE_TABS:
        if project is not None and actor.can(permission, project.id):
            return [item for name in endpoints for item in items if item.endpoint == name]
    return items[:4]


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


def build_tasks(actor: Actor, project: Project) -> list[Task]:
    """Build what a person begins in a project, most usual first; only what the role permits."""
    candidates = (
        (Permission.HOLD_PLACE, _l("Find and hold a unit"), "board.show", "layout-grid"),
        (Permission.VISIT_ADD, _l("Enter a call or visit"), "customers.new_visit", "phone"),
        (Permission.CUSTOMER_EDIT, _l("Enter a customer"), "customers.new", "user"),
        (Permission.RECEIPT_RECORD, _l("Record a receipt"), "board.deals", "receipt"),
        (Permission.OPINION_ADD, _l("Write opinions of the day"), "dailylog.opinions", "message"),
        (Permission.UNIT_IMPORT, _l("Import units and prices"), "imports.index", "upload"),
        (Permission.PRICE_PLAN, _l("Work on price plans"), "priceplans.index", "report-money"),
        (Permission.PRICE_SHEET, _l("Make price sheets"), "pricing.sheets", "table"),
        (Permission.BOARD_VIEW, _l("See the sale-status board"), "board.show", "layout-grid"),
        (Permission.LOG_VIEW, _l("Log of today"), "dailylog.show", "file-text"),
    )
    tasks: list[Task] = []
    for permission, label, endpoint, icon in candidates:
        values = {"date": clock.business_today().isoformat()} if endpoint == "dailylog.show" else {}
        url = find_url(actor, endpoint, project, **values) if actor.can(permission, project.id) else None
        if url is not None and all(task.url != url for task in tasks):
            tasks.append(Task(label, url, icon))
    return tasks


def build_waiting(
    actor: Actor, project: Project, waiting: Waiting, counts: Mapping[SectionKey, int]
) -> list[Task]:
    """Build what waits for a person in a project, the late things first; nothing of which there is none.

    The sections of the work list lead to it, what only its own page knows leads there.
    """
    candidates = (
        (
            Permission.LOG_CLOSE,
            _l("Days whose log is not closed"),
            "dailylog.index",
            "file-text",
            waiting.logs,
        ),
        (
            Permission.LAUNCH_VIEW,
            _l("Launch items that are late"),
            "launch.index",
            "calendar",
            waiting.launch_items,
        ),
    )
    tasks = [
        Task(label, url, icon, count, is_late=True)
        for permission, label, endpoint, icon, count in candidates
        if count and actor.can(permission, project.id) and (url := find_url(actor, endpoint, project))
    ]
    work = find_url(actor, "worklist.show", project)
    sections = [
        Task(
            section.key.label,
            f"{work}#{section.key.value}",
            section.icon,
            counts[section.key],
            section.is_late,
        )
        for section in SECTIONS
        if work is not None and section.is_mine and counts.get(section.key)
    ]
    return sorted(tasks + sections, key=lambda task: not task.is_late)


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
