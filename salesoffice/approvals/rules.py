"""Who may decide what: pure decisions about people, their roles and whom they stand in for."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from flask_babel import lazy_gettext as _l

from salesoffice.approvals.enums import REQUEST_STEPS, TASK_STEPS, RequestState, TaskState, UsualChain
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, Text, WrongState
from salesoffice.core.permissions import ROLE_PERMISSIONS, Permission, Role
from salesoffice.staff.enums import ROLE_LABELS

DECIDING_ROLES = tuple(role for role in Role if Permission.APPROVAL_DECIDE in ROLE_PERMISSIONS[role])
"""Roles that a step of a chain may ask."""

LONG_DAYS = 8
"""From so many days on an executive also decides (extension of signing, DOMAIN §4)."""

VERY_LONG_DAYS = 15
"""From so many days on a second executive also decides."""

DECIDE_HOURS = range(1, 721)
"""How many hours a chain may leave for a decision."""


@dataclass(frozen=True)
class Person:
    """Somebody of a project with the roles they have at this moment; `language` is "" where none was chosen."""

    id: int
    name: str
    roles: frozenset[Role]
    email: str = ""
    language: str = ""

    @property
    def can_decide(self) -> bool:
        """Tell whether any of the roles may decide at all."""
        return any(role in DECIDING_ROLES for role in self.roles)


@dataclass(frozen=True)
class StepDraft:
    """One step of a chain to be set; `from_measure` in the unit of the kind, None or 0: always."""

    position: int
    role: Role
    user_id: int | None = None
    title: str = ""
    from_measure: int | None = None


@dataclass(frozen=True)
class Crew:
    """The people of a project by id, and who stands in for whom today (the stand-in's id → whom)."""

    people: Mapping[int, Person]
    stand_ins: Mapping[int, Collection[int]] = field(default_factory=dict)


class Part(Protocol):
    """A step or a task: the role that decides, and the one person to whom it may be narrowed."""

    @property
    def role(self) -> Role: ...

    @property
    def user_id(self) -> int | None: ...

    @property
    def title(self) -> str: ...


class Thresholded(Protocol):
    """A step with a threshold."""

    @property
    def from_measure(self) -> int | None: ...


T = TypeVar("T", bound=Thresholded)


class NotYourTurn(DomainError):
    """Somebody else decides first."""

    def __init__(self, waits_for: Text) -> None:
        super().__init__(
            _l("It is not your turn yet: first decides %(who)s. You will get a mail.", who=waits_for),
            code="not_your_turn",
        )


class AlreadyDecided(DomainError):
    """The part of this person, or the whole request, was decided before."""

    def __init__(self, who: str, when: str, verdict: Text) -> None:
        super().__init__(
            _l(
                "%(who)s has already decided this on %(when)s (%(verdict)s). Nothing was changed now.",
                who=who,
                when=when,
                verdict=verdict,
            ),
            code="already_decided",
            decided_by=who,
        )


class RequestChanged(DomainError):
    """What would be approved is not what the person saw, or has been overtaken."""

    def __init__(self, message: Text) -> None:
        super().__init__(message, code="request_changed")


class NoApprover(DomainError):
    """A step of the chain could never be decided."""

    def __init__(self, step: Text) -> None:
        super().__init__(
            _l(
                "Nobody but the applicant could decide the step “%(step)s”. Let another person ask for it, give the role"
                " to a second person, or change the chain of approval.",
                step=step,
            ),
            code="no_approver",
        )


def name_part(part: Part, names: Mapping[int, str]) -> str:
    """Name a step or task: its own title or the role, and the person where one is named; `names` by id."""
    words = part.title or str(ROLE_LABELS[part.role])
    name = names.get(part.user_id) if part.user_id is not None else None
    return f"{words} ({name})" if name else words


def choose_steps(steps: Sequence[T], measure: int) -> list[T]:
    """Return the steps that a measure reaches; both in the unit of the kind."""
    return [step for step in steps if not step.from_measure or step.from_measure <= measure]


def may_decide_as(person: Person, part: Part) -> bool:
    """Tell whether a person has the role of a part, and is the one named where one is named."""
    return part.role in person.roles and part.user_id in {None, person.id}


def find_voice(
    person: Person, part: Part, crew: Crew, *, applicant_id: int, spent: Collection[int]
) -> int | None:
    """Return in whose name a person may decide a part: their own id or that of somebody they stand in for; None: in
    nobody's. Never the applicant, never for the applicant. `spent` are the people who decided another part of the same
    request, or in whose name somebody did: they have no second voice.
    """
    if person.id == applicant_id or person.id in spent or not person.can_decide:
        return None
    if may_decide_as(person, part):
        return person.id
    barred = {applicant_id, *spent}
    for absent_id in sorted(crew.stand_ins.get(person.id, ())):
        absent = crew.people.get(absent_id)
        if absent is not None and absent_id not in barred and may_decide_as(absent, part):
            return absent_id
    return None


def list_deciders(part: Part, crew: Crew, *, applicant_id: int, spent: Collection[int]) -> list[int]:
    """List the ids of the people who may decide a part now, stand-ins of today included."""
    return [
        person.id
        for person in crew.people.values()
        if find_voice(person, part, crew, applicant_id=applicant_id, spent=spent) is not None
    ]


def find_unserved(choices: Sequence[Collection[int]]) -> int | None:
    """Return the place of the first part that stays without a decider when nobody decides twice; None: all are served.

    `choices` are the people who could decide each part.
    """
    decides: dict[int, int] = {}

    def serve(part: int, tried: set[int]) -> bool:
        for person in choices[part]:
            if person in tried:
                continue
            tried.add(person)
            if person not in decides or serve(decides[person], tried):
                decides[person] = part
                return True
        return False

    return next((part for part in range(len(choices)) if not serve(part, set())), None)


def check_chain(steps: Sequence[StepDraft], decide_hours: int, people: Mapping[int, Person]) -> None:
    """Refuse, with InvalidInput naming the fields `steps.N.…`, a chain that could not be decided as it stands.

    A role must be one that decides, a named person must have it, and thresholds and hours must be within bounds.
    """
    problems = [
        FieldProblem(f"steps.{number}.{name}", message)
        for number, step in enumerate(steps)
        for name, message in _find_step_problems(step, people)
    ]
    if decide_hours not in DECIDE_HOURS:
        limits = {"min": DECIDE_HOURS.start, "max": DECIDE_HOURS.stop - 1}
        problems.append(
            FieldProblem("decide_hours", _l("Please enter a number from %(min)s to %(max)s.", **limits))
        )
    if problems:
        raise InvalidInput(_l("Some steps of the chain are not right yet."), problems, code="chain_invalid")


def _find_step_problems(step: StepDraft, people: Mapping[int, Person]) -> Iterator[tuple[str, Text]]:
    if step.role not in DECIDING_ROLES:
        yield "role", _l("This role decides nothing. Choose another one.")
    if step.user_id is not None:
        named = people.get(step.user_id)
        if named is None or step.role not in named.roles:
            yield "user_id", _l("This person does not have the role. Choose another one, or change the role.")
    if step.position < 1:
        yield "position", _l("Please enter %(min)s or more.", min=1)
    if step.from_measure is not None and step.from_measure < 0:
        yield "from_measure", _l("Please enter %(min)s or more.", min=0)


def build_usual_chain(usual: UsualChain, executive_count: int, second_title: str) -> list[StepDraft]:
    """Build the chain an office usually has (DOMAIN §4); `second_title` names the second executive's step.

    The longest extensions are decided by a second executive only where there are two.
    """
    manager, executive = StepDraft(1, Role.MANAGER), StepDraft(2, Role.EXECUTIVE)
    if usual is UsualChain.MANAGER:
        return [manager]
    if usual is UsualChain.EXECUTIVE:
        return [StepDraft(1, Role.EXECUTIVE)]
    if usual is UsualChain.BOTH:
        return [manager, executive]
    steps = [manager, StepDraft(2, Role.EXECUTIVE, from_measure=LONG_DAYS)]
    if executive_count > 1:
        steps.append(StepDraft(3, Role.EXECUTIVE, title=second_title, from_measure=VERY_LONG_DAYS))
    return steps


def check_request_step(current: RequestState, wanted: RequestState) -> None:
    """Refuse with WrongState to bring a request into a state that does not follow."""
    if wanted not in REQUEST_STEPS[current]:
        raise WrongState(
            _l("The request is “%(state)s”; this is not possible any more.", state=current.label),
            state=current.value,
        )


def check_task_step(current: TaskState, wanted: TaskState) -> None:
    """Refuse with WrongState to bring a part of a request into a state that does not follow."""
    if wanted not in TASK_STEPS[current]:
        raise WrongState(
            _l(
                "This part of the request is “%(state)s”; this is not possible any more.", state=current.label
            ),
            state=current.value,
        )
