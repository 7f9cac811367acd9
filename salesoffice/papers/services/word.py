"""The office's Word templates: kept by version, at most one of a kind in use."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotAllowed
from salesoffice.core.permissions import Actor
from salesoffice.infra.audit import record_change
from salesoffice.infra.db import lock_rows
from salesoffice.infra.files import store_file
from salesoffice.infra.word import MEDIA_TYPE
from salesoffice.papers.enums import PaperKind
from salesoffice.papers.models import WordTemplate
from salesoffice.papers.queries.word import find_active_template
from salesoffice.projects.models import Project


def add_template(
    session: Session, project_id: int, *, actor: Actor, kind: PaperKind, name: str, data: bytes
) -> WordTemplate:
    """Keep a template as the next version of its kind; it is not in use yet.

    The caller has checked it (`papers.documents.word.check_template`) before the transaction.
    """
    if actor.id is None:
        raise NotAllowed(_l("A template is uploaded by a person."))
    _lock(session, project_id)
    statement = select(func.max(WordTemplate.version)).where(
        WordTemplate.project_id == project_id, WordTemplate.kind == kind
    )
    version = (session.scalar(statement) or 0) + 1
    file_name = f"{kind.value}-{version}.docx"
    stored = store_file(session, data, name=file_name, media_type=MEDIA_TYPE, project_id=project_id)
    template = WordTemplate(
        project_id=project_id,
        kind=kind,
        version=version,
        name=name,
        file_id=stored.id,
        uploaded_at=clock.now(),
        uploaded_by_id=actor.id,
        file=stored,
    )
    session.add(template)
    session.flush()
    after = {"kind": kind.value, "version": version, "name": name, "sha256": stored.sha256}
    record_change(session, template, "word_template.added", actor, after=after)
    return template


def activate_template(session: Session, template: WordTemplate, *, actor: Actor) -> WordTemplate:
    """Use a version for the papers of its kind from now on, in the place of another one; twice is harmless."""
    _lock(session, template.project_id)
    template = session.get_one(WordTemplate, template.id, populate_existing=True)
    before = find_active_template(session, template.project_id, template.kind)
    if before is not None and before.id == template.id:
        return template
    if before is not None:
        before.is_active = False
        session.flush()
    template.is_active = True
    session.flush()
    record_change(
        session,
        template,
        "word_template.activated",
        actor,
        before={"version": before.version if before else None},
        after={"kind": template.kind.value, "version": template.version},
    )
    return template


def stop_template(session: Session, template: WordTemplate, *, actor: Actor) -> WordTemplate:
    """Use a version no longer; papers that were made from it stay. Twice is harmless."""
    _lock(session, template.project_id)
    template = session.get_one(WordTemplate, template.id, populate_existing=True)
    if template.is_active:
        template.is_active = False
        session.flush()
        after = {"kind": template.kind.value, "version": template.version}
        record_change(session, template, "word_template.stopped", actor, after=after)
    return template


def _lock(session: Session, project_id: int) -> None:
    lock_rows(session, select(Project).where(Project.id == project_id))
