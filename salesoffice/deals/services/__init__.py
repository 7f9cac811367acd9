"""The verbs of deals: the claim on the unit, the papers attached, the stages they are asked for."""

from salesoffice.deals.services.attachments import (
    attach,
    drop_requirement,
    remove_attachment,
    require_attachment,
    restore_attachment,
)
from salesoffice.deals.services.claims import (
    advance_claim,
    bind_accessory,
    build_unit_taken,
    check_claimable,
    check_not_overlaid,
    close_claim,
    lock_unit,
    open_claim,
    open_deal,
    take_back_unit,
)
from salesoffice.deals.services.reopening import (
    check_reopenable,
    reopen_deal,
    step_back_from_filing,
)
from salesoffice.deals.services.stages import check_direct_signing, check_stage

__all__ = [
    "advance_claim",
    "attach",
    "bind_accessory",
    "build_unit_taken",
    "check_claimable",
    "check_direct_signing",
    "check_not_overlaid",
    "check_reopenable",
    "check_stage",
    "close_claim",
    "drop_requirement",
    "lock_unit",
    "open_claim",
    "open_deal",
    "remove_attachment",
    "reopen_deal",
    "require_attachment",
    "restore_attachment",
    "step_back_from_filing",
    "take_back_unit",
]
