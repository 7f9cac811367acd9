"""changes_and_papers_of_a_deal

Revision ID: 202611232125
Revises: 202611231815
Create Date: 2026-11-23 21:25:33.795518+00:00
"""

import sqlalchemy as sa
from alembic import op


revision = '202611232125'
down_revision = '202611231815'
branch_labels = None
depends_on = None


CHECKS = {
    "claims": {
        "claim_kind": (
            "kind IN ('hold', 'provisional', 'subscription', 'contract', 'signed_online', 'filed')",
            "kind IN ('hold', 'provisional', 'subscription', 'contract', 'signed_online', 'filed', 'delivered')",
        ),
    },
    "subscriptions": {
        "subscription_state": (
            "state IN ('active', 'converted', 'cancelled')",
            "state IN ('active', 'converted', 'cancelled', 'swapped', 'forfeited', 'void')",
        ),
    },
    "contracts": {
        "contract_state": (
            "state IN ('draft', 'verified', 'signed_online', 'filed', 'cancelled')",
            "state IN ('draft', 'verified', 'signed_online', 'filed', 'cancelled', 'swapped', 'forfeited')",
        ),
        "verified": (
            "state IN ('draft', 'cancelled') OR verified_by_id IS NOT NULL",
            "state IN ('draft', 'cancelled', 'swapped', 'forfeited') OR verified_by_id IS NOT NULL",
        ),
    },
    "instalments": {
        "instalment_kind": (
            "kind IN ('deposit', 'down_payment', 'house_price', 'mortgage', 'provident_fund')",
            "kind IN ('deposit', 'down_payment', 'house_price', 'mortgage', 'provident_fund', 'area_difference')",
        ),
    },
    "receipts": {
        "payment_method": (
            "method IN ('cash', 'pos', 'transfer', 'cheque', 'qr', 'loan')",
            "method IN ('cash', 'pos', 'transfer', 'cheque', 'qr', 'loan', 'carried')",
        ),
        "second_person": (
            "reverses_id IS NOT NULL OR confirmed_by_id IS NULL OR confirmed_by_id <> recorded_by_id",
            "reverses_id IS NOT NULL OR carried_from_id IS NOT NULL OR confirmed_by_id IS NULL"
            " OR confirmed_by_id <> recorded_by_id",
        ),
    },
    "accounts": {
        "refunded_amount": (
            "refunded_amount >= 0 AND refunded_amount <= received_amount",
            "refunded_amount >= 0 AND retained_amount >= 0 AND compensation_amount >= 0"
            " AND refunded_amount + retained_amount <= received_amount + compensation_amount",
        ),
    },
}
"""Checks that change: what they were and what they are now."""

OPEN_INDEXES = {
    "subscriptions": ("state <> 'cancelled'", "state IN ('active', 'converted')"),
    "contracts": ("state <> 'cancelled'", "state NOT IN ('cancelled', 'swapped', 'forfeited')"),
}
"""The condition of each table's `uq_…_open_deal`: what it was and what it is now."""

FROZEN_COLUMNS = {
    "instalments": ("account_id", "position", "kind", "due_on", "amount", "is_loan"),
    "receipts": (
        "project_id", "account_id", "number", "kind", "method", "amount", "received_on", "recorded_at",
        "recorded_by_id", "reverses_id",
    ),
}  # fmt: skip
"""Tables of money that are rebuilt here, with the columns that never change; their triggers are put back."""

NEW_FROZEN_COLUMNS = {
    "receipts": (*FROZEN_COLUMNS["receipts"], "carried_from_id"),
    "account_settlements": (
        "project_id", "account_id", "kind", "amount", "settled_on", "settled_at", "settled_by_id",
    ),
    "changes": (
        "project_id", "deal_id", "number", "kind", "reason_code", "fault", "terms", "signed_on", "attributed_on",
        "entered_at", "applicant_id",
    ),
    "approval_requests": (
        "project_id", "kind", "subject_kind", "subject_id", "measure", "fingerprint", "applicant_id", "requested_at",
    ),
    "approval_tasks": ("request_id", "applicant_id", "position", "role", "user_id"),
    "papers": (
        "project_id", "deal_id", "kind", "subject_kind", "subject_id", "edition", "number", "data", "data_hash",
        "clauses", "format", "template_id", "file_id", "issued_at", "issued_by_id",
    ),
    "word_templates": ("project_id", "kind", "version", "name", "file_id", "uploaded_at", "uploaded_by_id"),
    "print_runs": ("project_id", "kind", "prefix", "first_number", "last_number", "digits", "received_by_id"),
    "numbered_forms": ("project_id", "run_id", "kind", "number"),
    "engineering_notices": (
        "project_id", "number", "title", "body", "source", "decided_on", "notify_days", "answer_days",
        "entered_at", "entered_by_id",
    ),
    "notice_deliveries": ("notice_id", "deal_id"),
}  # fmt: skip
"""Rows that are never deleted, and their columns that never change."""

