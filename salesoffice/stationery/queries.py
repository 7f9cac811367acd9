"""The register: its balance, its forms, the next run, and what must never be the case."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotFound
from salesoffice.staff.models import Membership, User
from salesoffice.stationery.enums import FREE_STATES, TAKEN_STATES, FormKind, FormState
from salesoffice.stationery.models import NumberedForm, PrintRun
from salesoffice.stationery.rules import RunNumbers, needs_reorder
from salesoffice.stationery.signals import DocumentFacts, find_documents

_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class Balance:
    """How many forms of a kind there are in each state; `issued` says with whom (name, count)."""

    kind: FormKind
    counts: Mapping[FormState, int]
    issued: Sequence[tuple[str, int]]
    last_run: int

    @property
    def received(self) -> int:
        """How many forms were ever received."""
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        """How many forms can still be taken, in stock or issued."""
        return sum(self.counts[state] for state in FREE_STATES)

    @property
    def is_low(self) -> bool:
        """Whether the next run should be ordered."""
        return needs_reorder(self.left, self.last_run)


@dataclass(frozen=True)
class FormSearch:
    """What the list of forms is narrowed to."""

    kind: FormKind | None = None
    state: FormState | None = None
    text: str = ""


@dataclass(frozen=True)
class FormLine:
    """A form for a list: with the person who has it, and what it is used for."""

    form: NumberedForm
    holder: str
    document: DocumentFacts | None


@dataclass(frozen=True)
class _Counting:
    counts: dict[FormState, int] = field(default_factory=lambda: dict.fromkeys(FormState, 0))
    issued: dict[str, int] = field(default_factory=dict)


def get_form(session: Session, form_id: int) -> NumberedForm:
    """Return a form; raises NotFound."""
    form = session.get(NumberedForm, form_id) if form_id <= _LARGEST_ID else None
    if form is None:
        raise NotFound(_l("There is no such form."))
    return form


def has_register(session: Session, project_id: int, kind: FormKind) -> bool:
    """Tell whether a project keeps a register of a kind of forms."""
    statement = select(PrintRun.id).where(PrintRun.project_id == project_id, PrintRun.kind == kind)
    return session.scalars(statement.limit(1)).first() is not None


def find_form_of(session: Session, subject_kind: str, subject_id: int) -> NumberedForm | None:
    """Find the form that a document has reserved or used."""
    statement = select(NumberedForm).where(
        NumberedForm.subject_kind == subject_kind,
        NumberedForm.subject_id == subject_id,
        NumberedForm.state.in_(TAKEN_STATES),
    )
    return session.scalars(statement).one_or_none()


def list_people(session: Session, project_id: int) -> Mapping[int, str]:
    """Return the names of the people of a project by id."""
    statement = (
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == project_id, User.is_active)
        .distinct()
        .order_by(User.name, User.id)
    )
    return dict(session.execute(statement).all())


def list_balances(session: Session, project_id: int) -> list[Balance]:
    """List the balance of each kind of which the project keeps a register."""
    statement = (
        select(NumberedForm.kind, NumberedForm.state, User.name, func.count())
        .outerjoin(User, (User.id == NumberedForm.holder_id) & (NumberedForm.state == FormState.ISSUED))
        .where(NumberedForm.project_id == project_id)
        .group_by(NumberedForm.kind, NumberedForm.state, User.id, User.name)
        .order_by(User.name, User.id)
    )
    found: dict[FormKind, _Counting] = defaultdict(_Counting)
    for kind, state, holder, count in session.execute(statement):
        found[kind].counts[state] += count
        if holder is not None:
            found[kind].issued[holder] = found[kind].issued.get(holder, 0) + count
    last = {run.kind: run.last_number - run.first_number + 1 for run in list_runs(session, project_id)[::-1]}
    return [
        Balance(kind, found[kind].counts, tuple(found[kind].issued.items()), last[kind])
        for kind in FormKind
        if kind in found
    ]


def list_runs(session: Session, project_id: int) -> Sequence[PrintRun]:
    """List the print runs of a project, the newest first."""
    statement = select(PrintRun).where(PrintRun.project_id == project_id)
    return session.scalars(statement.order_by(PrintRun.id.desc())).all()


def suggest_run(session: Session, project_id: int, kind: FormKind) -> RunNumbers | None:
    """Suggest the numbers that continue the last run of a kind, as many as it had; None when there is none."""
    statement = select(PrintRun).where(PrintRun.project_id == project_id, PrintRun.kind == kind)
    run = session.scalars(statement.order_by(PrintRun.id.desc()).limit(1)).first()
    if run is None:
        return None
    first = run.last_number + 1
    last = first + run.last_number - run.first_number
    return RunNumbers(run.prefix, first, last, max(run.digits, len(str(last))))


def select_forms(project_id: int, search: FormSearch) -> Select[NumberedForm]:
    """Select the forms of a project by kind and rising number."""
    statement = select(NumberedForm).where(NumberedForm.project_id == project_id)
    if search.kind is not None:
        statement = statement.where(NumberedForm.kind == search.kind)
    if search.state is not None:
        statement = statement.where(NumberedForm.state == search.state)
    if search.text:
        statement = statement.where(NumberedForm.number.icontains(search.text, autoescape=True))
    return statement.order_by(NumberedForm.kind, func.length(NumberedForm.number), NumberedForm.number)


def build_lines(session: Session, forms: Sequence[NumberedForm]) -> list[FormLine]:
    """Say of each form who has it and what it is used for; two or three queries whatever the length."""
    holders = {form.holder_id for form in forms if form.holder_id is not None}
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(holders))).all())
    subjects = {
        (form.subject_kind, form.subject_id)
        for form in forms
        if form.subject_id is not None and form.subject_kind
    }
    documents = find_documents(session, subjects)
    return [
        FormLine(
            form, names.get(form.holder_id or 0, ""), documents.get((form.subject_kind, form.subject_id or 0))
        )
        for form in forms
    ]


def find_breaches(session: Session) -> Iterator[str]:
    """Yield in words every run that is not complete, and every form used by a document without its number."""
    yield from _find_broken_runs(session)
    yield from _find_wrong_documents(session)


def _find_broken_runs(session: Session) -> Iterator[str]:
    statement = select(NumberedForm.run_id, NumberedForm.number).order_by(NumberedForm.id)
    numbers: dict[int, set[str]] = defaultdict(set)
    for run_id, number in session.execute(statement):
        numbers[run_id].add(number)
    for run in session.scalars(select(PrintRun).order_by(PrintRun.id)):
        wanted = RunNumbers(run.prefix, run.first_number, run.last_number, run.digits).list_numbers()
        differing = set(wanted) ^ numbers[run.id]
        if differing:
            yield f"print run {run.id}: form {min(differing)} is missing or too many"


def _find_wrong_documents(session: Session) -> Iterator[str]:
    statement = select(NumberedForm).where(NumberedForm.state.in_(TAKEN_STATES)).order_by(NumberedForm.id)
    forms = session.scalars(statement).all()
    documents = find_documents(session, {(form.subject_kind, form.subject_id or 0) for form in forms})
    for form in forms:
        facts = documents.get((form.subject_kind, form.subject_id or 0))
        if facts is None or facts.number != form.number:
            yield f"form {form.id} ({form.number}): {form.state.value}, but no document carries its number"
