"""The agreement in force of a sale, as a change finds it and brings it in line."""

import json
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangePlan, Values, refuse_field
from salesoffice.changes.services.handling import Scene
from salesoffice.contracts.enums import ENDED_CONTRACTS, ContractState
from salesoffice.contracts.models import Contract
from salesoffice.contracts.services.amending import Amendment, amend_contract
from salesoffice.core.errors import DomainError, FieldProblem, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.payments.models import Account
from salesoffice.pricing.rules import StepResult
from salesoffice.reservations.models import Subscription


class Agreement(NamedTuple):
    """The documents in force of a sale and its account; `contract` is None before there is one."""

    subscription: Subscription
    account: Account
    contract: Contract | None

    @property
    def price(self) -> int:
        """The deal price (fen), without a difference of the area."""
        return self.account.total_amount - self.account.area_difference_amount


def get_agreement(scene: Scene) -> Agreement:
    """Return the agreement in force; refuses with WrongState a sale without one."""
    if scene.subscription is None or scene.account is None:
        raise WrongState(_l("This sale has no subscription agreement yet. Sign one first."))
    contract = scene.contract
    is_over = contract is not None and contract.state in ENDED_CONTRACTS
    return Agreement(scene.subscription, scene.account, None if is_over else contract)


def refuse_draft(agreement: Agreement) -> None:
    """Refuse with WrongState while a draft waits for its second entry: it was entered with what is to be changed."""
    contract = agreement.contract
    if contract is not None and contract.state is ContractState.DRAFT:
        raise WrongState(
            _l(
                "Contract %(number)s waits for its second entry. Have it verified, or discard the draft, then ask for this.",
                number=contract.number,
            ),
            contract=contract.number,
        )


def refuse_unchanged(plan: ChangePlan, field: str) -> ChangePlan:
    """Return a plan that changes something; refuses one that does not, by the field that should have."""
    if plan.old == plan.new:
        raise refuse_field(field, _l("Nothing would change: this is what is agreed already."))
    return plan


def amend(agreement: Agreement, scene: Scene, change: Change, actor: Actor, amendment: Amendment) -> None:
    """Bring the contract in line, where there is one."""
    if agreement.contract is not None:
        amend_contract(
            scene.session, agreement.contract, actor=actor, amendment=amendment, reason=change.number
        )


def name_field(refusal: DomainError, field: str) -> DomainError:
    """Let a refusal that came from further down name the field of this change that caused it."""
    refusal.errors = refusal.errors or (FieldProblem(field, refusal.message),)
    return refusal


def list_steps(steps: tuple[StepResult, ...]) -> list[Values]:
    """Write discount steps as values of a change; their names stay out, they are for readers of one language."""
    return [
        {"kind": result.step.kind.value, "value": str(result.step.value), "after_fen": result.after}
        for result in steps
    ]


def stored_steps(discounts: str) -> list[Values]:
    """Write the discount steps that an agreement carries (JSON) like `list_steps`."""
    return [
        {"kind": row["kind"], "value": row["value"], "after_fen": row["after"]}
        for row in json.loads(discounts)
    ]
