"""Every route says who may call it, lets these people in and keeps everybody else out."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from salesoffice.core.permissions import Actor, Role
from salesoffice.infra.db import db
from salesoffice.infra.models import AuditChain
from salesoffice.staff.models import User
from salesoffice.webkit.access import Access, access_of
from tests.factories import Office
from tests.factories.everything import Everything
from tests.support.bodies import TAKE_FILES, build_bodies, send
from tests.support.routes import build_address, get_access, is_api, list_routes, may_enter

SignIn = Callable[[User], FlaskClient]
Finding = tuple[str, str, int]

FOR_THE_INSTALLATION = frozenset(
    {
        "staff.users", "staff.new_user", "staff.user", "staff.close", "staff.reopen", "staff.reset",
        "staff.unlock", "staff.close_one_session", "projects.new",
    }
)  # fmt: skip
"""Users and new projects belong to the installation, a session to its user: a role in a project is not enough."""


DRAWS = frozenset({"board.print_board", "pricing.sheet"})
"""Draw a PDF or a workbook at each call: asked by the tests of these pages, not for each role."""


NAME_IN_FIELDS = frozenset({"notices_api.post_notice", "stationery_api.post_issue"})
"""Belong to a project and name its buildings and people in fields of the body: those of another one are 422."""

NAME_NOTHING = frozenset({"stationery_api.post_print_run"})
"""Belong to a project; nothing in their bodies could be of another one."""


def is_open(actor: Actor, project_id: int, access: Access) -> bool:
    """Tell by the table of roles whether a route is for a member of the project."""
    return not access.is_public and may_enter(access, actor, project_id)


def is_closed(actor: Actor, project_id: int, access: Access) -> bool:
    """Tell by the table of roles whether a route is not for a member of the project."""
    return not access.is_public and not may_enter(access, actor, project_id)


def is_kept_out(rule: Rule, answer: TestResponse) -> bool:
    """Tell whether an answer is the one for signed-out callers."""
    if is_api(rule):
        return answer.status_code == 401
    return answer.status_code == 302 and urlsplit(answer.headers["Location"]).path == "/login"


def visit(
    browser: FlaskClient,
    addresses: Iterable[tuple[Rule, str, str]],
    is_right: Callable[[Rule, TestResponse], bool],
    bodies: Mapping[str, object] = MappingProxyType({}),
) -> list[Finding]:
    """Call routes, POST without a body unless one is given; return those with a fault or not the right answer."""
    wrong = []
    for rule, method, address in addresses:
        if rule.endpoint in bodies or (bodies and rule.endpoint in TAKE_FILES):
            answer = send(browser, rule.endpoint, address, bodies.get(rule.endpoint))
        else:
            answer = browser.open(address, method=method)
        if answer.status_code >= 500 or not is_right(rule, answer):
            wrong.append((method, address, answer.status_code))
    return wrong


def addresses_of(
    app: Flask, found: Everything, choose: Callable[[Access], bool]
) -> list[tuple[Rule, str, str]]:
    """Return the chosen routes with addresses that name the objects of an office."""
    return [
        (rule, method, build_address(app, rule, found.values_for(rule.endpoint)))
        for rule, method in list_routes(app)
        if choose(get_access(app, rule))
    ]


def answers(*statuses: int) -> Callable[[Rule, TestResponse], bool]:
    """Return a judge of answers that accepts these statuses."""
    return lambda _rule, answer: answer.status_code in statuses


def is_not_there(rule: Rule, answer: TestResponse) -> bool:
    """Tell whether an answer is the one for what belongs to another project."""
    return answer.status_code == (422 if rule.endpoint in NAME_IN_FIELDS else 404)


def is_public(access: Access) -> bool:
    """Tell whether a route is for everybody."""
    return access.is_public


def is_guarded(access: Access) -> bool:
    """Tell whether a route asks who is calling."""
    return not access.is_public


def people_by_role(office: Office) -> Iterable[tuple[Role, User]]:
    """Return a person for each role of a project."""
    return [(role, getattr(office, role.value)) for role in Role if role is not Role.ADMIN]


def chain_lengths(app: Flask) -> dict[int, int]:
    """Return the number of audit entries of each project."""
    with app.app_context():
        return {chain.project_id: chain.sequence for chain in db.session.scalars(select(AuditChain))}


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    silent = {
        rule.endpoint
        for rule, _method in list_routes(app)
        if access_of(app.view_functions[rule.endpoint]) is None
    }

    assert silent == set()


def test_public_routes_are_the_known_ones(app: Flask) -> None:
    found = {rule.endpoint for rule, _method in list_routes(app) if get_access(app, rule).is_public}

    assert found == {
        "api-docs.openapi_json", "staff.login", "staff.language", "board.public_prices", "board.wall",
        "board.wall_state", "pricing.public_version", "web.healthz", "web.readyz", "web.favicon", "web.robots",
    }  # fmt: skip


def test_signed_out_is_sent_to_sign_in_or_refused(
    app: Flask, everything: Everything, client: FlaskClient
) -> None:
    wrong = visit(client, addresses_of(app, everything, is_guarded), is_kept_out)

    assert wrong == []


def test_public_routes_answer_anybody(app: Flask, everything: Everything, client: FlaskClient) -> None:
    wrong = visit(client, addresses_of(app, everything, is_public), answers(200, 301, 302, 422))

    assert wrong == []


def test_roles_without_the_permission_are_refused(
    app: Flask, everything: Everything, sign_in: SignIn
) -> None:
    office = everything.office
    before = chain_lengths(app)

    wrong = {}
    for role, user in people_by_role(office):
        closed = partial(is_closed, office.actor(user), office.project.id)
        wrong[role] = visit(sign_in(user), addresses_of(app, everything, closed), answers(403))

    assert wrong == {role: [] for role, _user in people_by_role(office)}
    assert chain_lengths(app) == before


def test_roles_with_the_permission_are_let_in(app: Flask, everything: Everything, sign_in: SignIn) -> None:
    """Ask every page and object; a rep's objects in `everything` are the rep's own."""
    office = everything.office

    wrong = {}
    for role, user in people_by_role(office):
        opened = partial(is_open, office.actor(user), office.project.id)
        pages = [
            (rule, method, address)
            for rule, method, address in addresses_of(app, everything, opened)
            if method == "GET" and rule.endpoint not in FOR_THE_INSTALLATION | DRAWS
        ]
        wrong[role] = visit(sign_in(user), pages, answers(200))

    assert wrong == {role: [] for role, _user in people_by_role(office)}


def test_project_does_not_exist_for_a_stranger(
    app: Flask, everything: Everything, foreign: Everything, sign_in: SignIn
) -> None:
    before = chain_lengths(app)
    own_project = [
        (rule, method, address)
        for rule, method, address in addresses_of(app, foreign, is_guarded)
        if "code" in rule.arguments
    ]

    wrong = {
        role: visit(sign_in(user), own_project, answers(404))
        for role, user in people_by_role(everything.office)
    }

    assert wrong == {role: [] for role, _user in people_by_role(everything.office)}
    assert chain_lengths(app) == before


def test_objects_of_another_project_do_not_exist(
    app: Flask, everything: Everything, foreign: Everything, sign_in: SignIn
) -> None:
    """Each route that names an object, in one's own project, by somebody whose role would permit it."""
    office, bodies = everything.office, build_bodies(foreign)
    before = chain_lengths(app)
    addresses = [
        (rule, method, build_address(app, rule, foreign.values_for(rule.endpoint) | {"code": "P1"}))
        for rule, method in list_routes(app)
        if (rule.arguments - {"code", "date", "kind", "token"} and not rule.endpoint.startswith("staff."))
        or rule.endpoint in bodies.keys() - NAME_NOTHING
    ]

    wrong = []
    for role, user in people_by_role(office):
        actor, browser = office.actor(user), sign_in(user)
        allowed = [item for item in addresses if is_open(actor, office.project.id, get_access(app, item[0]))]
        wrong += [(role.value, *finding) for finding in visit(browser, allowed, is_not_there, bodies)]
    pages = [
        item
        for item in addresses
        if "code" in item[0].arguments
        and item[0].endpoint not in NAME_IN_FIELDS
        and not is_public(get_access(app, item[0]))
    ]
    wrong += [("admin", *finding) for finding in visit(sign_in(office.admin), pages, answers(404))]

    assert wrong == []
    assert chain_lengths(app) == before


