"""Public post"""

import sqlalchemy as sa
from alembic import op

import intake.records

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('postal_exemption',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('words', sa.String(length=200), nullable=False),
    sa.Column('account', sa.String(length=6), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('instrument', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_postal_exemption_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_postal_exemption'))
    )
    with op.batch_alter_table('postal_exemption', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_postal_exemption_office_id'), ['office_id'], unique=False)

    op.create_table('postal_operator',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('key_print', sa.String(length=64), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('seen_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_postal_operator_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_postal_operator')),
    sa.UniqueConstraint('key_print', name=op.f('uq_postal_operator_key_print'))
    )
    with op.batch_alter_table('postal_operator', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_postal_operator_office_id'), ['office_id'], unique=False)

    op.create_table('postal_tariff',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('zone', sa.String(length=20), nullable=False),
    sa.Column('grams', sa.Integer(), nullable=False),
    sa.Column('is_further', sa.Boolean(), nullable=False),
    sa.Column('price', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('instrument', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_postal_tariff_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_postal_tariff'))
    )
    with op.batch_alter_table('postal_tariff', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_postal_tariff_office_id'), ['office_id'], unique=False)

    op.create_table('saved_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('code_key', sa.String(length=64), nullable=False),
    sa.Column('draft_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('slip_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('saved_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_saved_draft_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_draft')),
    sa.UniqueConstraint('code_key', name=op.f('uq_saved_draft_code_key'))
    )
    with op.batch_alter_table('saved_draft', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_saved_draft_office_id'), ['office_id'], unique=False)

    op.create_table('item_range',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=False),
    sa.Column('service', sa.String(length=2), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=False),
    sa.Column('first_serial', sa.Integer(), nullable=False),
    sa.Column('last_serial', sa.Integer(), nullable=False),
    sa.Column('next_serial', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_item_range_office_id')),
    sa.ForeignKeyConstraint(['point_id'], ['acceptance_point.id'], name=op.f('fk_item_range_point_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_item_range'))
    )
    with op.batch_alter_table('item_range', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_item_range_point_id'), ['point_id'], unique=False)

    op.create_table('manifest',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=False),
    sa.Column('direction', sa.String(length=4), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('bag_number', sa.String(length=40), nullable=False),
    sa.Column('bag_seal', sa.String(length=40), nullable=False),
    sa.Column('opened_by', sa.Integer(), nullable=False),
    sa.Column('opened_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('closed_by', sa.Integer(), nullable=True),
    sa.Column('closed_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('arrived_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('received_by', sa.Integer(), nullable=True),
    sa.Column('received_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('agreed_by', sa.Integer(), nullable=True),
    sa.Column('agreed_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('fee_listed', sa.Integer(), nullable=False),
    sa.Column('fee_counted', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("direction in ('in', 'home')", name=op.f('ck_manifest_direction')),
    sa.ForeignKeyConstraint(['agreed_by'], ['person.id'], name=op.f('fk_manifest_agreed_by')),
    sa.ForeignKeyConstraint(['closed_by'], ['person.id'], name=op.f('fk_manifest_closed_by')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_manifest_office_id')),
    sa.ForeignKeyConstraint(['opened_by'], ['person.id'], name=op.f('fk_manifest_opened_by')),
    sa.ForeignKeyConstraint(['point_id'], ['acceptance_point.id'], name=op.f('fk_manifest_point_id')),
    sa.ForeignKeyConstraint(['received_by'], ['person.id'], name=op.f('fk_manifest_received_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_manifest')),
    sa.UniqueConstraint('office_id', 'number', name=op.f('uq_manifest_office_id_number'))
    )
    with op.batch_alter_table('manifest', schema=None) as batch_op:
        batch_op.create_index('ix_manifest_office_id_state', ['office_id', 'state'], unique=False)
        batch_op.create_index('ix_manifest_point_id_state', ['point_id', 'state'], unique=False)

    op.create_table('postal_shift',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('opened_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('closed_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('expected_charge', sa.Integer(), nullable=False),
    sa.Column('expected_fee', sa.Integer(), nullable=False),
    sa.Column('counted_charge', sa.Integer(), nullable=True),
    sa.Column('counted_fee', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_postal_shift_office_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_postal_shift_person_id')),
    sa.ForeignKeyConstraint(['point_id'], ['acceptance_point.id'], name=op.f('fk_postal_shift_point_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_postal_shift'))
    )
    with op.batch_alter_table('postal_shift', schema=None) as batch_op:
        batch_op.create_index('ix_postal_shift_point_id_opened_at', ['point_id', 'opened_at'], unique=False)

    op.create_table('number_block',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('range_id', sa.Integer(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=False),
    sa.Column('first_serial', sa.Integer(), nullable=False),
    sa.Column('last_serial', sa.Integer(), nullable=False),
    sa.Column('taken_by', sa.Integer(), nullable=False),
    sa.Column('taken_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['point_id'], ['acceptance_point.id'], name=op.f('fk_number_block_point_id')),
    sa.ForeignKeyConstraint(['range_id'], ['item_range.id'], name=op.f('fk_number_block_range_id')),
    sa.ForeignKeyConstraint(['taken_by'], ['person.id'], name=op.f('fk_number_block_taken_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_number_block'))
    )
    op.create_table('postal_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=False),
    sa.Column('direction', sa.String(length=4), nullable=False),
    sa.Column('attempt', sa.String(length=64), nullable=False),
    sa.Column('item_number', sa.String(length=40), nullable=False),
    sa.Column('is_s10', sa.Boolean(), nullable=False),
    sa.Column('procedure_version_id', sa.Integer(), nullable=False),
    sa.Column('dossier_id', sa.Integer(), nullable=True),
    sa.Column('masked_name', sa.String(length=120), nullable=False),
    sa.Column('content_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('receipt_payload', sa.String(length=400), nullable=False),
    sa.Column('seal_number', sa.String(length=40), nullable=False),
    sa.Column('witnessed', sa.Boolean(), nullable=False),
    sa.Column('grams', sa.Integer(), nullable=False),
    sa.Column('zone', sa.String(length=20), nullable=False),
    sa.Column('wants_home', sa.Boolean(), nullable=False),
    sa.Column('payer', sa.String(length=10), nullable=False),
    sa.Column('exemption', sa.String(length=20), nullable=False),
    sa.Column('charge', sa.Integer(), nullable=False),
    sa.Column('fee', sa.Integer(), nullable=True),
    sa.Column('consent', sa.String(length=20), nullable=False),
    sa.Column('taken_by', sa.Integer(), nullable=True),
    sa.Column('taken_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('arrived_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('status_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('proof_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('form_home', sa.Boolean(), nullable=False),
    sa.CheckConstraint("direction in ('in', 'home')", name=op.f('ck_postal_item_direction')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_postal_item_dossier_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_postal_item_office_id')),
    sa.ForeignKeyConstraint(['point_id'], ['acceptance_point.id'], name=op.f('fk_postal_item_point_id')),
    sa.ForeignKeyConstraint(['procedure_version_id'], ['procedure_version.id'], name=op.f('fk_postal_item_procedure_version_id')),
    sa.ForeignKeyConstraint(['taken_by'], ['person.id'], name=op.f('fk_postal_item_taken_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_postal_item')),
    sa.UniqueConstraint('attempt', name=op.f('uq_postal_item_attempt')),
    sa.UniqueConstraint('office_id', 'item_number', name=op.f('uq_postal_item_office_id_item_number'))
    )
    with op.batch_alter_table('postal_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_postal_item_dossier_id'), ['dossier_id'], unique=False)
        batch_op.create_index('ix_postal_item_office_id_direction_status', ['office_id', 'direction', 'status'], unique=False)
        batch_op.create_index('ix_postal_item_point_id_taken_at', ['point_id', 'taken_at'], unique=False)

    op.create_table('manifest_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('manifest_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=True),
    sa.Column('item_number', sa.String(length=40), nullable=False),
    sa.Column('with_form', sa.Boolean(), nullable=False),
    sa.Column('outcome', sa.String(length=12), nullable=False),
    sa.Column('scanned_by', sa.Integer(), nullable=True),
    sa.Column('scanned_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('resolution', sa.String(length=20), nullable=False),
    sa.Column('resolved_by', sa.Integer(), nullable=True),
    sa.Column('resolved_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['item_id'], ['postal_item.id'], name=op.f('fk_manifest_line_item_id')),
    sa.ForeignKeyConstraint(['manifest_id'], ['manifest.id'], name=op.f('fk_manifest_line_manifest_id')),
    sa.ForeignKeyConstraint(['resolved_by'], ['person.id'], name=op.f('fk_manifest_line_resolved_by')),
    sa.ForeignKeyConstraint(['scanned_by'], ['person.id'], name=op.f('fk_manifest_line_scanned_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_manifest_line')),
    sa.UniqueConstraint('manifest_id', 'item_number', name=op.f('uq_manifest_line_manifest_id_item_number'))
    )
    with op.batch_alter_table('manifest_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_manifest_line_item_id'), ['item_id'], unique=False)
        batch_op.create_index('ix_manifest_line_outcome_resolved_at', ['outcome', 'resolved_at'], unique=False)

    op.create_table('postal_money',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=False),
    sa.Column('shift_id', sa.Integer(), nullable=True),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(length=6), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('receipt_no', sa.String(length=40), nullable=False),
    sa.Column('corrects_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("account in ('charge', 'fee')", name=op.f('ck_postal_money_account')),
    sa.ForeignKeyConstraint(['corrects_id'], ['postal_money.id'], name=op.f('fk_postal_money_corrects_id')),
    sa.ForeignKeyConstraint(['item_id'], ['postal_item.id'], name=op.f('fk_postal_money_item_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_postal_money_office_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_postal_money_person_id')),
    sa.ForeignKeyConstraint(['point_id'], ['acceptance_point.id'], name=op.f('fk_postal_money_point_id')),
    sa.ForeignKeyConstraint(['shift_id'], ['postal_shift.id'], name=op.f('fk_postal_money_shift_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_postal_money')),
    sa.UniqueConstraint('point_id', 'receipt_no', name=op.f('uq_postal_money_point_id_receipt_no'))
    )
    with op.batch_alter_table('postal_money', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_postal_money_item_id'), ['item_id'], unique=False)
        batch_op.create_index('ix_postal_money_point_id_at', ['point_id', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_postal_money_shift_id'), ['shift_id'], unique=False)

    op.create_table('postal_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('step', sa.String(length=20), nullable=False),
    sa.Column('at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('told_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('message_id', sa.String(length=80), nullable=True),
    sa.Column('holder', sa.String(length=200), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['postal_item.id'], name=op.f('fk_postal_step_item_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_postal_step_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_postal_step')),
    sa.UniqueConstraint('source', 'message_id', name=op.f('uq_postal_step_source_message_id'))
    )
    with op.batch_alter_table('postal_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_postal_step_item_id'), ['item_id'], unique=False)

    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('point_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_assignment_point_id'), 'acceptance_point', ['point_id'], ['id'])

    with op.batch_alter_table('errand', schema=None) as batch_op:
        batch_op.add_column(sa.Column('item_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('item_paper', sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column('saved_draft_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('manifest_id', sa.Integer(), nullable=True))
        batch_op.drop_constraint('one_paper', type_='check')
        batch_op.create_check_constraint(
            'one_paper',
            'CASE WHEN receipt_id IS NULL THEN 0 ELSE 1 END + CASE WHEN notice_id IS NULL THEN 0 ELSE 1 END'
            ' + CASE WHEN ticket_id IS NULL THEN 0 ELSE 1 END + CASE WHEN item_id IS NULL THEN 0 ELSE 1 END'
            ' + CASE WHEN saved_draft_id IS NULL THEN 0 ELSE 1 END + CASE WHEN manifest_id IS NULL THEN 0 ELSE 1 END'
            ' + CASE WHEN is_test THEN 1 ELSE 0 END = 1',
        )
        batch_op.create_index(batch_op.f('ix_errand_saved_draft_id'), ['saved_draft_id'], unique=False)
        batch_op.create_unique_constraint(batch_op.f('uq_errand_item_id_item_paper_copy_no'), ['item_id', 'item_paper', 'copy_no'])
        batch_op.create_foreign_key(batch_op.f('fk_errand_item_id'), 'postal_item', ['item_id'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_errand_saved_draft_id'), 'saved_draft', ['saved_draft_id'], ['id'])
        batch_op.create_index(batch_op.f('ix_errand_manifest_id'), ['manifest_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_errand_manifest_id'), 'manifest', ['manifest_id'], ['id'])

    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('item_id', sa.Integer(), nullable=True))
        batch_op.create_index('ix_event_item_id', ['item_id'], unique=False, sqlite_where=sa.text('item_id IS NOT NULL'), postgresql_where=sa.text('item_id IS NOT NULL'))
        batch_op.create_foreign_key(batch_op.f('fk_event_item_id'), 'postal_item', ['item_id'], ['id'])



def downgrade() -> None:
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_event_item_id'), type_='foreignkey')
        batch_op.drop_index('ix_event_item_id', sqlite_where=sa.text('item_id IS NOT NULL'), postgresql_where=sa.text('item_id IS NOT NULL'))
        batch_op.drop_column('item_id')

    op.execute('DELETE FROM errand WHERE item_id IS NOT NULL OR saved_draft_id IS NOT NULL OR manifest_id IS NOT NULL')
    with op.batch_alter_table('errand', schema=None) as batch_op:
        batch_op.drop_constraint('one_paper', type_='check')
        batch_op.create_check_constraint(
            'one_paper',
            'CASE WHEN receipt_id IS NULL THEN 0 ELSE 1 END + CASE WHEN notice_id IS NULL THEN 0 ELSE 1 END'
            ' + CASE WHEN ticket_id IS NULL THEN 0 ELSE 1 END + CASE WHEN is_test THEN 1 ELSE 0 END = 1',
        )
        batch_op.drop_constraint(batch_op.f('fk_errand_manifest_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_errand_manifest_id'))
        batch_op.drop_column('manifest_id')
        batch_op.drop_constraint(batch_op.f('fk_errand_saved_draft_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_errand_item_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_errand_saved_draft_id'))
        batch_op.drop_constraint(batch_op.f('uq_errand_item_id_item_paper_copy_no'), type_='unique')
        batch_op.drop_column('saved_draft_id')
        batch_op.drop_column('item_paper')
        batch_op.drop_column('item_id')

    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_assignment_point_id'), type_='foreignkey')
        batch_op.drop_column('point_id')

    with op.batch_alter_table('postal_step', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_postal_step_item_id'))

    op.drop_table('postal_step')
    with op.batch_alter_table('postal_money', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_postal_money_shift_id'))
        batch_op.drop_index('ix_postal_money_point_id_at')
        batch_op.drop_index(batch_op.f('ix_postal_money_item_id'))

    op.drop_table('postal_money')
    with op.batch_alter_table('manifest_line', schema=None) as batch_op:
        batch_op.drop_index('ix_manifest_line_outcome_resolved_at')
        batch_op.drop_index(batch_op.f('ix_manifest_line_item_id'))

    op.drop_table('manifest_line')
    with op.batch_alter_table('postal_item', schema=None) as batch_op:
        batch_op.drop_index('ix_postal_item_point_id_taken_at')
        batch_op.drop_index('ix_postal_item_office_id_direction_status')
        batch_op.drop_index(batch_op.f('ix_postal_item_dossier_id'))

    op.drop_table('postal_item')
    op.drop_table('number_block')
    with op.batch_alter_table('postal_shift', schema=None) as batch_op:
        batch_op.drop_index('ix_postal_shift_point_id_opened_at')

    op.drop_table('postal_shift')
    with op.batch_alter_table('manifest', schema=None) as batch_op:
        batch_op.drop_index('ix_manifest_point_id_state')
        batch_op.drop_index('ix_manifest_office_id_state')

    op.drop_table('manifest')
    with op.batch_alter_table('item_range', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_item_range_point_id'))

    op.drop_table('item_range')
    with op.batch_alter_table('saved_draft', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_saved_draft_office_id'))

    op.drop_table('saved_draft')
    with op.batch_alter_table('postal_tariff', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_postal_tariff_office_id'))

    op.drop_table('postal_tariff')
    with op.batch_alter_table('postal_operator', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_postal_operator_office_id'))

    op.drop_table('postal_operator')
    with op.batch_alter_table('postal_exemption', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_postal_exemption_office_id'))

    op.drop_table('postal_exemption')
