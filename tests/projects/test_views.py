"""Projects: listed, added, their rules changed; recipients and the wall display."""

from collections.abc import Callable
from decimal import Decimal

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.projects.models import LogRecipient, Project
from salesoffice.projects.queries import find_project_by_wall_token
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
RULES = {
    "name": "Riverside", "city": "Shenzhen", "max_deposit_rate": "15", "sign_by_days": "10", "provisional_days": "4", "forfeit_after_days": "", "filing_days": "20", "hold_minutes": "45",
    "max_hold_minutes": "90", "hold_limit": "2", "down_payment_rate": "35", "late_fee_rate": "0.05",
    "log_send_at": "19:00", "is_log_automatic": "y",
}  # fmt: skip


def test_list_shows_only_own_projects(sign_in: SignIn, office: Office) -> None:
    page = sign_in(office.rep).get("/projects").text

    assert ("Project P1" in page, "P1-OTHER" in page) == (True, False)


def test_admin_adds_a_project_once(sign_in: SignIn, office: Office) -> None:
    browser = sign_in(office.admin)
    data = {"code": "P2", "name": "Second"}

    answers = [browser.post("/projects/new", data=data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 409]
    assert answers[0].headers["Location"] == "/p/P2/settings"


def test_manager_may_not_add_a_project(sign_in: SignIn, office: Office) -> None:
    assert sign_in(office.manager).post("/projects/new", data={"code": "P2", "name": "x"}).status_code == 403


def test_rules_are_changed(sign_in: SignIn, office: Office, session: Session) -> None:
    answer = sign_in(office.manager).post("/p/P1/settings", data=RULES)

    project = session.get_one(Project, office.project.id)
    assert answer.status_code == 302
    assert (project.max_deposit_rate, project.late_fee_rate, project.hold_minutes, project.hold_limit) == (
        Decimal("0.15"), Decimal("0.0005"), 45, 2,
    )  # fmt: skip


def test_deposit_above_a_fifth_is_refused_and_kept_on_the_page(
    sign_in: SignIn, office: Office, session: Session
) -> None:
    answer = sign_in(office.manager).post("/p/P1/settings", data=RULES | {"max_deposit_rate": "21"})

    assert answer.status_code == 422
    assert 'value="21"' in answer.text
    assert session.get_one(Project, office.project.id).max_deposit_rate == Decimal("0.2")


def test_every_field_wrong_is_refused(sign_in: SignIn, office: Office) -> None:
    answer = sign_in(office.manager).post("/p/P1/settings", data=dict.fromkeys(RULES, "\x00x" * 300))

    assert answer.status_code == 422


def test_rep_may_not_change_the_rules(sign_in: SignIn, office: Office) -> None:
    assert sign_in(office.rep).post("/p/P1/settings", data=RULES).status_code == 403


def test_recipient_is_added_once_and_removed(sign_in: SignIn, office: Office, session: Session) -> None:
    browser = sign_in(office.manager)
    data = {"recipient-email": "Chair@example.test", "recipient-name": "Chair"}

    statuses = [browser.post("/p/P1/settings/recipients", data=data).status_code for _ in range(2)]
    recipient_id = session.scalars(select(LogRecipient.id)).one()
    session.rollback()
    browser.post(f"/p/P1/settings/recipients/{recipient_id}/remove")

    assert statuses == [302, 302]
    assert session.scalars(select(LogRecipient.is_active)).all() == [False]


def test_recipient_without_address_is_refused(sign_in: SignIn, office: Office) -> None:
    answer = sign_in(office.manager).post("/p/P1/settings/recipients", data={"recipient-email": "nonsense"})

    assert answer.status_code == 422


def test_wall_address_is_shown_once_and_revoked(sign_in: SignIn, office: Office, session: Session) -> None:
    browser = sign_in(office.manager)

    page = browser.post("/p/P1/settings/wall").text
    token = page.partition("/wall/")[2].partition("<")[0]
    found = find_project_by_wall_token(session, token)
    session.rollback()
    browser.post("/p/P1/settings/wall/revoke")

    assert found is not None
    assert found.id == office.project.id
    assert token not in browser.get("/p/P1/settings").text
    assert find_project_by_wall_token(session, token) is None


def test_api_lists_own_projects_and_hides_others(sign_in: SignIn, office: Office) -> None:
    browser = sign_in(office.rep)

    listed = browser.get("/api/v1/projects").json

    assert [item["code"] for item in listed["items"]] == ["P1"]
    assert listed["next_cursor"] is None
    assert browser.get("/api/v1/projects/P1").json["hold_minutes"] == 30
    assert browser.get("/api/v1/projects/P1-OTHER").json["code"] == "not_found"
