"""inventory_and_pricing_in_full

Revision ID: 202611231815
Revises: 202611231505
Create Date: 2026-11-23 17:57:03.722286+00:00
"""

import sqlalchemy as sa
from alembic import op


revision = '202611231815'
down_revision = '202611231505'
branch_labels = None
depends_on = None


OLD_PRODUCTS = "'residential', 'commercial', 'parking'"
NEW_PRODUCTS = "'residential', 'commercial', 'office', 'parking', 'storage'"
OLD_STATES = "'draft', 'approved', 'in_force', 'superseded'"
NEW_STATES = "'draft', 'submitted', 'approved', 'in_force', 'superseded', 'withdrawn'"

VERSION_CHECKS = {
    "submitted_at": "(submitted_by_id IS NULL) = (submitted_at IS NULL)",
    "approved_at": "(approved_by_id IS NULL) = (approved_at IS NULL)",
    "approver_not_submitter": "approved_by_id IS NULL OR approved_by_id <> submitted_by_id",
    "approver_not_author": "approved_by_id IS NULL OR approved_by_id <> created_by_id",
    "submitted_when_submitted": "state <> 'submitted' OR submitted_at IS NOT NULL",
    "approved_when_in_force": (
        "approved_at IS NOT NULL OR state IN ('draft', 'submitted', 'withdrawn')"
        " OR (state <> 'approved' AND base_version_id IS NULL AND submitted_at IS NULL)"
    ),
}
"""What was made from another version or was ever submitted comes into force only when approved; an import does at once."""

FROZEN_COLUMNS = {
    "price_limits": ("unit_id", "layer", "total_amount", "effective_on", "set_at", "set_by_id"),
    "unit_areas": (
        "unit_id", "edition", "gross_area", "inner_area", "shared_area", "surveyed_on", "entered_at", "entered_by_id",
    ),
    "subscription_accessories": ("subscription_id", "unit_id", "unit_price_id", "list_total_amount", "amount"),
}  # fmt: skip
"""Rows that are never deleted, and their columns that never change."""

LAUNCHED_COLUMNS = ("state", "launched_at", "launched_unit_count", "launched_gross_area", "launched_list_amount")
"""What never changes in a release batch once it is launched."""

OVERLAY = "EXISTS (SELECT 1 FROM unit_overlays WHERE unit_id = NEW.unit_id AND lifted_on IS NULL)"


def guard() -> None:
    """Let the database refuse to change price limits, areas, accessories and launched batches, to claim a unit under a
    legal overlay, and to add prices to a version that is no draft any more.
    """
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    differ = "IS NOT" if is_sqlite else "IS DISTINCT FROM"
    for table, columns in FROZEN_COLUMNS.items():
        changed = " OR ".join(f'OLD."{column}" {differ} NEW."{column}"' for column in columns)
        _refuse(table, "update", f"WHEN ({changed})", is_sqlite)
        _refuse(table, "delete", "", is_sqlite)
    changed = " OR ".join(f'OLD."{column}" {differ} NEW."{column}"' for column in LAUNCHED_COLUMNS)
    _refuse("release_batches", "update", f"WHEN (OLD.state = 'launched' AND ({changed}))", is_sqlite)
    _refuse("release_batches", "delete", "WHEN (OLD.state = 'launched')", is_sqlite)
    _keep_prices_to_drafts(is_sqlite)
    if is_sqlite:
        op.execute(
            f"CREATE TRIGGER overlay_claims_insert BEFORE INSERT ON claims WHEN {OVERLAY}"
            " BEGIN SELECT RAISE(ABORT, 'the unit has a legal overlay'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_overlaid_claim() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN IF {OVERLAY} THEN RAISE EXCEPTION 'the unit has a legal overlay'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER overlay_claims_insert BEFORE INSERT ON claims"
        " FOR EACH ROW EXECUTE FUNCTION refuse_overlaid_claim()"
    )


def _keep_prices_to_drafts(is_sqlite: bool) -> None:
    if is_sqlite:
        op.execute(
            "CREATE TRIGGER draft_unit_prices_insert BEFORE INSERT ON unit_prices"
            " WHEN (SELECT state FROM price_versions WHERE id = NEW.version_id) <> 'draft'"
            " BEGIN SELECT RAISE(ABORT, 'prices are added to drafts only'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_late_price() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF EXISTS (SELECT 1 FROM added JOIN price_versions ON price_versions.id = added.version_id"
        " WHERE price_versions.state <> 'draft') THEN RAISE EXCEPTION 'prices are added to drafts only'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER draft_unit_prices_insert AFTER INSERT ON unit_prices REFERENCING NEW TABLE AS added"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_late_price()"
    )