TAKEN_FORM = (
    "(OLD.state IN ('reserved', 'used') AND NEW.state IN ('reserved', 'used', 'spoilt')"
    " AND (OLD.subject_kind <> NEW.subject_kind OR OLD.subject_id <> NEW.subject_id))"
    " OR (OLD.state = 'used' AND NEW.state NOT IN ('used', 'spoilt'))"
    " OR (OLD.state = 'spoilt' AND NEW.state <> 'spoilt')"
)
"""A form that one document has never goes to another; a used one is at most spoilt, a spoilt one stays."""

DECIDED_COLUMNS = ("state", "decided_by_id", "for_user_id", "decided_at", "comment")
"""What a decision consists of; once it is made, it stays."""

OVERLAY = "EXISTS (SELECT 1 FROM unit_overlays WHERE unit_id = NEW.unit_id AND lifted_on IS NULL)"


def is_sqlite() -> bool:
    """Tell which of the two databases is migrated."""
    return op.get_bind().dialect.name == "sqlite"


def freeze(tables: dict[str, tuple[str, ...]]) -> None:
    """Let the database refuse to change these columns, and to delete the rows."""
    differ = "IS NOT" if is_sqlite() else "IS DISTINCT FROM"
    for table, columns in tables.items():
        changed = " OR ".join(f'OLD."{column}" {differ} NEW."{column}"' for column in columns)
        for event, condition in (("update", f"WHEN ({changed})"), ("delete", "")):
            action = (
                f"BEGIN SELECT RAISE(ABORT, '{table} are never changed or deleted'); END"
                if is_sqlite()
                else "EXECUTE FUNCTION refuse_change()"
            )
            op.execute(
                f"CREATE TRIGGER frozen_{table}_{event} BEFORE {event.upper()} ON {table}"
                f" FOR EACH ROW {condition} {action}"
            )


def thaw(tables: dict[str, tuple[str, ...]]) -> None:
    """Remove the triggers of `freeze`."""
    for table in tables:
        for event in ("update", "delete"):
            op.execute(f"DROP TRIGGER frozen_{table}_{event}" + ("" if is_sqlite() else f" ON {table}"))


def keep_taken_forms() -> None:
    """Let the database refuse to give a form that is reserved or used to another document."""
    action = (
        "BEGIN SELECT RAISE(ABORT, 'numbered_forms that are taken stay with their document'); END"
        if is_sqlite()
        else "EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER taken_numbered_forms_update BEFORE UPDATE ON numbered_forms"
        f" FOR EACH ROW WHEN ({TAKEN_FORM}) {action}"
    )


def keep_decisions() -> None:
    """Let the database refuse to decide a part of a request for approval a second time."""
    differ = "IS NOT" if is_sqlite() else "IS DISTINCT FROM"
    changed = " OR ".join(f'OLD."{column}" {differ} NEW."{column}"' for column in DECIDED_COLUMNS)
    action = (
        "BEGIN SELECT RAISE(ABORT, 'approval_tasks that are decided stay as they are'); END"
        if is_sqlite()
        else "EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER decided_approval_tasks_update BEFORE UPDATE ON approval_tasks"
        f" FOR EACH ROW WHEN (OLD.decided_by_id IS NOT NULL AND ({changed})) {action}"
    )


def refuse_overlaid_claims() -> None:
    """Put back the trigger that refuses a claim on a unit under a legal overlay; SQLite lost it with the old table."""
    if is_sqlite():
        op.execute(
            f"CREATE TRIGGER overlay_claims_insert BEFORE INSERT ON claims WHEN {OVERLAY}"
            " BEGIN SELECT RAISE(ABORT, 'the unit has a legal overlay'); END"
        )


def replace_checks(which: int) -> None:
    """Put the old (0) or the new (1) checks and conditions of indexes into force."""
    for table, (old, new) in OPEN_INDEXES.items():
        condition = sa.text((old, new)[which])
        op.drop_index(f"uq_{table}_open_deal", table_name=table)
        op.create_index(
            f"uq_{table}_open_deal", table, ["deal_id"], unique=True,
            sqlite_where=condition, postgresql_where=condition,
        )  # fmt: skip
    for table, checks in CHECKS.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, conditions in checks.items():
                batch_op.drop_constraint(batch_op.f(f"ck_{table}_{name}"), type_="check")
                batch_op.create_check_constraint(batch_op.f(f"ck_{table}_{name}"), conditions[which])
    refuse_overlaid_claims()



