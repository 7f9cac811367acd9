"""What stands before any sale: plans, an import, people to write to."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.permissions import SYSTEM
from salesoffice.imports.enums import ColumnField
from salesoffice.imports.services import preview_import, read_upload, remember_columns
from salesoffice.infra.models import MailState
from salesoffice.infra.outbox import queue_mail
from salesoffice.inventory.models import UnitType
from salesoffice.inventory.services import (
    add_phase,
    edit_units,
    plan_bulk_edit,
    set_floor_plan,
    set_section_plan,
)
from salesoffice.projects.services import add_recipient, create_wall_token
from salesoffice.staff.models import UserSession
from salesoffice.staff.services import start_session
from tests.factories import Office

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 32 + b"IEND\xaeB`\x82"
FILING = "房号,建筑面积,总售价,销售状况\n1栋A座106房,90.00,900000,期房待售\n".encode()


def make_place(session: Session, office: Office, unit_type: UnitType) -> dict[str, object]:
    """Add plans, a bulk edit, a file to import, a mail and a wall; return what stands for them in addresses."""
    code = office.project.code
    project_id, free = office.project.id, office.units[-1]
    set_floor_plan(session, unit_type, actor=SYSTEM, data=PICTURE, file_name="plan.png")
    set_section_plan(session, free.section, actor=SYSTEM, data=PICTURE, file_name="section.png")
    values = {"view": "园景"}
    plan = plan_bulk_edit(session, project_id, actor=SYSTEM, unit_ids=[free.id], values=values)
    _plan, key = edit_units(
        session,
        project_id,
        actor=office.actor(office.admin),
        unit_ids=[free.id],
        values=values,
        shown=plan.sha256,
        since=0,
    )
    recipient = add_recipient(
        session, office.project, actor=SYSTEM, email=f"boss@{code.lower()}.example.test"
    )
    upload = read_upload(session, project_id, data=FILING, file_name="units.csv")
    token = start_session(session, office.admin)
    mail = queue_mail(
        session, key=f"test:{code}", project_id=project_id, to="boss@example.test", subject="Log", text="Log",
        html="<p>Log</p>", message_id=f"<{code.lower()}@example.test>",
    )  # fmt: skip
    mail.state = MailState.UNCERTAIN
    assert token
    return {
        "building_id": free.building_id,
        "section_id": free.section_id,
        "phase_id": add_phase(session, project_id, actor=SYSTEM, name="一期").id,
        "type_id": unit_type.id,
        "unit_id": free.id,
        "unit_code": free.code,
        "key": key,
        "recipient_id": recipient.id,
        "batch_id": preview_import(session, project_id, actor=SYSTEM, upload=upload).id,
        "profile_id": remember_columns(
            session,
            project_id,
            actor=SYSTEM,
            table=upload.table,
            mapping={"房号": ColumnField.LABEL},
            name="价目",
        ).id,
        "mail_id": mail.id,
        "user_id": office.other_rep.id,
        "session_id": session.scalars(select(UserSession.id).order_by(UserSession.id.desc())).first(),
        "token": create_wall_token(session, office.project, actor=SYSTEM),
    }
