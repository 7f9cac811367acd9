"""Shapes of the board and of units in the JSON API."""

from marshmallow import Schema, fields, validate

from salesoffice.board.enums import CellLook, EventKind
from salesoffice.changes.schemas import ChangeSchema
from salesoffice.contracts.schemas import ContractSchema
from salesoffice.deals.enums import ClaimEnd, ClaimKind, DealState, UnitState
from salesoffice.inventory.enums import OverlayKind
from salesoffice.payments.schemas import AccountSchema
from salesoffice.pricing.enums import PriceBasis
from salesoffice.reservations.schemas import HoldSchema, ProvisionalOrderSchema, SubscriptionSchema

STATES = [state.value for state in UnitState]
MOMENT = "%Y-%m-%dT%H:%M:%SZ"


class ClaimSchema(Schema):
    """The open claim of a unit. `id` is the id of the hold, subscription or contract that `kind` names."""

    kind = fields.String(validate=validate.OneOf([kind.value for kind in ClaimKind]))
    id = fields.Integer()
    expires_at = fields.DateTime(format=MOMENT, allow_none=True)
    mine = fields.Boolean()


class UnitSchema(Schema):
    """A unit with its list price in force and its derived state."""

    id = fields.Integer()
    code = fields.String()
    project = fields.String()
    building = fields.String()
    section = fields.String()
    floor = fields.Integer(allow_none=True, metadata={"description": "physical number; null when not known"})
    floor_label = fields.String()
    room_no = fields.String()
    unit_type = fields.String()
    usage = fields.String()
    orientation = fields.String()
    gross_area = fields.Decimal(places=2, as_string=True, allow_none=True)
    inner_area = fields.Decimal(places=2, as_string=True, allow_none=True)
    shared_area = fields.Decimal(places=2, as_string=True, allow_none=True)
    list_unit_price_fen = fields.Integer(attribute="list_unit_price", allow_none=True)
    list_total_fen = fields.Integer(attribute="list_total_amount", allow_none=True)
    price_basis = fields.String(
        validate=validate.OneOf([basis.value for basis in PriceBasis]), allow_none=True
    )
    filed_total_fen = fields.Integer(attribute="filed_total_amount", allow_none=True)
    state = fields.String(validate=validate.OneOf(STATES))
    reason = fields.String(
        allow_none=True,
        metadata={
            "description": "why it takes no claim (permit_missing, unit_not_released, unit_overlaid), or the words why withheld"
        },
    )
    withheld_until = fields.Date(allow_none=True)
    claim = fields.Nested(ClaimSchema, allow_none=True)
    overlay = fields.List(
        fields.String(validate=validate.OneOf([kind.value for kind in OverlayKind])),
        metadata={
            "description": "what stands on the unit in law; while it is not empty no new claim is taken"
        },
    )
    version = fields.Integer(
        metadata={
            "description": "number of the last entry of the audit chain about the unit; the answer to withhold and "
            "release still gives the number before the entry that this request writes"
        }
    )


class UnitPageSchema(Schema):
    """One piece of the list of units."""

    items = fields.List(fields.Nested(UnitSchema))
    next_cursor = fields.String(allow_none=True)


class UnitQuerySchema(Schema):
    """What to list."""

    state = fields.String(load_default="", validate=validate.OneOf(["", *STATES]))
    building = fields.String(load_default="", validate=validate.Length(max=60))
    q = fields.String(load_default="", validate=validate.Length(max=64))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    cursor = fields.String(load_default=None, allow_none=True)


class EntrySchema(Schema):
    """One thing that happened to a unit."""

    sequence = fields.Integer()
    at = fields.DateTime(format=MOMENT)
    action = fields.String()
    text = fields.String()
    kind = fields.Enum(EventKind, by_value=True)
    actor = fields.String(attribute="actor_name")


class HistorySchema(Schema):
    """What happened to a unit, the newest first."""

    items = fields.List(fields.Nested(EntrySchema))
    next_cursor = fields.String(allow_none=True)


