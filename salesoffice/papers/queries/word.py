"""Finding the office's Word templates."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotFound
from salesoffice.papers.enums import PaperKind
from salesoffice.papers.models import WordTemplate

_LARGEST_ID = 2**31 - 1


def get_template(session: Session, project_id: int, template_id: int) -> WordTemplate:
    """Return a template of a project; raises NotFound."""
    found = session.get(WordTemplate, template_id) if template_id <= _LARGEST_ID else None
    if found is None or found.project_id != project_id:
        raise NotFound(_l("There is no such template."))
    return found


def find_active_template(session: Session, project_id: int, kind: PaperKind) -> WordTemplate | None:
    """Find the template of a kind that is in use."""
    statement = select(WordTemplate).where(
        WordTemplate.project_id == project_id, WordTemplate.kind == kind, WordTemplate.is_active
    )
    return session.scalars(statement).one_or_none()


def get_active_template(session: Session, project_id: int, kind: PaperKind) -> WordTemplate:
    """Return the template of a kind that is in use; raises NotFound."""
    found = find_active_template(session, project_id, kind)
    if found is None:
        raise NotFound(_l("No Word template is in use for this paper. Issue it as PDF."))
    return found


def list_templates(session: Session, project_id: int) -> Mapping[PaperKind, Sequence[WordTemplate]]:
    """List the templates of a project by kind, the newest version first."""
    statement = (
        select(WordTemplate)
        .where(WordTemplate.project_id == project_id)
        .order_by(WordTemplate.kind, WordTemplate.version.desc())
    )
    found: dict[PaperKind, list[WordTemplate]] = {}
    for template in session.scalars(statement):
        found.setdefault(template.kind, []).append(template)
    return found
