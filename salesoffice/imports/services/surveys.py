"""Writing the areas of a final survey; they count once a second person has checked them."""

import datetime as dt
from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor
from salesoffice.imports.rules.plan import PlanRow, final_of_row
from salesoffice.inventory.enums import AreaEdition
from salesoffice.inventory.services import AreaDraft, record_areas


def write_final_areas(
    session: Session,
    project_id: int,
    rows: Iterable[PlanRow],
    *,
    actor: Actor,
    source: str,
    new_ids: Mapping[str, int],
) -> None:
    """Enter the final areas that rows state, by surveyor and day. `new_ids` are units just added, by code."""
    surveys: dict[tuple[str, dt.date | None], dict[int, AreaDraft]] = {}
    for planned in rows:
        row = planned.row
        if row.has_final:
            unit_id = planned.unit.id if planned.unit else new_ids[planned.code]
            gross, inner, shared = final_of_row(row, planned.unit)
            drafts = surveys.setdefault((row.surveyor, row.surveyed_on), {})
            drafts[unit_id] = AreaDraft(gross, inner, shared)
    for (surveyor, surveyed_on), areas in surveys.items():
        record_areas(
            session,
            project_id,
            actor=actor,
            edition=AreaEdition.FINAL,
            areas=areas,
            surveyor=surveyor,
            surveyed_on=surveyed_on,
            source=source,
        )