def _refuse(table: str, event: str, condition: str, is_sqlite: bool) -> None:
    action = (
        f"BEGIN SELECT RAISE(ABORT, '{table} are never changed or deleted'); END"
        if is_sqlite
        else "EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER frozen_{table}_{event} BEFORE {event.upper()} ON {table} FOR EACH ROW {condition} {action}"
    )


def unguard() -> None:
    """Remove the triggers."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in (*FROZEN_COLUMNS, "release_batches"):
        for event in ("update", "delete"):
            op.execute(f"DROP TRIGGER frozen_{table}_{event}" + ("" if is_sqlite else f" ON {table}"))
    op.execute("DROP TRIGGER overlay_claims_insert" + ("" if is_sqlite else " ON claims"))
    op.execute("DROP TRIGGER draft_unit_prices_insert" + ("" if is_sqlite else " ON unit_prices"))
    if not is_sqlite:
        op.execute("DROP FUNCTION refuse_late_price()")
        op.execute("DROP FUNCTION refuse_overlaid_claim()")


def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table('discount_authorities',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=32), nullable=False),
    sa.Column('max_rate', sa.Integer(), nullable=False),
    sa.CheckConstraint('max_rate >= 0 AND max_rate <= 1000000', name=op.f('ck_discount_authorities_max_rate')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_discount_authorities_project_id_projects')),
    sa.PrimaryKeyConstraint('project_id', 'role', name=op.f('pk_discount_authorities'))
    )
    op.create_table('discount_schemes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('source', sa.Enum('launch', 'campaign', 'payment', 'referral', 'group', 'manager', 'company', name='discount_source', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('kind', sa.Enum('percentage', 'points', 'per_area', 'amount', name='discount_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('value', sa.String(length=24), nullable=False),
    sa.Column('is_stackable', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('cap_amount', sa.BigInteger(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('plan_kinds', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('is_active', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('first_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('cap_amount IS NULL OR cap_amount > 0', name=op.f('ck_discount_schemes_cap_amount')),
    sa.CheckConstraint('valid_until IS NULL OR valid_until >= valid_from', name=op.f('ck_discount_schemes_validity')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_discount_schemes_project_id_projects')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_discount_schemes'))
    )
    with op.batch_alter_table('discount_schemes', schema=None) as batch_op:
        batch_op.create_index('uq_discount_schemes_active', ['project_id', 'name'], unique=True, sqlite_where=sa.text('is_active'), postgresql_where=sa.text('is_active'))

    op.create_table('fee_rates',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('deed_tax', 'maintenance_fund', 'registration', 'other', name='fee_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('measure', sa.Enum('rate', 'per_area', 'amount', name='fee_measure', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('value', sa.String(length=24), nullable=False),
    sa.Column('area_from', sa.BigInteger(), nullable=True),
    sa.Column('area_to', sa.BigInteger(), nullable=True),
    sa.Column('products', sa.Text(), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_fee_rates_project_id_projects')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fee_rates'))
    )
    with op.batch_alter_table('fee_rates', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_fee_rates_project_id'), ['project_id'], unique=False)

    op.create_table('loan_terms',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('commercial_rate', sa.Integer(), nullable=False),
    sa.Column('provident_rate', sa.Integer(), nullable=False),
    sa.Column('provident_ceiling_amount', sa.BigInteger(), nullable=True),
    sa.Column('max_years', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.CheckConstraint('commercial_rate >= 0', name=op.f('ck_loan_terms_commercial_rate')),
    sa.CheckConstraint('max_years BETWEEN 1 AND 40', name=op.f('ck_loan_terms_max_years')),
    sa.CheckConstraint('provident_rate >= 0', name=op.f('ck_loan_terms_provident_rate')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_loan_terms_project_id_projects')),
    sa.PrimaryKeyConstraint('project_id', name=op.f('pk_loan_terms'))
    )
    op.create_table('price_rules',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('refile_rate', sa.Integer(), nullable=False),
    sa.Column('refile_interval_days', sa.Integer(), nullable=False),
    sa.Column('max_cut_rate', sa.Integer(), nullable=False),
    sa.Column('large_move_rate', sa.Integer(), nullable=False),
    sa.Column('total_delta_rate', sa.Integer(), nullable=False),
    sa.Column('manager_move_rate', sa.Integer(), nullable=False),
    sa.CheckConstraint('large_move_rate > 0', name=op.f('ck_price_rules_large_move_rate')),
    sa.CheckConstraint('manager_move_rate >= 0', name=op.f('ck_price_rules_manager_move_rate')),
    sa.CheckConstraint('max_cut_rate > 0 AND max_cut_rate <= 1000000', name=op.f('ck_price_rules_max_cut_rate')),
    sa.CheckConstraint('refile_interval_days >= 0', name=op.f('ck_price_rules_refile_interval_days')),
    sa.CheckConstraint('refile_rate > 0 AND refile_rate <= 1000000', name=op.f('ck_price_rules_refile_rate')),
    sa.CheckConstraint('total_delta_rate > 0', name=op.f('ck_price_rules_total_delta_rate')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_price_rules_project_id_projects')),
    sa.PrimaryKeyConstraint('project_id', name=op.f('pk_price_rules'))
    )
    op.create_table('release_batches',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('state', sa.Enum('planned', 'launched', 'cancelled', name='batch_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('launched_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('launched_by_id', sa.Integer(), nullable=True),
    sa.Column('launched_unit_count', sa.Integer(), nullable=True),
    sa.Column('launched_gross_area', sa.BigInteger(), nullable=True),
    sa.Column('launched_list_amount', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("(state = 'launched') = (launched_at IS NOT NULL)", name=op.f('ck_release_batches_launched_at')),
    sa.CheckConstraint('(launched_at IS NULL) = (launched_unit_count IS NULL)', name=op.f('ck_release_batches_launched_unit_count')),
    sa.ForeignKeyConstraint(['created_by_id'], ['users.id'], name=op.f('fk_release_batches_created_by_id_users')),
    sa.ForeignKeyConstraint(['launched_by_id'], ['users.id'], name=op.f('fk_release_batches_launched_by_id_users')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_release_batches_project_id_projects')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_release_batches')),
    sa.UniqueConstraint('project_id', 'name', name=op.f('uq_release_batches_project_id_name'))
    )
    op.create_table('launch_items',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('price_detail', 'price_overview', 'unit_table', 'status_overview', 'floor_plans', 'order_forms', 'contract_text', 'supplement', 'mortgage_papers', 'change_notices', 'permit', 'publication', 'certificate_land_use', 'certificate_land_planning', 'certificate_works_planning', 'certificate_construction', 'certificate_presale', 'other', name='launch_item_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('title', sa.String(length=100), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('state', sa.Enum('open', 'done', 'not_needed', name='launch_item_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f('ck_launch_items_closed_at')),
    sa.CheckConstraint("state <> 'not_needed' OR note <> ''", name=op.f('ck_launch_items_reason_when_not_needed')),
    sa.ForeignKeyConstraint(['batch_id'], ['release_batches.id'], name=op.f('fk_launch_items_batch_id_release_batches')),
    sa.ForeignKeyConstraint(['closed_by_id'], ['users.id'], name=op.f('fk_launch_items_closed_by_id_users')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_files.id'], name=op.f('fk_launch_items_file_id_stored_files')),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_launch_items_owner_id_users')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_launch_items_project_id_projects')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_launch_items'))
    )
    with op.batch_alter_table('launch_items', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_launch_items_batch_id'), ['batch_id'], unique=False)

    op.create_table('price_plans',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=True),
    sa.Column('method', sa.Enum('coefficients', 'differences', 'both', name='plan_method', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('basis', sa.Enum('gross', 'inner', 'unit', name='price_basis', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('target_price', sa.BigInteger(), nullable=True),
    sa.Column('blended_discount', sa.Integer(), nullable=False),
    sa.Column('base_price', sa.BigInteger(), nullable=True),
    sa.Column('base_floor', sa.Integer(), nullable=False),
    sa.Column('rounding_mode', sa.Enum('down', 'up', 'half_up', name='rounding_mode', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('rounding_target', sa.Enum('unit_price', 'total', name='rounding_target', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('rounding_step', sa.BigInteger(), nullable=False),
    sa.Column('min_price', sa.BigInteger(), nullable=True),
    sa.Column('max_price', sa.BigInteger(), nullable=True),
    sa.Column('is_open', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=True),
    sa.Column('copied_from_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('base_price IS NULL OR base_price > 0', name=op.f('ck_price_plans_base_price')),
    sa.CheckConstraint('blended_discount > 0 AND blended_discount <= 1000000', name=op.f('ck_price_plans_blended_discount')),
    sa.CheckConstraint('min_price IS NULL OR max_price IS NULL OR min_price <= max_price', name=op.f('ck_price_plans_bounds')),
    sa.CheckConstraint('rounding_step > 0', name=op.f('ck_price_plans_rounding_step')),
    sa.CheckConstraint('target_price IS NOT NULL OR base_price IS NOT NULL', name=op.f('ck_price_plans_target_or_base')),
    sa.CheckConstraint('target_price IS NULL OR target_price > 0', name=op.f('ck_price_plans_target_price')),
    sa.ForeignKeyConstraint(['batch_id'], ['release_batches.id'], name=op.f('fk_price_plans_batch_id_release_batches')),
    sa.ForeignKeyConstraint(['copied_from_id'], ['price_plans.id'], name=op.f('fk_price_plans_copied_from_id_price_plans')),
    sa.ForeignKeyConstraint(['created_by_id'], ['users.id'], name=op.f('fk_price_plans_created_by_id_users')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_price_plans_project_id_projects')),
    sa.ForeignKeyConstraint(['version_id'], ['price_versions.id'], name=op.f('fk_price_plans_version_id_price_versions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_price_plans')),
    sa.UniqueConstraint('project_id', 'name', name=op.f('uq_price_plans_project_id_name'))
    )
    op.create_table('price_plan_buildings',
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('building_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['building_id'], ['buildings.id'], name=op.f('fk_price_plan_buildings_building_id_buildings')),
    sa.ForeignKeyConstraint(['plan_id'], ['price_plans.id'], name=op.f('fk_price_plan_buildings_plan_id_price_plans')),
    sa.PrimaryKeyConstraint('plan_id', 'building_id', name=op.f('pk_price_plan_buildings'))
    )
    op.create_table('price_plan_factors',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('building', 'floor_step', 'floor', 'line', 'orientation', 'view', 'light', 'unit_type', name='factor_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('building_id', sa.Integer(), nullable=True),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('coefficient', sa.Integer(), nullable=True),
    sa.Column('difference', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('coefficient IS NULL OR coefficient > 0', name=op.f('ck_price_plan_factors_coefficient')),
    sa.ForeignKeyConstraint(['building_id'], ['buildings.id'], name=op.f('fk_price_plan_factors_building_id_buildings')),
    sa.ForeignKeyConstraint(['plan_id'], ['price_plans.id'], name=op.f('fk_price_plan_factors_plan_id_price_plans')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_price_plan_factors')),
    sa.UniqueConstraint('plan_id', 'kind', 'building_id', 'key', name=op.f('uq_price_plan_factors_plan_id_kind_building_id_key'))
    )
    with op.batch_alter_table('price_plan_factors', schema=None) as batch_op:
        batch_op.create_index('ix_price_plan_factors_plan', ['plan_id', 'kind'], unique=False)

    op.create_table('sheet_prints',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('overview', 'detail', 'filing', 'comparison', 'tags', 'floor', name='sheet_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('format', sa.Enum('pdf', 'xlsx', 'csv', name='sheet_format', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('building_id', sa.Integer(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('printed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('printed_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['building_id'], ['buildings.id'], name=op.f('fk_sheet_prints_building_id_buildings')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_files.id'], name=op.f('fk_sheet_prints_file_id_stored_files')),
    sa.ForeignKeyConstraint(['printed_by_id'], ['users.id'], name=op.f('fk_sheet_prints_printed_by_id_users')),
    sa.ForeignKeyConstraint(['version_id'], ['price_versions.id'], name=op.f('fk_sheet_prints_version_id_price_versions')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet_prints'))
    )
    with op.batch_alter_table('sheet_prints', schema=None) as batch_op:
        batch_op.create_index('ix_sheet_prints_version', ['version_id'], unique=False)

    op.create_table('permit_units',
    sa.Column('permit_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['permit_id'], ['permits.id'], name=op.f('fk_permit_units_permit_id_permits')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_permit_units_unit_id_units')),
    sa.PrimaryKeyConstraint('permit_id', 'unit_id', name=op.f('pk_permit_units'))
    )
    with op.batch_alter_table('permit_units', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_permit_units_unit_id'), ['unit_id'], unique=False)

    op.create_table('price_limits',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('layer', sa.Enum('filed', 'project_floor', 'group_floor', name='price_layer', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('total_amount', sa.BigInteger(), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('source', sa.String(length=255), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('set_by_id', sa.Integer(), nullable=True),
    sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('total_amount > 0', name=op.f('ck_price_limits_total_amount')),
    sa.ForeignKeyConstraint(['set_by_id'], ['users.id'], name=op.f('fk_price_limits_set_by_id_users')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_price_limits_unit_id_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_price_limits'))
    )
    with op.batch_alter_table('price_limits', schema=None) as batch_op:
        batch_op.create_index('uq_price_limits_current', ['unit_id', 'layer'], unique=True, sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))

    op.create_table('price_plan_changes',
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('before', sa.Text(), nullable=False),
    sa.Column('after', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['changed_by_id'], ['users.id'], name=op.f('fk_price_plan_changes_changed_by_id_users')),
    sa.ForeignKeyConstraint(['plan_id'], ['price_plans.id'], name=op.f('fk_price_plan_changes_plan_id_price_plans')),
    sa.PrimaryKeyConstraint('plan_id', 'revision', name=op.f('pk_price_plan_changes'))
    )
    op.create_table('price_plan_adjustments',
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('difference', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_price_plan_adjustments_reason')),
    sa.ForeignKeyConstraint(['plan_id'], ['price_plans.id'], name=op.f('fk_price_plan_adjustments_plan_id_price_plans')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_price_plan_adjustments_unit_id_units')),
    sa.PrimaryKeyConstraint('plan_id', 'unit_id', name=op.f('pk_price_plan_adjustments'))
    )
    op.create_table('release_batch_units',
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['release_batches.id'], name=op.f('fk_release_batch_units_batch_id_release_batches')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_release_batch_units_unit_id_units')),
    sa.PrimaryKeyConstraint('unit_id', name=op.f('pk_release_batch_units'))
    )
    with op.batch_alter_table('release_batch_units', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_release_batch_units_batch_id'), ['batch_id'], unique=False)

    op.create_table('unit_areas',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('edition', sa.Enum('estimated', 'presale', 'final', name='area_edition', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('gross_area', sa.BigInteger(), nullable=True),
    sa.Column('inner_area', sa.BigInteger(), nullable=True),
    sa.Column('shared_area', sa.BigInteger(), nullable=True),
    sa.Column('surveyor', sa.String(length=100), nullable=False),
    sa.Column('surveyed_on', sa.Date(), nullable=True),
    sa.Column('source', sa.String(length=255), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checked_by_id', sa.Integer(), nullable=True),
    sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(checked_by_id IS NULL) = (checked_at IS NULL)', name=op.f('ck_unit_areas_checked_at')),
    sa.CheckConstraint('checked_by_id IS NULL OR checked_by_id <> entered_by_id', name=op.f('ck_unit_areas_second_person')),
    sa.CheckConstraint('gross_area IS NULL OR gross_area > 0', name=op.f('ck_unit_areas_gross_area')),
    sa.CheckConstraint('inner_area IS NULL OR inner_area > 0', name=op.f('ck_unit_areas_inner_area')),
    sa.CheckConstraint('shared_area IS NULL OR shared_area >= 0', name=op.f('ck_unit_areas_shared_area')),
    sa.ForeignKeyConstraint(['checked_by_id'], ['users.id'], name=op.f('fk_unit_areas_checked_by_id_users')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['users.id'], name=op.f('fk_unit_areas_entered_by_id_users')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_unit_areas_unit_id_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_areas'))
    )
    with op.batch_alter_table('unit_areas', schema=None) as batch_op:
        batch_op.create_index('uq_unit_areas_current', ['unit_id', 'edition'], unique=True, sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))

    op.create_table('unit_overlays',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('mortgaged', 'seized', 'restricted', name='overlay_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('since_on', sa.Date(), nullable=False),
    sa.Column('reference', sa.String(length=200), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=True),
    sa.Column('lifted_on', sa.Date(), nullable=True),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lifted_by_id', sa.Integer(), nullable=True),
    sa.Column('lift_reason', sa.String(length=200), nullable=False),
    sa.CheckConstraint('lifted_on IS NULL OR lifted_on >= since_on', name=op.f('ck_unit_overlays_lifted_on')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['users.id'], name=op.f('fk_unit_overlays_entered_by_id_users')),
    sa.ForeignKeyConstraint(['lifted_by_id'], ['users.id'], name=op.f('fk_unit_overlays_lifted_by_id_users')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_unit_overlays_unit_id_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_overlays'))
    )
    with op.batch_alter_table('unit_overlays', schema=None) as batch_op:
        batch_op.create_index('uq_unit_overlays_open', ['unit_id', 'kind'], unique=True, sqlite_where=sa.text('lifted_on IS NULL'), postgresql_where=sa.text('lifted_on IS NULL'))

    op.create_table('offers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=True),
    sa.Column('rep_id', sa.Integer(), nullable=False),
    sa.Column('unit_price_id', sa.Integer(), nullable=False),
    sa.Column('list_total_amount', sa.BigInteger(), nullable=False),
    sa.Column('total_amount', sa.BigInteger(), nullable=False),
    sa.Column('plan_kind', sa.Enum('full', 'mortgage', 'instalments', name='plan_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('figures', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('valid_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('total_amount > 0 AND total_amount <= list_total_amount', name=op.f('ck_offers_total_amount')),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_offers_customer_id_customers')),
    sa.ForeignKeyConstraint(['document_id'], ['stored_files.id'], name=op.f('fk_offers_document_id_stored_files')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_offers_project_id_projects')),
    sa.ForeignKeyConstraint(['rep_id'], ['users.id'], name=op.f('fk_offers_rep_id_users')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_offers_unit_id_units')),
    sa.ForeignKeyConstraint(['unit_price_id'], ['unit_prices.id'], name=op.f('fk_offers_unit_price_id_unit_prices')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offers')),
    sa.UniqueConstraint('project_id', 'number', name=op.f('uq_offers_project_id_number'))
    )
    with op.batch_alter_table('offers', schema=None) as batch_op:
        batch_op.create_index('ix_offers_unit', ['unit_id'], unique=False)

    op.create_table('subscription_accessories',
    sa.Column('subscription_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('unit_price_id', sa.Integer(), nullable=False),
    sa.Column('list_total_amount', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('amount >= 0 AND amount <= list_total_amount', name=op.f('ck_subscription_accessories_amount')),
    sa.ForeignKeyConstraint(['subscription_id'], ['subscriptions.id'], name=op.f('fk_subscription_accessories_subscription_id_subscriptions')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_subscription_accessories_unit_id_units')),
    sa.ForeignKeyConstraint(['unit_price_id'], ['unit_prices.id'], name=op.f('fk_subscription_accessories_unit_price_id_unit_prices')),
    sa.PrimaryKeyConstraint('subscription_id', 'unit_id', name=op.f('pk_subscription_accessories'))
    )
    op.create_table('waiting_entries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('rep_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'offered', 'taken', 'lapsed', 'withdrawn', name='waiting_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('hold_id', sa.Integer(), nullable=True),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('joined_by_id', sa.Integer(), nullable=True),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state IN ('waiting', 'offered')) = (ended_at IS NULL)", name=op.f('ck_waiting_entries_ended_at')),
    sa.CheckConstraint("state <> 'offered' OR hold_id IS NOT NULL", name=op.f('ck_waiting_entries_hold_when_offered')),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_waiting_entries_customer_id_customers')),
    sa.ForeignKeyConstraint(['hold_id'], ['holds.id'], name=op.f('fk_waiting_entries_hold_id_holds')),
    sa.ForeignKeyConstraint(['joined_by_id'], ['users.id'], name=op.f('fk_waiting_entries_joined_by_id_users')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_waiting_entries_project_id_projects')),
    sa.ForeignKeyConstraint(['rep_id'], ['users.id'], name=op.f('fk_waiting_entries_rep_id_users')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_waiting_entries_unit_id_units')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiting_entries')),
    sa.UniqueConstraint('unit_id', 'position', name=op.f('uq_waiting_entries_unit_id_position'))
    )
    with op.batch_alter_table('waiting_entries', schema=None) as batch_op:
        batch_op.create_index('ix_waiting_entries_state', ['state'], unique=False)
        batch_op.create_index('uq_waiting_entries_customer', ['unit_id', 'customer_id'], unique=True, sqlite_where=sa.text("state IN ('waiting', 'offered')"), postgresql_where=sa.text("state IN ('waiting', 'offered')"))

    with op.batch_alter_table('claims', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_accessory', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index('uq_claims_open_deal', ['deal_id'], unique=True, sqlite_where=sa.text('closed_at IS NULL AND NOT is_accessory'), postgresql_where=sa.text('closed_at IS NULL AND NOT is_accessory'))

    with op.batch_alter_table('import_batches', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.Enum('units', 'areas', 'customers', name='import_kind', native_enum=False, create_constraint=True, length=32), server_default='units', nullable=False))
        batch_op.add_column(sa.Column('content_hash', sa.String(length=64), server_default='', nullable=False))

    with op.batch_alter_table('column_profiles', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.Enum('units', 'areas', 'customers', name='import_kind', native_enum=False, create_constraint=True, length=32), server_default='units', nullable=False))

    with op.batch_alter_table('permits', schema=None) as batch_op:
        batch_op.add_column(sa.Column('published_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('published_by_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_permits_published_by_id_users'), 'users', ['published_by_id'], ['id'])

    with op.batch_alter_table('price_versions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('base_version_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('max_move_rate', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('note', sa.String(length=500), server_default='', nullable=False))
        batch_op.add_column(sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('submitted_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('approved_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('decision_comment', sa.String(length=500), server_default='', nullable=False))
        batch_op.create_foreign_key(batch_op.f('fk_price_versions_base_version_id_price_versions'), 'price_versions', ['base_version_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_price_versions_submitted_by_id_users'), 'users', ['submitted_by_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_price_versions_approved_by_id_users'), 'users', ['approved_by_id'], ['id'])
        for name, condition in VERSION_CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(f'ck_price_versions_{name}'), condition)
        batch_op.drop_constraint(batch_op.f('ck_price_versions_price_version_state'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_price_versions_price_version_state'), f"state IN ({NEW_STATES})")

    op.add_column('unit_prices', sa.Column('gross_area', sa.BigInteger(), nullable=True))
    op.add_column('unit_prices', sa.Column('inner_area', sa.BigInteger(), nullable=True))

    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.add_column(sa.Column('offer_minutes', sa.Integer(), server_default='30', nullable=False))
        batch_op.add_column(sa.Column('is_price_page_public', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_projects_offer_minutes'), 'offer_minutes > 0')

    with op.batch_alter_table('sections', schema=None) as batch_op:
        batch_op.add_column(sa.Column('floor_plan_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_sections_floor_plan_id_stored_files'), 'stored_files', ['floor_plan_id'], ['id'])

    with op.batch_alter_table('units', schema=None) as batch_op:
        batch_op.add_column(sa.Column('view', sa.String(length=40), server_default='', nullable=False))
        batch_op.add_column(sa.Column('light', sa.String(length=40), server_default='', nullable=False))
        batch_op.add_column(sa.Column('storey_height', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('area_edition', sa.Enum('estimated', 'presale', 'final', name='area_edition', native_enum=False, create_constraint=True, length=32), server_default='presale', nullable=False))
        batch_op.add_column(sa.Column('withheld_approved_by_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_units_withheld_approved_by_id_users'), 'users', ['withheld_approved_by_id'], ['id'])
        batch_op.create_check_constraint(batch_op.f('ck_units_storey_height'), 'storey_height IS NULL OR storey_height > 0')
        batch_op.drop_constraint(batch_op.f('ck_units_product'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_units_product'), f"product IN ({NEW_PRODUCTS})")

    # ### end Alembic commands ###
    guard()


def downgrade() -> None:
    unguard()
    # ### commands auto generated by Alembic - please adjust! ###
    with op.batch_alter_table('units', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_units_storey_height'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_units_product'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_units_product'), f"product IN ({OLD_PRODUCTS})")
        batch_op.drop_constraint(batch_op.f('fk_units_withheld_approved_by_id_users'), type_='foreignkey')
        batch_op.drop_column('withheld_approved_by_id')
        batch_op.drop_constraint(batch_op.f('ck_units_area_edition'), type_='check')
        batch_op.drop_column('area_edition')
        batch_op.drop_column('storey_height')
        batch_op.drop_column('light')
        batch_op.drop_column('view')

    with op.batch_alter_table('sections', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_sections_floor_plan_id_stored_files'), type_='foreignkey')
        batch_op.drop_column('floor_plan_id')

    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_projects_offer_minutes'), type_='check')
        batch_op.drop_column('is_price_page_public')
        batch_op.drop_column('offer_minutes')

    op.drop_column('unit_prices', 'inner_area')
    op.drop_column('unit_prices', 'gross_area')

    with op.batch_alter_table('price_versions', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_price_versions_approved_by_id_users'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_price_versions_submitted_by_id_users'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_price_versions_base_version_id_price_versions'), type_='foreignkey')
        for name in VERSION_CHECKS:
            batch_op.drop_constraint(batch_op.f(f'ck_price_versions_{name}'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_price_versions_price_version_state'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_price_versions_price_version_state'), f"state IN ({OLD_STATES})")
        batch_op.drop_column('decision_comment')
        batch_op.drop_column('approved_by_id')
        batch_op.drop_column('approved_at')
        batch_op.drop_column('submitted_by_id')
        batch_op.drop_column('submitted_at')
        batch_op.drop_column('note')
        batch_op.drop_column('max_move_rate')
        batch_op.drop_column('base_version_id')

    with op.batch_alter_table('permits', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_permits_published_by_id_users'), type_='foreignkey')
        batch_op.drop_column('published_by_id')
        batch_op.drop_column('published_on')

    with op.batch_alter_table('import_batches', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_import_batches_import_kind'), type_='check')
        batch_op.drop_column('content_hash')
        batch_op.drop_column('kind')

    with op.batch_alter_table('column_profiles', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_column_profiles_import_kind'), type_='check')
        batch_op.drop_column('kind')

    with op.batch_alter_table('claims', schema=None) as batch_op:
        batch_op.drop_index('uq_claims_open_deal', sqlite_where=sa.text('closed_at IS NULL AND NOT is_accessory'), postgresql_where=sa.text('closed_at IS NULL AND NOT is_accessory'))
        batch_op.drop_column('is_accessory')

    with op.batch_alter_table('waiting_entries', schema=None) as batch_op:
        batch_op.drop_index('uq_waiting_entries_customer', sqlite_where=sa.text("state IN ('waiting', 'offered')"), postgresql_where=sa.text("state IN ('waiting', 'offered')"))
        batch_op.drop_index('ix_waiting_entries_state')

    op.drop_table('waiting_entries')
    op.drop_table('subscription_accessories')
    with op.batch_alter_table('offers', schema=None) as batch_op:
        batch_op.drop_index('ix_offers_unit')

    op.drop_table('offers')
    with op.batch_alter_table('unit_overlays', schema=None) as batch_op:
        batch_op.drop_index('uq_unit_overlays_open', sqlite_where=sa.text('lifted_on IS NULL'), postgresql_where=sa.text('lifted_on IS NULL'))

    op.drop_table('unit_overlays')
    with op.batch_alter_table('unit_areas', schema=None) as batch_op:
        batch_op.drop_index('uq_unit_areas_current', sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))

    op.drop_table('unit_areas')
    with op.batch_alter_table('release_batch_units', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_release_batch_units_batch_id'))

    op.drop_table('release_batch_units')
    op.drop_table('price_plan_adjustments')
    op.drop_table('price_plan_changes')
    with op.batch_alter_table('price_limits', schema=None) as batch_op:
        batch_op.drop_index('uq_price_limits_current', sqlite_where=sa.text('superseded_at IS NULL'), postgresql_where=sa.text('superseded_at IS NULL'))

    op.drop_table('price_limits')
    with op.batch_alter_table('permit_units', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_permit_units_unit_id'))

    op.drop_table('permit_units')
    with op.batch_alter_table('sheet_prints', schema=None) as batch_op:
        batch_op.drop_index('ix_sheet_prints_version')

    op.drop_table('sheet_prints')
    with op.batch_alter_table('price_plan_factors', schema=None) as batch_op:
        batch_op.drop_index('ix_price_plan_factors_plan')

    op.drop_table('price_plan_factors')
    op.drop_table('price_plan_buildings')
    op.drop_table('price_plans')
    with op.batch_alter_table('launch_items', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_launch_items_batch_id'))

    op.drop_table('launch_items')
    op.drop_table('release_batches')
    op.drop_table('price_rules')
    op.drop_table('loan_terms')
    with op.batch_alter_table('fee_rates', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_fee_rates_project_id'))

    op.drop_table('fee_rates')
    with op.batch_alter_table('discount_schemes', schema=None) as batch_op:
        batch_op.drop_index('uq_discount_schemes_active', sqlite_where=sa.text('is_active'), postgresql_where=sa.text('is_active'))

    op.drop_table('discount_schemes')
    op.drop_table('discount_authorities')
    # ### end Alembic commands ###