def upgrade() -> None:
    thaw(FROZEN_COLUMNS)
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table('approval_requests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('measure', sa.BigInteger(), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('applicant_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('pending', 'approved', 'rejected', 'withdrawn', 'stale', name='request_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decide_by', sa.DateTime(timezone=True), nullable=False),
    sa.Column('chased_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('chase_count', sa.Integer(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name=op.f('ck_approval_requests_decided_at')),
    sa.ForeignKeyConstraint(['applicant_id'], ['users.id'], name=op.f('fk_approval_requests_applicant_id_users')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_approval_requests_project_id_projects')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approval_requests')),
    sa.UniqueConstraint('subject_kind', 'subject_id', name=op.f('uq_approval_requests_subject_kind_subject_id'))
    )
    with op.batch_alter_table('approval_requests', schema=None) as batch_op:
        batch_op.create_index('ix_approval_requests_state', ['project_id', 'state'], unique=False)

    op.create_table('approval_rules',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('is_required', sa.Boolean(), nullable=False),
    sa.Column('decide_hours', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_approval_rules_project_id_projects')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approval_rules')),
    sa.UniqueConstraint('project_id', 'kind', name=op.f('uq_approval_rules_project_id_kind'))
    )
    op.create_table('attachment_requirements',
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('stage', sa.Enum('subscribe', 'contract', 'sign_online', 'file', 'hand_over', name='stage', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('kind', sa.Enum('certificate', 'household', 'entitlement', 'deposit_slip', 'signed_agreement', 'signed_contract', 'loan_approval', 'application', 'handover_record', 'other', name='attachment_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_attachment_requirements_project_id_projects')),
    sa.PrimaryKeyConstraint('project_id', 'stage', 'kind', name=op.f('pk_attachment_requirements'))
    )
    op.create_table('delegations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('from_user_id', sa.Integer(), nullable=False),
    sa.Column('to_user_id', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_delegations_days')),
    sa.CheckConstraint('from_user_id <> to_user_id', name=op.f('ck_delegations_somebody_else')),
    sa.ForeignKeyConstraint(['created_by_id'], ['users.id'], name=op.f('fk_delegations_created_by_id_users')),
    sa.ForeignKeyConstraint(['from_user_id'], ['users.id'], name=op.f('fk_delegations_from_user_id_users')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_delegations_project_id_projects')),
    sa.ForeignKeyConstraint(['to_user_id'], ['users.id'], name=op.f('fk_delegations_to_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delegations'))
    )
    with op.batch_alter_table('delegations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delegations_project_id'), ['project_id'], unique=False)
        batch_op.create_index('ix_delegations_to', ['to_user_id'], unique=False)

    op.create_table('engineering_notices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('notify_days', sa.Integer(), nullable=False),
    sa.Column('answer_days', sa.Integer(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('notify_days > 0 AND answer_days > 0', name=op.f('ck_engineering_notices_clock')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['users.id'], name=op.f('fk_engineering_notices_entered_by_id_users')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_engineering_notices_project_id_projects')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_engineering_notices')),
    sa.UniqueConstraint('project_id', 'number', name=op.f('uq_engineering_notices_project_id_number'))
    )
    op.create_table('print_runs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('contract', 'agreement', 'supplement', 'mortgage', 'receipt', name='form_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('prefix', sa.String(length=40), nullable=False),
    sa.Column('first_number', sa.Integer(), nullable=False),
    sa.Column('last_number', sa.Integer(), nullable=False),
    sa.Column('digits', sa.Integer(), nullable=False),
    sa.Column('printer', sa.String(length=100), nullable=False),
    sa.Column('received_on', sa.Date(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_by_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('digits BETWEEN 1 AND 12', name=op.f('ck_print_runs_digits')),
    sa.CheckConstraint('first_number >= 0 AND last_number >= first_number', name=op.f('ck_print_runs_numbers')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_print_runs_project_id_projects')),
    sa.ForeignKeyConstraint(['received_by_id'], ['users.id'], name=op.f('fk_print_runs_received_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_runs'))
    )
    with op.batch_alter_table('print_runs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_print_runs_project_id'), ['project_id'], unique=False)

    op.create_table('recent_finds',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_recent_finds_project_id_projects')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_recent_finds_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recent_finds')),
    sa.UniqueConstraint('user_id', 'project_id', 'subject_kind', 'subject_id', name=op.f('uq_recent_finds_user_id_project_id_subject_kind_subject_id'))
    )
    op.create_table('registration_categories',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('prefix', sa.String(length=8), nullable=False),
    sa.Column('earnest_amount', sa.BigInteger(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.CheckConstraint('earnest_amount > 0', name=op.f('ck_registration_categories_earnest_amount')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_registration_categories_project_id_projects')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registration_categories')),
    sa.UniqueConstraint('project_id', 'name', name=op.f('uq_registration_categories_project_id_name'))
    )
    op.create_table('undo_offers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=False),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('data', sa.Text(), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['users.id'], name=op.f('fk_undo_offers_actor_id_users')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_undo_offers_project_id_projects')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_undo_offers'))
    )
    with op.batch_alter_table('undo_offers', schema=None) as batch_op:
        batch_op.create_index('ix_undo_offers_actor', ['actor_id', 'expires_at'], unique=False)

    op.create_table('word_templates',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('subscription', 'registration_slip', 'provisional_order', 'contract_sheet', 'supplement', 'application', 'approval', 'notice', 'engineering_notice', name='paper_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['stored_files.id'], name=op.f('fk_word_templates_file_id_stored_files')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_word_templates_project_id_projects')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['users.id'], name=op.f('fk_word_templates_uploaded_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_word_templates')),
    sa.UniqueConstraint('project_id', 'kind', 'version', name=op.f('uq_word_templates_project_id_kind_version'))
    )
    with op.batch_alter_table('word_templates', schema=None) as batch_op:
        batch_op.create_index('uq_word_templates_active', ['project_id', 'kind'], unique=True, sqlite_where=sa.text('is_active'), postgresql_where=sa.text('is_active'))

    op.create_table('account_settlements',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('retained', 'compensation', name='settlement_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('settled_on', sa.Date(), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_account_settlements_amount')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_account_settlements_account_id_accounts')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_account_settlements_project_id_projects')),
    sa.ForeignKeyConstraint(['settled_by_id'], ['users.id'], name=op.f('fk_account_settlements_settled_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_settlements'))
    )
    with op.batch_alter_table('account_settlements', schema=None) as batch_op:
        batch_op.create_index('ix_account_settlements_account', ['account_id'], unique=False)

    op.create_table('approval_steps',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('rule_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('assistant', 'rep', 'manager', 'finance', 'planner', 'executive', 'admin', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('from_measure', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('from_measure IS NULL OR from_measure >= 0', name=op.f('ck_approval_steps_from_measure')),
    sa.CheckConstraint('position >= 1', name=op.f('ck_approval_steps_position')),
    sa.ForeignKeyConstraint(['rule_id'], ['approval_rules.id'], name=op.f('fk_approval_steps_rule_id_approval_rules')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_approval_steps_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approval_steps'))
    )
    with op.batch_alter_table('approval_steps', schema=None) as batch_op:
        batch_op.create_index('ix_approval_steps_rule', ['rule_id', 'position'], unique=False)

    op.create_table('approval_tasks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('applicant_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('assistant', 'rep', 'manager', 'finance', 'planner', 'executive', 'admin', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'open', 'approved', 'rejected', 'closed', name='task_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('for_user_id', sa.Integer(), nullable=True),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.CheckConstraint("(state IN ('approved', 'rejected')) = (decided_by_id IS NOT NULL) AND (decided_by_id IS NULL) = (decided_at IS NULL)", name=op.f('ck_approval_tasks_decided')),
    sa.CheckConstraint('decided_by_id IS NULL OR decided_by_id <> applicant_id', name=op.f('ck_approval_tasks_never_the_applicant')),
    sa.CheckConstraint('for_user_id IS NULL OR for_user_id <> applicant_id', name=op.f('ck_approval_tasks_never_for_the_applicant')),
    sa.ForeignKeyConstraint(['applicant_id'], ['users.id'], name=op.f('fk_approval_tasks_applicant_id_users')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['users.id'], name=op.f('fk_approval_tasks_decided_by_id_users')),
    sa.ForeignKeyConstraint(['for_user_id'], ['users.id'], name=op.f('fk_approval_tasks_for_user_id_users')),
    sa.ForeignKeyConstraint(['request_id'], ['approval_requests.id'], name=op.f('fk_approval_tasks_request_id_approval_requests')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_approval_tasks_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approval_tasks')),
    sa.UniqueConstraint('request_id', 'decided_by_id', name=op.f('uq_approval_tasks_request_id_decided_by_id'))
    )
    with op.batch_alter_table('approval_tasks', schema=None) as batch_op:
        batch_op.create_index('ix_approval_tasks_state', ['state', 'role'], unique=False)

    op.create_table('numbered_forms',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('contract', 'agreement', 'supplement', 'mortgage', 'receipt', name='form_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('state', sa.Enum('received', 'issued', 'reserved', 'used', 'spoilt', name='form_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('holder_id', sa.Integer(), nullable=True),
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('spoilt_reason', sa.String(length=200), nullable=False),
    sa.CheckConstraint("state <> 'issued' OR holder_id IS NOT NULL", name=op.f('ck_numbered_forms_holder_when_issued')),
    sa.CheckConstraint("state <> 'spoilt' OR spoilt_reason <> ''", name=op.f('ck_numbered_forms_reason_when_spoilt')),
    sa.CheckConstraint("state NOT IN ('reserved', 'used') OR subject_id IS NOT NULL", name=op.f('ck_numbered_forms_subject_when_used')),
    sa.ForeignKeyConstraint(['changed_by_id'], ['users.id'], name=op.f('fk_numbered_forms_changed_by_id_users')),
    sa.ForeignKeyConstraint(['holder_id'], ['users.id'], name=op.f('fk_numbered_forms_holder_id_users')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_numbered_forms_project_id_projects')),
    sa.ForeignKeyConstraint(['run_id'], ['print_runs.id'], name=op.f('fk_numbered_forms_run_id_print_runs')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_numbered_forms')),
    sa.UniqueConstraint('project_id', 'kind', 'number', name=op.f('uq_numbered_forms_project_id_kind_number'))
    )
    with op.batch_alter_table('numbered_forms', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_numbered_forms_run_id'), ['run_id'], unique=False)
        batch_op.create_index('ix_numbered_forms_state', ['project_id', 'kind', 'state'], unique=False)
        batch_op.create_index('ix_numbered_forms_subject', ['subject_kind', 'subject_id'], unique=False)

    op.create_table('changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('deal_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.Enum('extension', 'schedule', 'co_owner', 'payment_dates', 'price', 'cancellation', 'area_settlement', 'loan', 'refund_after_forfeiture', 'forfeiture', 'revival', 'swap', 'name_change', 'principal', 'filing_withdrawal', 'void', name='change_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('state', sa.Enum('requested', 'applied', 'rejected', 'withdrawn', 'stale', 'undone', name='change_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason_code', sa.Enum('buyers_wish', 'funds_late', 'loan_refused', 'not_entitled', 'family', 'bought_elsewhere', 'unhappy_with_unit', 'price_changed', 'design_changed', 'final_survey', 'deadline_passed', 'sellers_cause', 'entry_error', 'other', name='reason_code', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('fault', sa.Enum('none', 'buyer', 'seller', name='fault', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('terms', sa.Text(), nullable=False),
    sa.Column('old_values', sa.Text(), nullable=False),
    sa.Column('new_values', sa.Text(), nullable=False),
    sa.Column('measure', sa.BigInteger(), nullable=False),
    sa.Column('amount_effect', sa.BigInteger(), nullable=False),
    sa.Column('floor_effect', sa.BigInteger(), nullable=True),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('attributed_on', sa.Date(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('applicant_id', sa.Integer(), nullable=True),
    sa.Column('request_id', sa.Integer(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('applied_by_id', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sa.String(length=200), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(state = 'undone') = (undone_at IS NOT NULL)", name=op.f('ck_changes_undone_at')),
    sa.CheckConstraint("(state IN ('applied', 'undone')) = (applied_at IS NOT NULL)", name=op.f('ck_changes_applied_at')),
    sa.ForeignKeyConstraint(['applicant_id'], ['users.id'], name=op.f('fk_changes_applicant_id_users')),
    sa.ForeignKeyConstraint(['applied_by_id'], ['users.id'], name=op.f('fk_changes_applied_by_id_users')),
    sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_changes_deal_id_deals')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_changes_project_id_projects')),
    sa.ForeignKeyConstraint(['request_id'], ['approval_requests.id'], name=op.f('fk_changes_request_id_approval_requests')),
    sa.ForeignKeyConstraint(['undone_by_id'], ['users.id'], name=op.f('fk_changes_undone_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_changes')),
    sa.UniqueConstraint('project_id', 'number', name=op.f('uq_changes_project_id_number'))
    )
    with op.batch_alter_table('changes', schema=None) as batch_op:
        batch_op.create_index('ix_changes_attributed', ['project_id', 'attributed_on'], unique=False)
        batch_op.create_index('ix_changes_deal', ['deal_id'], unique=False)
        batch_op.create_index('ix_changes_state', ['project_id', 'state'], unique=False)
        batch_op.create_index('uq_changes_requested', ['deal_id', 'kind'], unique=True, sqlite_where=sa.text("state = 'requested'"), postgresql_where=sa.text("state = 'requested'"))

    op.create_table('deal_attachments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('deal_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('certificate', 'household', 'entitlement', 'deposit_slip', 'signed_agreement', 'signed_contract', 'loan_approval', 'application', 'handover_record', 'other', name='attachment_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('attached_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attached_by_id', sa.Integer(), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('removed_by_id', sa.Integer(), nullable=True),
    sa.Column('removed_reason', sa.String(length=200), nullable=False),
    sa.CheckConstraint('(removed_at IS NULL) = (removed_by_id IS NULL)', name=op.f('ck_deal_attachments_removed')),
    sa.ForeignKeyConstraint(['attached_by_id'], ['users.id'], name=op.f('fk_deal_attachments_attached_by_id_users')),
    sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_deal_attachments_deal_id_deals')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_files.id'], name=op.f('fk_deal_attachments_file_id_stored_files')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_deal_attachments_project_id_projects')),
    sa.ForeignKeyConstraint(['removed_by_id'], ['users.id'], name=op.f('fk_deal_attachments_removed_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deal_attachments'))
    )
    with op.batch_alter_table('deal_attachments', schema=None) as batch_op:
        batch_op.create_index('ix_deal_attachments_deal', ['deal_id', 'kind'], unique=False)

    op.create_table('notice_deliveries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('deal_id', sa.Integer(), nullable=False),
    sa.Column('notified_on', sa.Date(), nullable=True),
    sa.Column('notified_how', sa.String(length=100), nullable=False),
    sa.Column('notified_by_id', sa.Integer(), nullable=True),
    sa.Column('answer', sa.Enum('none', 'accepted', 'withdrew', 'silent', name='buyer_answer', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.CheckConstraint("(answer = 'none') = (answered_on IS NULL)", name=op.f('ck_notice_deliveries_answered_on')),
    sa.CheckConstraint("answer = 'none' OR notified_on IS NOT NULL", name=op.f('ck_notice_deliveries_notified_before_answer')),
    sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_notice_deliveries_deal_id_deals')),
    sa.ForeignKeyConstraint(['notice_id'], ['engineering_notices.id'], name=op.f('fk_notice_deliveries_notice_id_engineering_notices')),
    sa.ForeignKeyConstraint(['notified_by_id'], ['users.id'], name=op.f('fk_notice_deliveries_notified_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_deliveries')),
    sa.UniqueConstraint('notice_id', 'deal_id', name=op.f('uq_notice_deliveries_notice_id_deal_id'))
    )
    with op.batch_alter_table('notice_deliveries', schema=None) as batch_op:
        batch_op.create_index('ix_notice_deliveries_deal', ['deal_id'], unique=False)

    op.create_table('papers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('deal_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('subscription', 'registration_slip', 'provisional_order', 'contract_sheet', 'supplement', 'application', 'approval', 'notice', 'engineering_notice', name='paper_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('subject_kind', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('data', sa.Text(), nullable=False),
    sa.Column('data_hash', sa.String(length=64), nullable=False),
    sa.Column('clauses', sa.Text(), nullable=False),
    sa.Column('format', sa.Enum('pdf', 'docx', name='paper_format', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('template_id', sa.Integer(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('issued_by_id', sa.Integer(), nullable=False),
    sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('superseded_reason', sa.String(length=200), nullable=False),
    sa.CheckConstraint('edition >= 1', name=op.f('ck_papers_edition')),
    sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_papers_deal_id_deals')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_files.id'], name=op.f('fk_papers_file_id_stored_files')),
    sa.ForeignKeyConstraint(['issued_by_id'], ['users.id'], name=op.f('fk_papers_issued_by_id_users')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_papers_project_id_projects')),
    sa.ForeignKeyConstraint(['template_id'], ['word_templates.id'], name=op.f('fk_papers_template_id_word_templates')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_papers')),
    sa.UniqueConstraint('subject_kind', 'subject_id', 'kind', 'edition', name=op.f('uq_papers_subject_kind_subject_id_kind_edition'))
    )
    with op.batch_alter_table('papers', schema=None) as batch_op:
        batch_op.create_index('ix_papers_deal', ['deal_id'], unique=False)
        batch_op.create_index('ix_papers_superseded', ['project_id', 'superseded_at'], unique=False)

    op.create_table('provisional_orders',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('deal_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('rep_id', sa.Integer(), nullable=False),
    sa.Column('list_total_amount', sa.BigInteger(), nullable=False),
    sa.Column('unit_price_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('open', 'converted', 'cancelled', 'expired', name='provisional_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('end_reason', sa.String(length=200), nullable=False),
    sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name=op.f('ck_provisional_orders_ended_at')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_provisional_orders_amount')),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_provisional_orders_customer_id_customers')),
    sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_provisional_orders_deal_id_deals')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['users.id'], name=op.f('fk_provisional_orders_entered_by_id_users')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_provisional_orders_project_id_projects')),
    sa.ForeignKeyConstraint(['rep_id'], ['users.id'], name=op.f('fk_provisional_orders_rep_id_users')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_provisional_orders_unit_id_units')),
    sa.ForeignKeyConstraint(['unit_price_id'], ['unit_prices.id'], name=op.f('fk_provisional_orders_unit_price_id_unit_prices')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provisional_orders')),
    sa.UniqueConstraint('deal_id', name=op.f('uq_provisional_orders_deal_id')),
    sa.UniqueConstraint('project_id', 'number', name=op.f('uq_provisional_orders_project_id_number'))
    )
    with op.batch_alter_table('provisional_orders', schema=None) as batch_op:
        batch_op.create_index('ix_provisional_orders_unit', ['unit_id'], unique=False)

    op.create_table('registrations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('queue_number', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.Column('rep_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('active', 'converted', 'given_back', name='registration_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('wants', sa.String(length=200), nullable=False),
    sa.Column('registered_on', sa.Date(), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('entered_by_id', sa.Integer(), nullable=False),
    sa.Column('deal_id', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('ended_by_id', sa.Integer(), nullable=True),
    sa.Column('end_reason', sa.String(length=200), nullable=False),
    sa.CheckConstraint("(state = 'active') = (ended_at IS NULL)", name=op.f('ck_registrations_ended_at')),
    sa.CheckConstraint("state <> 'converted' OR deal_id IS NOT NULL", name=op.f('ck_registrations_deal_when_converted')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f('fk_registrations_account_id_accounts')),
    sa.ForeignKeyConstraint(['category_id'], ['registration_categories.id'], name=op.f('fk_registrations_category_id_registration_categories')),
    sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name=op.f('fk_registrations_customer_id_customers')),
    sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_registrations_deal_id_deals')),
    sa.ForeignKeyConstraint(['ended_by_id'], ['users.id'], name=op.f('fk_registrations_ended_by_id_users')),
    sa.ForeignKeyConstraint(['entered_by_id'], ['users.id'], name=op.f('fk_registrations_entered_by_id_users')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_registrations_project_id_projects')),
    sa.ForeignKeyConstraint(['rep_id'], ['users.id'], name=op.f('fk_registrations_rep_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registrations')),
    sa.UniqueConstraint('account_id', name=op.f('uq_registrations_account_id')),
    sa.UniqueConstraint('category_id', 'queue_number', name=op.f('uq_registrations_category_id_queue_number')),
    sa.UniqueConstraint('project_id', 'number', name=op.f('uq_registrations_project_id_number'))
    )
    with op.batch_alter_table('registrations', schema=None) as batch_op:
        batch_op.create_index('ix_registrations_customer', ['customer_id'], unique=False)
        batch_op.create_index('ix_registrations_state', ['project_id', 'state'], unique=False)

    op.create_table('service_tracks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('deal_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('mortgage', 'provident_fund', 'registration', 'area_settlement', 'handover', 'title', name='track_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('state', sa.Enum('not_started', 'under_way', 'done', 'stopped', name='track_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('reminded_on', sa.Date(), nullable=True),
    sa.CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name=op.f('ck_service_tracks_done_on')),
    sa.CheckConstraint("state <> 'stopped' OR note <> ''", name=op.f('ck_service_tracks_note_when_stopped')),
    sa.ForeignKeyConstraint(['changed_by_id'], ['users.id'], name=op.f('fk_service_tracks_changed_by_id_users')),
    sa.ForeignKeyConstraint(['deal_id'], ['deals.id'], name=op.f('fk_service_tracks_deal_id_deals')),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_service_tracks_project_id_projects')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_tracks')),
    sa.UniqueConstraint('deal_id', 'kind', name=op.f('uq_service_tracks_deal_id_kind'))
    )
    with op.batch_alter_table('service_tracks', schema=None) as batch_op:
        batch_op.create_index('ix_service_tracks_due', ['project_id', 'state', 'due_on'], unique=False)

    op.create_table('change_attachments',
    sa.Column('change_id', sa.Integer(), nullable=False),
    sa.Column('attachment_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['attachment_id'], ['deal_attachments.id'], name=op.f('fk_change_attachments_attachment_id_deal_attachments')),
    sa.ForeignKeyConstraint(['change_id'], ['changes.id'], name=op.f('fk_change_attachments_change_id_changes')),
    sa.PrimaryKeyConstraint('change_id', 'attachment_id', name=op.f('pk_change_attachments'))
    )
    op.create_table('check_resolutions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('check_id', sa.Integer(), nullable=False),
    sa.Column('field', sa.String(length=40), nullable=False),
    sa.Column('culprit', sa.Enum('first', 'second', 'both', name='culprit', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('first_by_id', sa.Integer(), nullable=False),
    sa.Column('second_by_id', sa.Integer(), nullable=False),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolved_by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['check_id'], ['contract_checks.id'], name=op.f('fk_check_resolutions_check_id_contract_checks')),
    sa.ForeignKeyConstraint(['first_by_id'], ['users.id'], name=op.f('fk_check_resolutions_first_by_id_users')),
    sa.ForeignKeyConstraint(['resolved_by_id'], ['users.id'], name=op.f('fk_check_resolutions_resolved_by_id_users')),
    sa.ForeignKeyConstraint(['second_by_id'], ['users.id'], name=op.f('fk_check_resolutions_second_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_check_resolutions')),
    sa.UniqueConstraint('check_id', 'field', name=op.f('uq_check_resolutions_check_id_field'))
    )
    with op.batch_alter_table('check_resolutions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_check_resolutions_first_by_id'), ['first_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_check_resolutions_second_by_id'), ['second_by_id'], unique=False)

    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('retained_amount', sa.BigInteger(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('compensation_amount', sa.BigInteger(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('area_difference_amount', sa.BigInteger(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('kind', sa.Enum('price', 'earnest', name='account_kind', native_enum=False, create_constraint=True, length=32), server_default='price', nullable=False))

    with op.batch_alter_table('deals', schema=None) as batch_op:
        batch_op.add_column(sa.Column('loan_bank', sa.String(length=100), server_default='', nullable=False))
        batch_op.add_column(sa.Column('loan_years', sa.Integer(), nullable=True))
        batch_op.create_check_constraint(batch_op.f('ck_deals_loan_years'), 'loan_years IS NULL OR loan_years BETWEEN 1 AND 40')

    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.add_column(sa.Column('provisional_days', sa.Integer(), server_default='3', nullable=False))
        batch_op.add_column(sa.Column('forfeit_after_days', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('filing_days', sa.Integer(), server_default='30', nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_projects_provisional_days'), 'provisional_days BETWEEN 1 AND 60')
        batch_op.create_check_constraint(batch_op.f('ck_projects_forfeit_after_days'), 'forfeit_after_days IS NULL OR forfeit_after_days BETWEEN 1 AND 365')

    with op.batch_alter_table('receipts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('carried_from_id', sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_receipts_carried_from_id'), ['carried_from_id'])
        batch_op.create_foreign_key(batch_op.f('fk_receipts_carried_from_id_receipts'), 'receipts', ['carried_from_id'], ['id'])

    with op.batch_alter_table('subscriptions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('replaces_id', sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_subscriptions_replaces_id'), ['replaces_id'])
        batch_op.create_foreign_key(batch_op.f('fk_subscriptions_replaces_id_subscriptions'), 'subscriptions', ['replaces_id'], ['id'])

    # ### end Alembic commands ###
    replace_checks(1)
    freeze({**FROZEN_COLUMNS, **NEW_FROZEN_COLUMNS})
    keep_taken_forms()
    keep_decisions()


def downgrade() -> None:
    thaw({**FROZEN_COLUMNS, **NEW_FROZEN_COLUMNS})
    replace_checks(0)
    # ### commands auto generated by Alembic - please adjust! ###
    with op.batch_alter_table('subscriptions', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_subscriptions_replaces_id_subscriptions'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_subscriptions_replaces_id'), type_='unique')
        batch_op.drop_column('replaces_id')

    with op.batch_alter_table('receipts', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_receipts_carried_from_id_receipts'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_receipts_carried_from_id'), type_='unique')
        batch_op.drop_column('carried_from_id')

    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_projects_forfeit_after_days'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_projects_provisional_days'), type_='check')
        batch_op.drop_column('filing_days')
        batch_op.drop_column('forfeit_after_days')
        batch_op.drop_column('provisional_days')

    with op.batch_alter_table('deals', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_deals_loan_years'), type_='check')
        batch_op.drop_column('loan_years')
        batch_op.drop_column('loan_bank')

    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_accounts_account_kind'), type_='check')
        batch_op.drop_column('kind')
        batch_op.drop_column('area_difference_amount')
        batch_op.drop_column('compensation_amount')
        batch_op.drop_column('retained_amount')

    with op.batch_alter_table('check_resolutions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_check_resolutions_second_by_id'))
        batch_op.drop_index(batch_op.f('ix_check_resolutions_first_by_id'))

    op.drop_table('check_resolutions')
    op.drop_table('change_attachments')
    with op.batch_alter_table('service_tracks', schema=None) as batch_op:
        batch_op.drop_index('ix_service_tracks_due')

    op.drop_table('service_tracks')
    with op.batch_alter_table('registrations', schema=None) as batch_op:
        batch_op.drop_index('ix_registrations_state')
        batch_op.drop_index('ix_registrations_customer')

    op.drop_table('registrations')
    with op.batch_alter_table('provisional_orders', schema=None) as batch_op:
        batch_op.drop_index('ix_provisional_orders_unit')

    op.drop_table('provisional_orders')
    with op.batch_alter_table('papers', schema=None) as batch_op:
        batch_op.drop_index('ix_papers_superseded')
        batch_op.drop_index('ix_papers_deal')

    op.drop_table('papers')
    with op.batch_alter_table('notice_deliveries', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_deliveries_deal')

    op.drop_table('notice_deliveries')
    with op.batch_alter_table('deal_attachments', schema=None) as batch_op:
        batch_op.drop_index('ix_deal_attachments_deal')

    op.drop_table('deal_attachments')
    with op.batch_alter_table('changes', schema=None) as batch_op:
        batch_op.drop_index('uq_changes_requested', sqlite_where=sa.text("state = 'requested'"), postgresql_where=sa.text("state = 'requested'"))
        batch_op.drop_index('ix_changes_state')
        batch_op.drop_index('ix_changes_deal')
        batch_op.drop_index('ix_changes_attributed')

    op.drop_table('changes')
    with op.batch_alter_table('numbered_forms', schema=None) as batch_op:
        batch_op.drop_index('ix_numbered_forms_subject')
        batch_op.drop_index('ix_numbered_forms_state')
        batch_op.drop_index(batch_op.f('ix_numbered_forms_run_id'))

    op.drop_table('numbered_forms')
    with op.batch_alter_table('approval_tasks', schema=None) as batch_op:
        batch_op.drop_index('ix_approval_tasks_state')

    op.drop_table('approval_tasks')
    with op.batch_alter_table('approval_steps', schema=None) as batch_op:
        batch_op.drop_index('ix_approval_steps_rule')

    op.drop_table('approval_steps')
    with op.batch_alter_table('account_settlements', schema=None) as batch_op:
        batch_op.drop_index('ix_account_settlements_account')

    op.drop_table('account_settlements')
    with op.batch_alter_table('word_templates', schema=None) as batch_op:
        batch_op.drop_index('uq_word_templates_active', sqlite_where=sa.text('is_active'), postgresql_where=sa.text('is_active'))

    op.drop_table('word_templates')
    with op.batch_alter_table('undo_offers', schema=None) as batch_op:
        batch_op.drop_index('ix_undo_offers_actor')

    op.drop_table('undo_offers')
    op.drop_table('registration_categories')
    op.drop_table('recent_finds')
    with op.batch_alter_table('print_runs', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_print_runs_project_id'))

    op.drop_table('print_runs')
    op.drop_table('engineering_notices')
    with op.batch_alter_table('delegations', schema=None) as batch_op:
        batch_op.drop_index('ix_delegations_to')
        batch_op.drop_index(batch_op.f('ix_delegations_project_id'))

    op.drop_table('delegations')
    op.drop_table('attachment_requirements')
    op.drop_table('approval_rules')
    with op.batch_alter_table('approval_requests', schema=None) as batch_op:
        batch_op.drop_index('ix_approval_requests_state')

    op.drop_table('approval_requests')
    # ### end Alembic commands ###
    freeze(FROZEN_COLUMNS)
