"""Forms of approvals: a decision, the chain of a kind, an absence."""

from collections.abc import Mapping, Sequence
from datetime import date

from wtforms import FieldList, Form, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from salesoffice.approvals.enums import MeasureUnit, RuleSwitch
from salesoffice.approvals.models import ApprovalRule
from salesoffice.approvals.rules import DECIDE_HOURS, DECIDING_ROLES, Person, StepDraft
from salesoffice.core.clock import business_today
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Role
from salesoffice.infra.i18n import _, _l
from salesoffice.staff.enums import ROLE_LABELS
from salesoffice.webkit.fields import (
    CountField,
    DateField,
    EnumField,
    YuanField,
    at_most,
    optional,
    required,
)
from salesoffice.webkit.forms import BaseForm, fill_problem
from salesoffice.webkit.resubmission import nonce_field

LONGEST_COMMENT = 500
MAX_STEPS = 8
SPARE_STEPS = 2
_MAX_DAYS = 3650


class DecisionForm(BaseForm):
    """Approve or reject; `fingerprint` is of what the person saw."""

    nonce = nonce_field()
    fingerprint = HiddenField(validators=[at_most(64)])
    comment = TextAreaField(_l("Comment"), [optional(), at_most(LONGEST_COMMENT)])


def _read_person(value: object) -> int | None:
    return int(str(value)) if value not in {None, "", "None"} else None


def _read_role(value: object) -> Role | None:
    return Role(str(value)) if value not in {None, "", "None"} else None


class StepForm(Form):
    """One step of a chain; without a role it is no step."""

    Meta = BaseForm.Meta

    position = CountField(_l("Order"), [optional()], minimum=1, maximum=MAX_STEPS)
    role = SelectField(_l("Role"), [optional()], coerce=_read_role)
    user_id = SelectField(_l("Person"), [optional()], coerce=_read_person)
    title = StringField(_l("Name of the step"), [optional(), at_most(60)])


class DaysStepForm(StepForm):
    """A step with a threshold in days."""

    from_measure = CountField(_l("From so many days"), [optional()], maximum=_MAX_DAYS)


class MoneyStepForm(StepForm):
    """A step with a threshold in yuan."""

    from_measure = YuanField(_l("From an amount of"), [optional()])


class ChainForm(BaseForm):
    """The chain of a kind without a measure."""

    switch = EnumField(_l("Approval"), [required()], enum=RuleSwitch)
    decide_hours = CountField(
        _l("Hours for the decision"), [required()], minimum=DECIDE_HOURS.start, maximum=DECIDE_HOURS.stop - 1
    )
    steps = FieldList(FormField(StepForm), max_entries=MAX_STEPS)

    def fill(self, rule: ApprovalRule | None, usual_hours: int) -> None:
        """Show a chain as it would have been typed, and a few empty steps."""
        self.switch.data = RuleSwitch.APPROVE if rule is not None and rule.is_required else RuleSwitch.NONE
        self.decide_hours.data = rule.decide_hours if rule is not None else usual_hours
        rows = rule.steps if rule is not None else ()
        for row in rows:
            self.steps.append_entry(row)
        for _number in range(min(SPARE_STEPS, MAX_STEPS - len(rows))):
            self.steps.append_entry()

    def offer_choices(self, people: Sequence[Person]) -> None:
        """Fill the lists of roles and people; someone's roles stand behind the name."""
        roles = [SelectChoice("", _("No step"))] + [
            SelectChoice(role.value, str(ROLE_LABELS[role])) for role in DECIDING_ROLES
        ]
        persons = [SelectChoice("", _("Anybody with the role"))] + [
            SelectChoice(person.id, _name(person)) for person in people if person.can_decide
        ]
        for entry in self.steps:
            entry.form.role.choices, entry.form.user_id.choices = roles, persons

    def read(self) -> list[StepDraft]:
        """Return the steps that have a role; a step without a position follows the one before."""
        drafts: list[StepDraft] = []
        for row in self._chosen():
            last = drafts[-1].position if drafts else 0
            threshold = row.from_measure.data if "from_measure" in row else None
            drafts.append(
                StepDraft(
                    position=row.position.data or last + 1,
                    role=row.role.data,
                    user_id=row.user_id.data,
                    title=row.title.data or "",
                    from_measure=threshold or None,
                )
            )
        return drafts

    def refuse(self, error: DomainError) -> None:
        """Show a refusal by the service, each problem of a step at its field."""
        rows = list(self._chosen())
        for problem in error.errors:
            thing, _dot, place = problem.field.partition(".")
            number, _dot, name = place.partition(".")
            if thing == "steps" and number.isdigit():
                row = rows[int(number)]
                row[name].errors = [*row[name].errors, problem.message]
        fill_problem(self, error)

    def _chosen(self) -> Sequence[Form]:
        return [entry.form for entry in self.steps if entry.form.role.data is not None]


class DaysChainForm(ChainForm):
    """The chain of a kind that is measured in days."""

    steps = FieldList(FormField(DaysStepForm), max_entries=MAX_STEPS)


class MoneyChainForm(ChainForm):
    """The chain of a kind that is measured in yuan."""

    steps = FieldList(FormField(MoneyStepForm), max_entries=MAX_STEPS)


CHAIN_FORMS: Mapping[MeasureUnit, type[ChainForm]] = {
    MeasureUnit.NONE: ChainForm,
    MeasureUnit.DAYS: DaysChainForm,
    MeasureUnit.FEN: MoneyChainForm,
}


class AbsenceForm(BaseForm):
    """Who stands in for whom on which business days."""

    nonce = nonce_field()
    from_user_id = SelectField(_l("Who is absent"), [required()], coerce=_read_person)
    to_user_id = SelectField(_l("Who stands in"), [required()], coerce=_read_person)
    starts_on = DateField(_l("First day"), [required()])
    ends_on = DateField(_l("Last day"), [required()])
    reason = StringField(_l("Reason"), [optional(), at_most(200)])

    def read_days(self) -> tuple[date, date]:
        """Return the first and the last day of a form that is filled in."""
        today = business_today()
        return self.starts_on.data or today, self.ends_on.data or today

    def offer_choices(self, absent: Sequence[Person], stand_ins: Sequence[Person]) -> None:
        """Fill the lists of people."""
        self.from_user_id.choices = [SelectChoice(person.id, _name(person)) for person in absent]
        self.to_user_id.choices = [SelectChoice("", _("Please choose"))] + [
            SelectChoice(person.id, _name(person)) for person in stand_ins
        ]


def _name(person: Person) -> str:
    roles = ", ".join(str(ROLE_LABELS[role]) for role in Role if role in person.roles)
    return f"{person.name} ({roles})"
