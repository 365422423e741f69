"""The kiosk for everyone"""

import sqlalchemy as sa
from alembic import op

import intake.records

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('bank_account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('bin', sa.String(length=6), nullable=False),
    sa.Column('number', sa.String(length=19), nullable=False),
    sa.Column('holder', sa.String(length=25), nullable=False),
    sa.Column('provider', sa.String(length=20), nullable=False),
    sa.Column('secret_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_bank_account_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_account'))
    )
    with op.batch_alter_table('bank_account', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bank_account_office_id'), ['office_id'], unique=False)

    op.create_table('document_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.String(length=64), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=True),
    sa.Column('dossier_id', sa.Integer(), nullable=True),
    sa.Column('requirement_key', sa.String(length=80), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('way', sa.String(length=10), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('content_key', sa.String(length=64), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('page_hashes', sa.JSON(), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('brought_size', sa.Integer(), nullable=False),
    sa.Column('signatures', sa.JSON(), nullable=False),
    sa.Column('quality', sa.JSON(), nullable=False),
    sa.Column('scan_state', sa.String(length=12), nullable=False),
    sa.Column('scanned_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("scan_state in ('not_scanned', 'clean', 'infected')", name=op.f('ck_document_file_scan_state')),
    sa.CheckConstraint("way in ('scanner', 'camera', 'phone', 'counter')", name=op.f('ck_document_file_way')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_document_file_dossier_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_document_file_office_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_document_file_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_file'))
    )
    with op.batch_alter_table('document_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_document_file_attempt'), ['attempt'], unique=False)
        batch_op.create_index(batch_op.f('ix_document_file_content_key'), ['content_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_document_file_dossier_id'), ['dossier_id'], unique=False)
        batch_op.create_index('ix_document_file_expires_at', ['expires_at'], unique=False)
        batch_op.create_index('ix_document_file_scan_state', ['scan_state'], unique=False)
        batch_op.create_index(batch_op.f('ix_document_file_visit_id'), ['visit_id'], unique=False)

    op.create_table('payment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('dossier_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=25), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('payload', sa.String(length=400), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('created_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('how', sa.String(length=10), nullable=False),
    sa.Column('receipt_number', sa.String(length=60), nullable=True),
    sa.CheckConstraint("state in ('waiting', 'confirmed', 'withdrawn')", name=op.f('ck_payment_state')),
    sa.ForeignKeyConstraint(['account_id'], ['bank_account.id'], name=op.f('fk_payment_account_id')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_payment_dossier_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_payment_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('dossier_id', name=op.f('uq_payment_dossier_id')),
    sa.UniqueConstraint('office_id', 'receipt_number', name=op.f('uq_payment_office_id_receipt_number')),
    sa.UniqueConstraint('reference', name=op.f('uq_payment_reference'))
    )
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.create_index('ix_payment_office_id_state', ['office_id', 'state'], unique=False)

    op.create_table('rating',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('dossier_id', sa.Integer(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(length=10), nullable=False),
    sa.Column('at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('score between 1 and 3', name=op.f('ck_rating_score')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_rating_dossier_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_rating_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rating')),
    sa.UniqueConstraint('dossier_id', name=op.f('uq_rating_dossier_id'))
    )
    with op.batch_alter_table('rating', schema=None) as batch_op:
        batch_op.create_index('ix_rating_office_id_at', ['office_id', 'at'], unique=False)

    op.create_table('assistance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('began_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('asked_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('asked_place', sa.String(length=60), nullable=False),
    sa.Column('consented_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('refused_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('pointed', sa.String(length=80), nullable=False),
    sa.Column('pointed_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('filled_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('steps', sa.JSON(), nullable=False),
    sa.Column('confirmed', sa.String(length=3), nullable=False),
    sa.Column('confirmed_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind in ('beside', 'remote')", name=op.f('ck_assistance_kind')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_assistance_person_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_assistance_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assistance'))
    )
    with op.batch_alter_table('assistance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assistance_visit_id'), ['visit_id'], unique=False)

    op.create_table('bank_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('external_id', sa.String(length=80), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('words_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('paid_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('told_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('payment_id', sa.Integer(), nullable=True),
    sa.Column('settled_how', sa.String(length=200), nullable=False),
    sa.CheckConstraint("state in ('matched', 'again', 'other_amount', 'unknown', 'settled')", name=op.f('ck_bank_entry_state')),
    sa.ForeignKeyConstraint(['account_id'], ['bank_account.id'], name=op.f('fk_bank_entry_account_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_bank_entry_office_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_bank_entry_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_entry')),
    sa.UniqueConstraint('account_id', 'external_id', name=op.f('uq_bank_entry_account_id_external_id'))
    )
    with op.batch_alter_table('bank_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bank_entry_office_id'), ['office_id'], unique=False)

    op.create_table('scan_job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.String(length=64), nullable=False),
    sa.Column('requirement_key', sa.String(length=80), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=30), nullable=False),
    sa.Column('added', sa.JSON(), nullable=False),
    sa.Column('asked_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('claimed_by', sa.String(length=200), nullable=True),
    sa.Column('lease_until', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('finished_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state in ('asked', 'claimed', 'done', 'failed')", name=op.f('ck_scan_job_state')),
    sa.ForeignKeyConstraint(['point_id'], ['acceptance_point.id'], name=op.f('fk_scan_job_point_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_scan_job_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scan_job'))
    )
    with op.batch_alter_table('scan_job', schema=None) as batch_op:
        batch_op.create_index('ix_scan_job_state', ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_scan_job_visit_id'), ['visit_id'], unique=False)

    op.create_table('upload_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_key', sa.String(length=64), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.String(length=64), nullable=False),
    sa.Column('requirement_key', sa.String(length=80), nullable=False),
    sa.Column('created_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('seen_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_upload_link_office_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_upload_link_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_upload_link')),
    sa.UniqueConstraint('token_key', name=op.f('uq_upload_link_token_key'))
    )
    with op.batch_alter_table('upload_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_upload_link_visit_id'), ['visit_id'], unique=False)

    op.create_table('visit_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('procedure_code', sa.String(length=20), nullable=False),
    sa.Column('place', sa.String(length=60), nullable=False),
    sa.Column('device', sa.String(length=10), nullable=False),
    sa.Column('began_at', intake.records.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', intake.records.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('left_by', sa.String(length=10), nullable=False),
    sa.Column('faults', sa.JSON(), nullable=False),
    sa.Column('helper_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['helper_id'], ['person.id'], name=op.f('fk_visit_step_helper_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_visit_step_office_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_step_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_step'))
    )
    with op.batch_alter_table('visit_step', schema=None) as batch_op:
        batch_op.create_index('ix_visit_step_office_id_began_at', ['office_id', 'began_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_visit_step_visit_id'), ['visit_id'], unique=False)

    with op.batch_alter_table('acceptance_point', schema=None) as batch_op:
        batch_op.add_column(sa.Column('earphones', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('scanner', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('scanner_host', sa.String(length=200), nullable=False, server_default=''))

    with op.batch_alter_table('dossier', schema=None) as batch_op:
        batch_op.add_column(sa.Column('voucher_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('papers_hash', sa.String(length=64), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_dossier_voucher_id'), 'person', ['voucher_id'], ['id'])

    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('place', sa.String(length=60), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.drop_column('place')

    with op.batch_alter_table('dossier', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_dossier_voucher_id'), type_='foreignkey')
        batch_op.drop_column('papers_hash')
        batch_op.drop_column('voucher_id')

    with op.batch_alter_table('acceptance_point', schema=None) as batch_op:
        batch_op.drop_column('scanner_host')
        batch_op.drop_column('scanner')
        batch_op.drop_column('earphones')

    with op.batch_alter_table('visit_step', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_visit_step_visit_id'))
        batch_op.drop_index('ix_visit_step_office_id_began_at')

    op.drop_table('visit_step')
    with op.batch_alter_table('upload_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_upload_link_visit_id'))

    op.drop_table('upload_link')
    with op.batch_alter_table('scan_job', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_scan_job_visit_id'))
        batch_op.drop_index('ix_scan_job_state')

    op.drop_table('scan_job')
    with op.batch_alter_table('bank_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bank_entry_office_id'))

    op.drop_table('bank_entry')
    with op.batch_alter_table('assistance', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_assistance_visit_id'))

    op.drop_table('assistance')
    with op.batch_alter_table('rating', schema=None) as batch_op:
        batch_op.drop_index('ix_rating_office_id_at')

    op.drop_table('rating')
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.drop_index('ix_payment_office_id_state')

    op.drop_table('payment')
    with op.batch_alter_table('document_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_document_file_visit_id'))
        batch_op.drop_index('ix_document_file_scan_state')
        batch_op.drop_index('ix_document_file_expires_at')
        batch_op.drop_index(batch_op.f('ix_document_file_dossier_id'))
        batch_op.drop_index(batch_op.f('ix_document_file_content_key'))
        batch_op.drop_index(batch_op.f('ix_document_file_attempt'))

    op.drop_table('document_file')
    with op.batch_alter_table('bank_account', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bank_account_office_id'))

    op.drop_table('bank_account')
