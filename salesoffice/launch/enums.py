"""Words of the launch checklist."""

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class LaunchItemKind(LabelledEnum):
    """What must be there before a launch."""

    PRICE_DETAIL = "price_detail", _l("Price detail sheet")
    PRICE_OVERVIEW = "price_overview", _l("Price overview")
    UNIT_TABLE = "unit_table", _l("Unit table")
    STATUS_OVERVIEW = "status_overview", _l("Status overview")
    FLOOR_PLANS = "floor_plans", _l("Floor plans")
    ORDER_FORMS = "order_forms", _l("Subscription agreement forms")
    CONTRACT_TEXT = "contract_text", _l("Contract text and its numbers")
    SUPPLEMENT = "supplement", _l("Supplementary agreement")
    MORTGAGE_PAPERS = "mortgage_papers", _l("Mortgage papers")
    CHANGE_NOTICES = "change_notices", _l("Engineering change notices")
    PERMIT = "permit", _l("Pre-sale permit")
    PUBLICATION = "publication", _l("Units and prices made public")
    CERTIFICATE_LAND_USE = "certificate_land_use", _l("Certificate of land use")
    CERTIFICATE_LAND_PLANNING = "certificate_land_planning", _l("Permit for land use planning")
    CERTIFICATE_WORKS_PLANNING = "certificate_works_planning", _l("Permit for construction planning")
    CERTIFICATE_CONSTRUCTION = "certificate_construction", _l("Construction permit")
    CERTIFICATE_PRESALE = "certificate_presale", _l("Pre-sale permit on display")
    OTHER = "other", _l("Other")


class LaunchItemState(LabelledEnum):
    """Where an item of the checklist is; an automatic item takes its state from the data."""

    OPEN = "open", _l("Open")
    DONE = "done", _l("Done")
    NOT_NEEDED = "not_needed", _l("Not needed")