class AlternativeSchema(Schema):
    """A free unit near another one; `difference_fen` is its list total less the other's."""

    id = fields.Integer()
    code = fields.String()
    building = fields.String()
    section = fields.String()
    floor_label = fields.String()
    room_no = fields.String()
    unit_type = fields.String()
    orientation = fields.String()
    gross_area = fields.Decimal(places=2, as_string=True, allow_none=True)
    list_total_fen = fields.Integer(attribute="list_total_amount", allow_none=True)
    difference_fen = fields.Integer(attribute="difference_amount", allow_none=True)


class AlternativesSchema(Schema):
    """The free units nearest to another one."""

    items = fields.List(fields.Nested(AlternativeSchema))
    next_cursor = fields.String(allow_none=True)


class WithholdSchema(Schema):
    """Why a unit is kept back, and until when."""

    reason = fields.String(required=True, validate=validate.Length(1, 200))
    until = fields.Date(load_default=None, allow_none=True)
    approved_by_id = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "the user who approved it; the caller where it is left out"},
    )


class BoardQuerySchema(Schema):
    """The version the caller has; 0 asks for everything."""

    since = fields.Integer(load_default=0, validate=validate.Range(0, 2**31 - 1))


class CellSchema(Schema):
    """A unit that may look different since a version."""

    id = fields.Integer()
    code = fields.String()
    state = fields.String(validate=validate.OneOf(STATES))
    look = fields.String(
        validate=validate.OneOf([look.value for look in CellLook]),
        metadata={
            "description": "the state, or the overlay on a unit without a claim; `counts` counts by it"
        },
    )
    sign = fields.String()


class BoardSchema(Schema):
    """What changed on a board. `rebuilt`: an import, a permit or prices changed it as a whole."""

    version = fields.Integer()
    changed = fields.List(fields.Nested(CellSchema))
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    rebuilt = fields.Boolean()


class BuyerSchema(Schema):
    """A buyer as the caller may see them; the first one is the principal."""

    customer_id = fields.Integer(attribute="id")
    name = fields.String()
    phones = fields.List(fields.String())
    certificate_masked = fields.String(attribute="certificate")


class DealUnitSchema(Schema):
    """The unit that is sold."""

    id = fields.Integer()
    code = fields.String()
    gross_area = fields.Decimal(places=2, as_string=True, allow_none=True)


class DealClaimSchema(Schema):
    """The last claim of the deal and, once closed, how it ended."""

    kind = fields.Enum(ClaimKind, by_value=True)
    opened_at = fields.DateTime(format=MOMENT)
    expires_at = fields.DateTime(format=MOMENT, allow_none=True)
    closed_at = fields.DateTime(format=MOMENT, allow_none=True)
    end = fields.Enum(ClaimEnd, by_value=True, attribute="end_kind", allow_none=True)
    end_reason = fields.String()


class PriceStepSchema(Schema):
    """A discount step and the price after it."""

    name = fields.String()
    after_fen = fields.Integer(attribute="after")


class DealSchema(Schema):
    """Everything of one sale, in order."""

    id = fields.Integer(attribute="deal.id")
    number = fields.String(attribute="deal.number")
    state = fields.Enum(DealState, by_value=True, attribute="deal.state")
    created_at = fields.DateTime(format=MOMENT, attribute="deal.created_at")
    ended_at = fields.DateTime(format=MOMENT, attribute="deal.ended_at", allow_none=True)
    rep_id = fields.Integer(attribute="deal.rep_id")
    account_id = fields.Integer(attribute="deal.account_id", allow_none=True)
    unit = fields.Nested(DealUnitSchema)
    buyers = fields.List(fields.Nested(BuyerSchema))
    claim = fields.Nested(DealClaimSchema, allow_none=True)
    hold = fields.Nested(HoldSchema, allow_none=True)
    provisional_order = fields.Nested(ProvisionalOrderSchema, allow_none=True)
    subscription = fields.Nested(SubscriptionSchema, allow_none=True)
    price_steps = fields.List(fields.Nested(PriceStepSchema), attribute="steps")
    contracts = fields.List(fields.Nested(ContractSchema))
    account = fields.Nested(AccountSchema, allow_none=True)
    changes = fields.List(fields.Nested(ChangeSchema))
    history = fields.List(fields.Nested(EntrySchema))