def test_objects_of_another_rep_do_not_exist_or_are_refused(
    app: Flask, everything: Everything, sign_in: SignIn
) -> None:
    before = chain_lengths(app)
    addresses = [
        (rule, method, build_address(app, rule, everything.parts | everything.others[rule.endpoint]))
        for rule, method in list_routes(app)
        if rule.endpoint in everything.others
    ]

    wrong = visit(sign_in(everything.office.rep), addresses, answers(403, 404, 409))

    assert len(addresses) == 25
    assert wrong == []
    assert chain_lengths(app) == before


def test_users_and_sessions_belong_to_the_installation(
    app: Flask, everything: Everything, sign_in: SignIn
) -> None:
    pages = [
        item for item in addresses_of(app, everything, is_guarded) if item[0].endpoint in FOR_THE_INSTALLATION
    ]

    wrong = {
        role: visit(sign_in(user), pages, answers(403, 404))
        for role, user in people_by_role(everything.office)
    }

    assert wrong == {role: [] for role, _user in people_by_role(everything.office)}


def test_post_without_csrf_token_is_refused(
    app: Flask, everything: Everything, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    before = chain_lengths(app)
    posts = [item for item in addresses_of(app, everything, is_guarded) if item[1] == "POST"]

    wrong = visit(sign_in(everything.office.admin), posts, answers(400))

    assert wrong == []
    assert chain_lengths(app) == before
