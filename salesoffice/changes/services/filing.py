"""Withdrawal of the filing: what is filed with the authority is not changed before."""

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangePlan, Values
from salesoffice.changes.services.handling import ChangeHandler, Scene
from salesoffice.contracts.models import Contract
from salesoffice.contracts.services import withdraw_filing
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import ClaimKind


def plan(scene: Scene, _terms: Values) -> ChangePlan:
    """Plan to withdraw the filing; the number it had stays with the change."""
    contract = _require_contract(scene)
    return ChangePlan(
        old={
            "stage": ClaimKind.FILED.value,
            "filing_no": contract.filing_no,
            "filed_on": contract.filed_on.isoformat() if contract.filed_on else "",
        },
        new={"stage": ClaimKind.SIGNED_ONLINE.value, "filing_no": "", "filed_on": ""},
    )


def apply(scene: Scene, _terms: Values, _plan: ChangePlan, actor: Actor, change: Change) -> None:
    """Take contract and claim back to the online signing."""
    withdraw_filing(scene.session, _require_contract(scene), actor=actor, reason=change.reason)


def _require_contract(scene: Scene) -> Contract:
    if scene.contract is None:
        raise RuntimeError(f"deal {scene.deal.id} is filed without a contract")
    return scene.contract


HANDLER = ChangeHandler(ChangeKind.FILING_WITHDRAWAL, plan, apply)
