"""Numbers without gaps: taken in the transaction of the document that carries them."""

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.infra.models import NumberSeries


def next_number(session: Session, *, project_id: int, series: str, template: str = "{number}") -> str:
    """Return the next number of a project's series, formatted by `template` (`"RS{number:06d}"`).

    The series' row stays locked until the transaction ends; a rolled-back transaction gives its number back, so no
    number is skipped and none is given twice.
    """
    number = _advance(session, project_id, series)
    if number is None:
        _create_series(session, project_id, series)
        number = _advance(session, project_id, series)
    return template.format(number=number)


def last_number(session: Session, *, project_id: int, series: str) -> int:
    """Return the last number given out, 0 when there is none."""
    statement = select(NumberSeries.last_number).where(
        NumberSeries.project_id == project_id, NumberSeries.series == series
    )
    return session.scalar(statement) or 0


def _advance(session: Session, project_id: int, series: str) -> int | None:
    statement = (
        update(NumberSeries)
        .where(NumberSeries.project_id == project_id, NumberSeries.series == series)
        .values(last_number=NumberSeries.last_number + 1)
        .returning(NumberSeries.last_number)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(statement)


def _create_series(session: Session, project_id: int, series: str) -> None:
    try:
        with session.begin_nested():
            session.execute(insert(NumberSeries).values(project_id=project_id, series=series, last_number=0))
    except IntegrityError:
        return  # another transaction created it meanwhile; its row is there to advance
