CREATE TABLE crm_team (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	revision BIGINT NOT NULL,
	created_at DATETIME(3) NOT NULL,
	updated_at DATETIME(3) NOT NULL,
	attributes LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	name_folded LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	region VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	manager CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	status VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	external_id VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_team PRIMARY KEY (tenant, id),
	CONSTRAINT ck_crm_team_status CHECK (status IN ('active', 'dissolved')),
	CONSTRAINT uq_crm_team_tenant_external_id UNIQUE (tenant, external_id)
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_team_tenant_manager ON crm_team (tenant, manager);

CREATE TABLE crm_contact (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	kind VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	revision BIGINT NOT NULL,
	created_at DATETIME(3) NOT NULL,
	updated_at DATETIME(3) NOT NULL,
	attributes LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	email_folded LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	phone VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	address_present BOOL,
	address_street VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	address_postal_code VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	address_city VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	address_region VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	address_country VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	external_id VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	given_name VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	given_name_folded LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	family_name VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	family_name_folded LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	name_folded LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	`position` VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	employer CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	team CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	capacity BIGINT,
	daily_quota BIGINT,
	vat_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	sector VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	founded BIGINT,
	annual_revenue NUMERIC(18, 4),
	annual_revenue_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	employees BIGINT,
	parent CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_contact PRIMARY KEY (tenant, id),
	CONSTRAINT ck_crm_contact_address_present CHECK (address_present IN (true)),
	CONSTRAINT fk_crm_contact_tenant_employer FOREIGN KEY(tenant, employer) REFERENCES crm_contact (tenant, id),
	CONSTRAINT fk_crm_contact_tenant_team FOREIGN KEY(tenant, team) REFERENCES crm_team (tenant, id),
	CONSTRAINT fk_crm_contact_tenant_parent FOREIGN KEY(tenant, parent) REFERENCES crm_contact (tenant, id),
	CONSTRAINT uq_crm_contact_tenant_external_id UNIQUE (tenant, external_id),
	CONSTRAINT ck_crm_contact_kind CHECK (kind IN ('person', 'organization'))
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_contact_tenant_employer ON crm_contact (tenant, employer);

CREATE INDEX ix_crm_contact_tenant_parent ON crm_contact (tenant, parent);

CREATE INDEX ix_crm_contact_tenant_team ON crm_contact (tenant, team);

CREATE TABLE crm_contact_roles (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	owner_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`position` BIGINT NOT NULL,
	kind VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	state VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	since DATETIME(3) NOT NULL,
	until DATETIME(3),
	reason TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	CONSTRAINT pk_crm_contact_roles PRIMARY KEY (tenant, owner_id, `position`),
	CONSTRAINT ck_crm_contact_roles_kind CHECK (kind IN ('lead', 'prospect', 'customer', 'debtor', 'supplier', 'employee')),
	CONSTRAINT ck_crm_contact_roles_state CHECK (state IN ('active', 'blocked', 'on_leave', 'converted', 'disqualified', 'lapsed', 'former', 'settled', 'ended')),
	CONSTRAINT fk_crm_contact_roles_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_contact (tenant, id) ON DELETE CASCADE
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE crm_contact_provenance (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	owner_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`position` BIGINT NOT NULL,
	field VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	source VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	at DATETIME(3) NOT NULL,
	reference TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	CONSTRAINT pk_crm_contact_provenance PRIMARY KEY (tenant, owner_id, `position`),
	CONSTRAINT fk_crm_contact_provenance_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_contact (tenant, id) ON DELETE CASCADE
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE crm_contact_memberships (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	owner_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`position` BIGINT NOT NULL,
	team CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	since DATETIME(3) NOT NULL,
	until DATETIME(3),
	CONSTRAINT pk_crm_contact_memberships PRIMARY KEY (tenant, owner_id, `position`),
	CONSTRAINT fk_crm_contact_memberships_tenant_team FOREIGN KEY(tenant, team) REFERENCES crm_team (tenant, id),
	CONSTRAINT fk_crm_contact_memberships_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_contact (tenant, id) ON DELETE CASCADE
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_contact_memberships_tenant_team ON crm_contact_memberships (tenant, team);

CREATE TABLE crm_contact_skills (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	owner_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`position` BIGINT NOT NULL,
	name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	CONSTRAINT pk_crm_contact_skills PRIMARY KEY (tenant, owner_id, `position`),
	CONSTRAINT fk_crm_contact_skills_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_contact (tenant, id) ON DELETE CASCADE
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE crm_product (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	revision BIGINT NOT NULL,
	created_at DATETIME(3) NOT NULL,
	updated_at DATETIME(3) NOT NULL,
	attributes LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	sku VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	name_folded LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	series VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	unit VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	vat_category VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	vat_rate NUMERIC(18, 6) NOT NULL,
	list_price NUMERIC(18, 4),
	list_price_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	status VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	external_id VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_product PRIMARY KEY (tenant, id),
	CONSTRAINT ck_crm_product_vat_category CHECK (vat_category IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O')),
	CONSTRAINT ck_crm_product_status CHECK (status IN ('active', 'discontinued')),
	CONSTRAINT uq_crm_product_tenant_sku UNIQUE (tenant, sku),
	CONSTRAINT uq_crm_product_tenant_external_id UNIQUE (tenant, external_id)
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE crm_product_prices (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	owner_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`position` BIGINT NOT NULL,
	amount NUMERIC(18, 4) NOT NULL,
	amount_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	valid_from DATE NOT NULL,
	valid_until DATE,
	CONSTRAINT pk_crm_product_prices PRIMARY KEY (tenant, owner_id, `position`),
	CONSTRAINT fk_crm_product_prices_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_product (tenant, id) ON DELETE CASCADE
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE crm_opportunity (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	revision BIGINT NOT NULL,
	created_at DATETIME(3) NOT NULL,
	updated_at DATETIME(3) NOT NULL,
	attributes LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	title TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	title_folded LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	account CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	contact CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	owner CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	product CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	lead CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	pipeline VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	stage VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	status VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	amount NUMERIC(18, 4),
	amount_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	probability NUMERIC(18, 6) NOT NULL,
	expected_close_on DATE,
	engaged_on DATE,
	closed_on DATE,
	closed_at DATETIME(3),
	lost_reason VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	lost_note TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	external_id VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_opportunity PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_opportunity_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id),
	CONSTRAINT fk_crm_opportunity_tenant_contact FOREIGN KEY(tenant, contact) REFERENCES crm_contact (tenant, id),
	CONSTRAINT fk_crm_opportunity_tenant_owner FOREIGN KEY(tenant, owner) REFERENCES crm_contact (tenant, id),
	CONSTRAINT fk_crm_opportunity_tenant_product FOREIGN KEY(tenant, product) REFERENCES crm_product (tenant, id),
	CONSTRAINT ck_crm_opportunity_status CHECK (status IN ('open', 'won', 'lost')),
	CONSTRAINT ck_crm_opportunity_lost_reason CHECK (lost_reason IN ('price', 'competitor', 'no_budget', 'no_decision', 'timing', 'product', 'other', 'not_recorded')),
	CONSTRAINT uq_crm_opportunity_tenant_external_id UNIQUE (tenant, external_id)
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_opportunity_tenant_account ON crm_opportunity (tenant, account);

CREATE INDEX ix_crm_opportunity_tenant_contact ON crm_opportunity (tenant, contact);

CREATE INDEX ix_crm_opportunity_tenant_lead ON crm_opportunity (tenant, lead);

CREATE INDEX ix_crm_opportunity_tenant_owner ON crm_opportunity (tenant, owner);

CREATE INDEX ix_crm_opportunity_tenant_product ON crm_opportunity (tenant, product);

CREATE TABLE crm_opportunity_stage_log (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	owner_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`position` BIGINT NOT NULL,
	stage VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	since DATETIME(3) NOT NULL,
	from_stage VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	`by` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	amount NUMERIC(18, 4),
	amount_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	probability NUMERIC(18, 6) NOT NULL,
	CONSTRAINT pk_crm_opportunity_stage_log PRIMARY KEY (tenant, owner_id, `position`),
	CONSTRAINT fk_crm_opportunity_stage_log_tenant_by FOREIGN KEY(tenant, `by`) REFERENCES crm_contact (tenant, id),
	CONSTRAINT fk_crm_opportunity_stage_log_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_opportunity (tenant, id) ON DELETE CASCADE
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_opportunity_stage_log_tenant_by ON crm_opportunity_stage_log (tenant, `by`);

CREATE TABLE crm_lead (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	revision BIGINT NOT NULL,
	created_at DATETIME(3) NOT NULL,
	updated_at DATETIME(3) NOT NULL,
	attributes LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	contact CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	source VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	campaign VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	status VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	owner CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	assigned_at DATETIME(3),
	queue_reason TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	captured_at DATETIME(3) NOT NULL,
	responded_at DATETIME(3),
	resurface_at DATETIME(3),
	resurface_reason TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	mql_since DATETIME(3),
	handed_over_at DATETIME(3),
	handover_note TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	probability NUMERIC(18, 6),
	probability_reason TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	qualified_at DATETIME(3),
	closed_at DATETIME(3),
	disqualified_reason TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	opportunity CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	external_id VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_lead PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_lead_tenant_contact FOREIGN KEY(tenant, contact) REFERENCES crm_contact (tenant, id),
	CONSTRAINT ck_crm_lead_status CHECK (status IN ('new', 'contacted', 'nurture', 'qualified', 'recycled', 'converted', 'disqualified', 'junk')),
	CONSTRAINT fk_crm_lead_tenant_owner FOREIGN KEY(tenant, owner) REFERENCES crm_contact (tenant, id),
	CONSTRAINT fk_crm_lead_tenant_opportunity FOREIGN KEY(tenant, opportunity) REFERENCES crm_opportunity (tenant, id),
	CONSTRAINT uq_crm_lead_tenant_external_id UNIQUE (tenant, external_id)
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_lead_tenant_contact ON crm_lead (tenant, contact);

CREATE INDEX ix_crm_lead_tenant_opportunity ON crm_lead (tenant, opportunity);

CREATE INDEX ix_crm_lead_tenant_owner ON crm_lead (tenant, owner);

CREATE TABLE crm_lead_status_log (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	owner_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`position` BIGINT NOT NULL,
	status VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	since DATETIME(3) NOT NULL,
	from_status VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	reason TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	`by` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	CONSTRAINT pk_crm_lead_status_log PRIMARY KEY (tenant, owner_id, `position`),
	CONSTRAINT ck_crm_lead_status_log_status CHECK (status IN ('new', 'contacted', 'nurture', 'qualified', 'recycled', 'converted', 'disqualified', 'junk')),
	CONSTRAINT ck_crm_lead_status_log_from_status CHECK (from_status IN ('new', 'contacted', 'nurture', 'qualified', 'recycled', 'converted', 'disqualified', 'junk')),
	CONSTRAINT fk_crm_lead_status_log_tenant_by FOREIGN KEY(tenant, `by`) REFERENCES crm_contact (tenant, id),
	CONSTRAINT fk_crm_lead_status_log_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_lead (tenant, id) ON DELETE CASCADE
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_lead_status_log_tenant_by ON crm_lead_status_log (tenant, `by`);

CREATE TABLE crm_lead_answers (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	owner_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`position` BIGINT NOT NULL,
	item VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	state VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	evidence TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	at DATETIME(3) NOT NULL,
	`by` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	CONSTRAINT pk_crm_lead_answers PRIMARY KEY (tenant, owner_id, `position`),
	CONSTRAINT ck_crm_lead_answers_state CHECK (state IN ('unknown', 'no', 'partial', 'yes')),
	CONSTRAINT fk_crm_lead_answers_tenant_by FOREIGN KEY(tenant, `by`) REFERENCES crm_contact (tenant, id),
	CONSTRAINT fk_crm_lead_answers_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_lead (tenant, id) ON DELETE CASCADE
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_lead_answers_tenant_by ON crm_lead_answers (tenant, `by`);

CREATE TABLE crm_engagement (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	revision BIGINT NOT NULL,
	created_at DATETIME(3) NOT NULL,
	updated_at DATETIME(3) NOT NULL,
	attributes LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	contact CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	kind VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	object VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	occurred_at DATETIME(3) NOT NULL,
	lead CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	source VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	campaign VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	external_id VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_engagement PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_engagement_tenant_contact FOREIGN KEY(tenant, contact) REFERENCES crm_contact (tenant, id),
	CONSTRAINT fk_crm_engagement_tenant_lead FOREIGN KEY(tenant, lead) REFERENCES crm_lead (tenant, id),
	CONSTRAINT uq_crm_engagement_tenant_external_id UNIQUE (tenant, external_id)
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_engagement_tenant_contact ON crm_engagement (tenant, contact);

CREATE INDEX ix_crm_engagement_tenant_lead ON crm_engagement (tenant, lead);

CREATE TABLE crm_consent (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	revision BIGINT NOT NULL,
	created_at DATETIME(3) NOT NULL,
	updated_at DATETIME(3) NOT NULL,
	attributes LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	contact CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	channel VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	purpose VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	state VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	double_opt_in BOOL NOT NULL,
	requested_at DATETIME(3),
	granted_at DATETIME(3),
	ended_at DATETIME(3),
	withdrawal VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	said_at DATETIME(3),
	source VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	reason TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	evidence TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	confirmation TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	note TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	external_id VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_consent PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_consent_tenant_contact FOREIGN KEY(tenant, contact) REFERENCES crm_contact (tenant, id),
	CONSTRAINT ck_crm_consent_channel CHECK (channel IN ('email', 'phone', 'sms', 'post', 'messenger')),
	CONSTRAINT ck_crm_consent_state CHECK (state IN ('requested', 'given', 'confirmed', 'refused', 'expired', 'withdrawn')),
	CONSTRAINT ck_crm_consent_double_opt_in CHECK (double_opt_in IN (false, true)),
	CONSTRAINT ck_crm_consent_withdrawal CHECK (withdrawal IN ('unsubscribed', 'bounced', 'complaint', 'manual', 'erased')),
	CONSTRAINT uq_crm_consent_tenant_external_id UNIQUE (tenant, external_id)
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_consent_tenant_contact ON crm_consent (tenant, contact);

CREATE TABLE crm_quote (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	revision BIGINT NOT NULL,
	created_at DATETIME(3) NOT NULL,
	updated_at DATETIME(3) NOT NULL,
	attributes LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	opportunity CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	account CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	contact CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	totals_net NUMERIC(18, 4) NOT NULL,
	totals_net_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	totals_vat NUMERIC(18, 4) NOT NULL,
	totals_vat_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	totals_gross NUMERIC(18, 4) NOT NULL,
	totals_gross_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	totals_rounding NUMERIC(18, 4) NOT NULL,
	totals_rounding_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	totals_payable NUMERIC(18, 4) NOT NULL,
	totals_payable_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	valid_until DATE NOT NULL,
	status VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	sent_at DATETIME(3),
	decided_at DATETIME(3),
	rejected_reason TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_quote PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_quote_tenant_opportunity FOREIGN KEY(tenant, opportunity) REFERENCES crm_opportunity (tenant, id),
	CONSTRAINT fk_crm_quote_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id),
	CONSTRAINT fk_crm_quote_tenant_contact FOREIGN KEY(tenant, contact) REFERENCES crm_contact (tenant, id),
	CONSTRAINT ck_crm_quote_status CHECK (status IN ('draft', 'sent', 'accepted', 'rejected'))
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_quote_tenant_account ON crm_quote (tenant, account);

CREATE INDEX ix_crm_quote_tenant_contact ON crm_quote (tenant, contact);

CREATE INDEX ix_crm_quote_tenant_opportunity ON crm_quote (tenant, opportunity);

CREATE TABLE crm_quote_lines (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	owner_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`position` BIGINT NOT NULL,
	id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	product CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	description TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	quantity NUMERIC(18, 4) NOT NULL,
	unit VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	unit_price NUMERIC(18, 4) NOT NULL,
	unit_price_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	discount NUMERIC(18, 6) NOT NULL,
	vat_category VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	vat_rate NUMERIC(18, 6) NOT NULL,
	net NUMERIC(18, 4) NOT NULL,
	net_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	CONSTRAINT pk_crm_quote_lines PRIMARY KEY (tenant, owner_id, `position`),
	CONSTRAINT fk_crm_quote_lines_tenant_product FOREIGN KEY(tenant, product) REFERENCES crm_product (tenant, id),
	CONSTRAINT ck_crm_quote_lines_vat_category CHECK (vat_category IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O')),
	CONSTRAINT fk_crm_quote_lines_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_quote (tenant, id) ON DELETE CASCADE
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_quote_lines_tenant_product ON crm_quote_lines (tenant, product);

CREATE TABLE crm_order (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	revision BIGINT NOT NULL,
	created_at DATETIME(3) NOT NULL,
	updated_at DATETIME(3) NOT NULL,
	attributes LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	quote CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	opportunity CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	account CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	totals_net NUMERIC(18, 4) NOT NULL,
	totals_net_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	totals_vat NUMERIC(18, 4) NOT NULL,
	totals_vat_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	totals_gross NUMERIC(18, 4) NOT NULL,
	totals_gross_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	totals_rounding NUMERIC(18, 4) NOT NULL,
	totals_rounding_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	totals_payable NUMERIC(18, 4) NOT NULL,
	totals_payable_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	status VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	placed_at DATETIME(3) NOT NULL,
	instalments BIGINT,
	instalments_billed BIGINT NOT NULL,
	invoiced NUMERIC(18, 4) NOT NULL,
	invoiced_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_order PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_order_tenant_quote FOREIGN KEY(tenant, quote) REFERENCES crm_quote (tenant, id),
	CONSTRAINT fk_crm_order_tenant_opportunity FOREIGN KEY(tenant, opportunity) REFERENCES crm_opportunity (tenant, id),
	CONSTRAINT fk_crm_order_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id),
	CONSTRAINT ck_crm_order_status CHECK (status IN ('open', 'billed', 'cancelled')),
	CONSTRAINT uq_crm_order_tenant_quote UNIQUE (tenant, quote)
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_order_tenant_account ON crm_order (tenant, account);

CREATE INDEX ix_crm_order_tenant_opportunity ON crm_order (tenant, opportunity);

CREATE TABLE crm_order_lines (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	owner_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`position` BIGINT NOT NULL,
	id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	product CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	description TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	quantity NUMERIC(18, 4) NOT NULL,
	unit VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	unit_price NUMERIC(18, 4) NOT NULL,
	unit_price_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	discount NUMERIC(18, 6) NOT NULL,
	vat_category VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	vat_rate NUMERIC(18, 6) NOT NULL,
	net NUMERIC(18, 4) NOT NULL,
	net_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	invoiced_quantity NUMERIC(18, 4) NOT NULL,
	invoiced_net NUMERIC(18, 4) NOT NULL,
	invoiced_net_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	CONSTRAINT pk_crm_order_lines PRIMARY KEY (tenant, owner_id, `position`),
	CONSTRAINT fk_crm_order_lines_tenant_product FOREIGN KEY(tenant, product) REFERENCES crm_product (tenant, id),
	CONSTRAINT ck_crm_order_lines_vat_category CHECK (vat_category IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O')),
	CONSTRAINT fk_crm_order_lines_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_order (tenant, id) ON DELETE CASCADE
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_order_lines_tenant_product ON crm_order_lines (tenant, product);

CREATE TABLE crm_invoice (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	revision BIGINT NOT NULL,
	created_at DATETIME(3) NOT NULL,
	updated_at DATETIME(3) NOT NULL,
	attributes LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	`order` CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	account CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	totals_net NUMERIC(18, 4) NOT NULL,
	totals_net_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	totals_vat NUMERIC(18, 4) NOT NULL,
	totals_vat_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	totals_gross NUMERIC(18, 4) NOT NULL,
	totals_gross_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	totals_rounding NUMERIC(18, 4) NOT NULL,
	totals_rounding_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	totals_payable NUMERIC(18, 4) NOT NULL,
	totals_payable_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	status VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	series VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	`period` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	sequence BIGINT,
	number VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	issued_on DATE,
	due_on DATE,
	buyer_name TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	buyer_address_present BOOL,
	buyer_address_street VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	buyer_address_postal_code VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	buyer_address_city VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	buyer_address_region VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	buyer_address_country VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	buyer_vat_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	part BIGINT,
	parts BIGINT,
	paid NUMERIC(18, 4) NOT NULL,
	paid_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_invoice PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_invoice_tenant_order FOREIGN KEY(tenant, `order`) REFERENCES crm_order (tenant, id),
	CONSTRAINT fk_crm_invoice_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id),
	CONSTRAINT ck_crm_invoice_status CHECK (status IN ('draft', 'issued', 'paid', 'withdrawn')),
	CONSTRAINT ck_crm_invoice_buyer_address_present CHECK (buyer_address_present IN (true)),
	CONSTRAINT uq_crm_invoice_tenant_series_period_sequence UNIQUE (tenant, series, `period`, sequence),
	CONSTRAINT uq_crm_invoice_tenant_series_number UNIQUE (tenant, series, number)
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_invoice_tenant_account ON crm_invoice (tenant, account);

CREATE INDEX ix_crm_invoice_tenant_order ON crm_invoice (tenant, `order`);

CREATE TABLE crm_invoice_lines (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	owner_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`position` BIGINT NOT NULL,
	id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	product CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	description TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	quantity NUMERIC(18, 4) NOT NULL,
	unit VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	unit_price NUMERIC(18, 4) NOT NULL,
	unit_price_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	discount NUMERIC(18, 6) NOT NULL,
	vat_category VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	vat_rate NUMERIC(18, 6) NOT NULL,
	net NUMERIC(18, 4) NOT NULL,
	net_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	order_line CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	CONSTRAINT pk_crm_invoice_lines PRIMARY KEY (tenant, owner_id, `position`),
	CONSTRAINT fk_crm_invoice_lines_tenant_product FOREIGN KEY(tenant, product) REFERENCES crm_product (tenant, id),
	CONSTRAINT ck_crm_invoice_lines_vat_category CHECK (vat_category IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O')),
	CONSTRAINT fk_crm_invoice_lines_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_invoice (tenant, id) ON DELETE CASCADE
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_invoice_lines_tenant_product ON crm_invoice_lines (tenant, product);

CREATE TABLE crm_payment (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	revision BIGINT NOT NULL,
	created_at DATETIME(3) NOT NULL,
	updated_at DATETIME(3) NOT NULL,
	attributes LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	account CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	amount NUMERIC(18, 4) NOT NULL,
	amount_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	received_on DATE NOT NULL,
	reference VARCHAR(140) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_payment PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_payment_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id)
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_payment_tenant_account ON crm_payment (tenant, account);

CREATE TABLE crm_payment_allocations (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	owner_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`position` BIGINT NOT NULL,
	invoice CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	amount NUMERIC(18, 4) NOT NULL,
	amount_currency VARCHAR(3) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	CONSTRAINT pk_crm_payment_allocations PRIMARY KEY (tenant, owner_id, `position`),
	CONSTRAINT fk_crm_payment_allocations_tenant_invoice FOREIGN KEY(tenant, invoice) REFERENCES crm_invoice (tenant, id),
	CONSTRAINT fk_crm_payment_allocations_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_payment (tenant, id) ON DELETE CASCADE
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_payment_allocations_tenant_invoice ON crm_payment_allocations (tenant, invoice);

CREATE TABLE crm_ticket (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	revision BIGINT NOT NULL,
	created_at DATETIME(3) NOT NULL,
	updated_at DATETIME(3) NOT NULL,
	attributes LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	requester CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	subject TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	subject_folded LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	channel VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	priority VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	status VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	assignee CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	opened_at DATETIME(3) NOT NULL,
	first_responded_at DATETIME(3),
	resolved_at DATETIME(3),
	reopened BIGINT NOT NULL,
	external_id VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_ticket PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_ticket_tenant_requester FOREIGN KEY(tenant, requester) REFERENCES crm_contact (tenant, id),
	CONSTRAINT ck_crm_ticket_channel CHECK (channel IN ('email', 'phone', 'web', 'chat', 'portal')),
	CONSTRAINT ck_crm_ticket_priority CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
	CONSTRAINT ck_crm_ticket_status CHECK (status IN ('new', 'open', 'resolved')),
	CONSTRAINT fk_crm_ticket_tenant_assignee FOREIGN KEY(tenant, assignee) REFERENCES crm_contact (tenant, id),
	CONSTRAINT uq_crm_ticket_tenant_external_id UNIQUE (tenant, external_id)
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_ticket_tenant_assignee ON crm_ticket (tenant, assignee);

CREATE INDEX ix_crm_ticket_tenant_requester ON crm_ticket (tenant, requester);

CREATE TABLE crm_ticket_messages (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	owner_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	`position` BIGINT NOT NULL,
	at DATETIME(3) NOT NULL,
	kind VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	author CHAR(36) CHARACTER SET ascii COLLATE ascii_bin,
	`body` LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	CONSTRAINT pk_crm_ticket_messages PRIMARY KEY (tenant, owner_id, `position`),
	CONSTRAINT ck_crm_ticket_messages_kind CHECK (kind IN ('request', 'reply', 'automatic', 'note')),
	CONSTRAINT fk_crm_ticket_messages_tenant_author FOREIGN KEY(tenant, author) REFERENCES crm_contact (tenant, id),
	CONSTRAINT fk_crm_ticket_messages_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_ticket (tenant, id) ON DELETE CASCADE
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm_ticket_messages_tenant_author ON crm_ticket_messages (tenant, author);

CREATE TABLE crm__event (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	entity VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	entity_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	revision BIGINT NOT NULL,
	`position` BIGINT NOT NULL,
	type VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	version BIGINT NOT NULL,
	at DATETIME(3) NOT NULL,
	recorded_at DATETIME(3) NOT NULL,
	payload LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	delivery VARCHAR(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	attempts BIGINT NOT NULL,
	claimed_until DATETIME(3),
	reason LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin,
	CONSTRAINT pk_crm__event PRIMARY KEY (tenant, id),
	CONSTRAINT ck_crm__event_delivery CHECK (delivery IN ('waiting', 'done', 'parked'))
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE INDEX ix_crm__event_tenant_delivery_entity_entity_id_revision_position ON crm__event (tenant, delivery, entity, entity_id, revision, `position`);

CREATE INDEX ix_crm__event_tenant_entity_entity_id_revision_position ON crm__event (tenant, entity, entity_id, revision, `position`);

CREATE TABLE crm__number (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	series VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	`period` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	value BIGINT NOT NULL,
	CONSTRAINT pk_crm__number PRIMARY KEY (tenant, series, `period`)
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE crm__key (
	tenant VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	scope VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	`key` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	entity VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	fingerprint VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	entity_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
	at DATETIME(3) NOT NULL,
	CONSTRAINT pk_crm__key PRIMARY KEY (tenant, scope, `key`)
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

CREATE TABLE crm__schema (
	name VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	value VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin NOT NULL,
	CONSTRAINT pk_crm__schema PRIMARY KEY (name)
)ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_nopad_bin;

ALTER TABLE crm_team ADD CONSTRAINT fk_crm_team_tenant_manager FOREIGN KEY(tenant, manager) REFERENCES crm_contact (tenant, id);

ALTER TABLE crm_opportunity ADD CONSTRAINT fk_crm_opportunity_tenant_lead FOREIGN KEY(tenant, lead) REFERENCES crm_lead (tenant, id);

