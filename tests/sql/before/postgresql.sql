CREATE TABLE crm_team (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	id UUID NOT NULL,
	revision BIGINT NOT NULL,
	created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	attributes JSONB NOT NULL,
	name VARCHAR(200) COLLATE "C" NOT NULL,
	name_folded TEXT COLLATE "C" NOT NULL,
	region VARCHAR(100) COLLATE "C",
	manager UUID,
	status VARCHAR(60) COLLATE "C" NOT NULL,
	external_id VARCHAR(255) COLLATE "C",
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_team PRIMARY KEY (tenant, id),
	CONSTRAINT ck_crm_team_status CHECK (status IN ('active', 'dissolved')),
	CONSTRAINT uq_crm_team_tenant_external_id UNIQUE (tenant, external_id)
);

CREATE INDEX ix_crm_team_tenant_manager ON crm_team (tenant, manager);

CREATE TABLE crm_contact (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	id UUID NOT NULL,
	kind VARCHAR(200) COLLATE "C" NOT NULL,
	revision BIGINT NOT NULL,
	created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	attributes JSONB NOT NULL,
	email VARCHAR(254) COLLATE "C",
	email_folded TEXT COLLATE "C",
	phone VARCHAR(20) COLLATE "C",
	address_present BOOLEAN,
	address_street VARCHAR(200) COLLATE "C",
	address_postal_code VARCHAR(200) COLLATE "C",
	address_city VARCHAR(200) COLLATE "C",
	address_region VARCHAR(200) COLLATE "C",
	address_country VARCHAR(200) COLLATE "C",
	external_id VARCHAR(255) COLLATE "C",
	given_name VARCHAR(100) COLLATE "C",
	given_name_folded TEXT COLLATE "C",
	family_name VARCHAR(100) COLLATE "C",
	family_name_folded TEXT COLLATE "C",
	name VARCHAR(200) COLLATE "C" NOT NULL,
	name_folded TEXT COLLATE "C" NOT NULL,
	position VARCHAR(200) COLLATE "C",
	employer UUID,
	team UUID,
	capacity BIGINT,
	daily_quota BIGINT,
	vat_id VARCHAR(20) COLLATE "C",
	sector VARCHAR(100) COLLATE "C",
	founded BIGINT,
	annual_revenue NUMERIC(18, 4),
	annual_revenue_currency VARCHAR(3) COLLATE "C",
	employees BIGINT,
	parent UUID,
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_contact PRIMARY KEY (tenant, id),
	CONSTRAINT ck_crm_contact_address_present CHECK (address_present IN (true)),
	CONSTRAINT fk_crm_contact_tenant_employer FOREIGN KEY(tenant, employer) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_contact_tenant_team FOREIGN KEY(tenant, team) REFERENCES crm_team (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_contact_tenant_parent FOREIGN KEY(tenant, parent) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT uq_crm_contact_tenant_external_id UNIQUE (tenant, external_id),
	CONSTRAINT ck_crm_contact_kind CHECK (kind IN ('person', 'organization'))
);

CREATE INDEX ix_crm_contact_tenant_employer ON crm_contact (tenant, employer);

CREATE INDEX ix_crm_contact_tenant_parent ON crm_contact (tenant, parent);

CREATE INDEX ix_crm_contact_tenant_team ON crm_contact (tenant, team);

CREATE TABLE crm_contact_roles (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	owner_id UUID NOT NULL,
	position BIGINT NOT NULL,
	kind VARCHAR(60) COLLATE "C" NOT NULL,
	state VARCHAR(60) COLLATE "C" NOT NULL,
	since TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	until TIMESTAMP(3) WITH TIME ZONE,
	reason VARCHAR(500) COLLATE "C",
	CONSTRAINT pk_crm_contact_roles PRIMARY KEY (tenant, owner_id, position),
	CONSTRAINT ck_crm_contact_roles_kind CHECK (kind IN ('lead', 'prospect', 'customer', 'debtor', 'supplier', 'employee')),
	CONSTRAINT ck_crm_contact_roles_state CHECK (state IN ('active', 'blocked', 'on_leave', 'converted', 'disqualified', 'lapsed', 'former', 'settled', 'ended')),
	CONSTRAINT fk_crm_contact_roles_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_contact (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE crm_contact_provenance (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	owner_id UUID NOT NULL,
	position BIGINT NOT NULL,
	field VARCHAR(100) COLLATE "C" NOT NULL,
	source VARCHAR(100) COLLATE "C" NOT NULL,
	at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	reference VARCHAR(500) COLLATE "C",
	CONSTRAINT pk_crm_contact_provenance PRIMARY KEY (tenant, owner_id, position),
	CONSTRAINT fk_crm_contact_provenance_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_contact (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE crm_contact_memberships (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	owner_id UUID NOT NULL,
	position BIGINT NOT NULL,
	team UUID NOT NULL,
	since TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	until TIMESTAMP(3) WITH TIME ZONE,
	CONSTRAINT pk_crm_contact_memberships PRIMARY KEY (tenant, owner_id, position),
	CONSTRAINT fk_crm_contact_memberships_tenant_team FOREIGN KEY(tenant, team) REFERENCES crm_team (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_contact_memberships_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_contact (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_crm_contact_memberships_tenant_team ON crm_contact_memberships (tenant, team);

CREATE TABLE crm_contact_skills (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	owner_id UUID NOT NULL,
	position BIGINT NOT NULL,
	name VARCHAR(64) COLLATE "C" NOT NULL,
	CONSTRAINT pk_crm_contact_skills PRIMARY KEY (tenant, owner_id, position),
	CONSTRAINT fk_crm_contact_skills_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_contact (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE crm_product (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	id UUID NOT NULL,
	revision BIGINT NOT NULL,
	created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	attributes JSONB NOT NULL,
	sku VARCHAR(100) COLLATE "C" NOT NULL,
	name VARCHAR(200) COLLATE "C" NOT NULL,
	name_folded TEXT COLLATE "C" NOT NULL,
	series VARCHAR(100) COLLATE "C",
	unit VARCHAR(10) COLLATE "C" NOT NULL,
	vat_category VARCHAR(60) COLLATE "C" NOT NULL,
	vat_rate NUMERIC(18, 6) NOT NULL,
	list_price NUMERIC(18, 4),
	list_price_currency VARCHAR(3) COLLATE "C",
	status VARCHAR(60) COLLATE "C" NOT NULL,
	external_id VARCHAR(255) COLLATE "C",
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_product PRIMARY KEY (tenant, id),
	CONSTRAINT ck_crm_product_vat_category CHECK (vat_category IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O')),
	CONSTRAINT ck_crm_product_status CHECK (status IN ('active', 'discontinued')),
	CONSTRAINT uq_crm_product_tenant_sku UNIQUE (tenant, sku),
	CONSTRAINT uq_crm_product_tenant_external_id UNIQUE (tenant, external_id)
);

CREATE TABLE crm_product_prices (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	owner_id UUID NOT NULL,
	position BIGINT NOT NULL,
	amount NUMERIC(18, 4) NOT NULL,
	amount_currency VARCHAR(3) COLLATE "C" NOT NULL,
	valid_from DATE NOT NULL,
	valid_until DATE,
	CONSTRAINT pk_crm_product_prices PRIMARY KEY (tenant, owner_id, position),
	CONSTRAINT fk_crm_product_prices_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_product (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE crm_opportunity (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	id UUID NOT NULL,
	revision BIGINT NOT NULL,
	created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	attributes JSONB NOT NULL,
	title VARCHAR(300) COLLATE "C" NOT NULL,
	title_folded TEXT COLLATE "C" NOT NULL,
	account UUID,
	contact UUID,
	owner UUID,
	product UUID,
	lead UUID,
	pipeline VARCHAR(64) COLLATE "C" NOT NULL,
	stage VARCHAR(64) COLLATE "C" NOT NULL,
	status VARCHAR(60) COLLATE "C" NOT NULL,
	amount NUMERIC(18, 4),
	amount_currency VARCHAR(3) COLLATE "C",
	probability NUMERIC(18, 6) NOT NULL,
	expected_close_on DATE,
	engaged_on DATE,
	closed_on DATE,
	closed_at TIMESTAMP(3) WITH TIME ZONE,
	lost_reason VARCHAR(60) COLLATE "C",
	lost_note VARCHAR(1000) COLLATE "C",
	external_id VARCHAR(255) COLLATE "C",
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_opportunity PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_opportunity_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_opportunity_tenant_contact FOREIGN KEY(tenant, contact) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_opportunity_tenant_owner FOREIGN KEY(tenant, owner) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_opportunity_tenant_product FOREIGN KEY(tenant, product) REFERENCES crm_product (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT ck_crm_opportunity_status CHECK (status IN ('open', 'won', 'lost')),
	CONSTRAINT ck_crm_opportunity_lost_reason CHECK (lost_reason IN ('price', 'competitor', 'no_budget', 'no_decision', 'timing', 'product', 'other', 'not_recorded')),
	CONSTRAINT uq_crm_opportunity_tenant_external_id UNIQUE (tenant, external_id)
);

CREATE INDEX ix_crm_opportunity_tenant_account ON crm_opportunity (tenant, account);

CREATE INDEX ix_crm_opportunity_tenant_contact ON crm_opportunity (tenant, contact);

CREATE INDEX ix_crm_opportunity_tenant_lead ON crm_opportunity (tenant, lead);

CREATE INDEX ix_crm_opportunity_tenant_owner ON crm_opportunity (tenant, owner);

CREATE INDEX ix_crm_opportunity_tenant_product ON crm_opportunity (tenant, product);

CREATE TABLE crm_opportunity_stage_log (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	owner_id UUID NOT NULL,
	position BIGINT NOT NULL,
	stage VARCHAR(64) COLLATE "C" NOT NULL,
	since TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	from_stage VARCHAR(64) COLLATE "C",
	by UUID,
	amount NUMERIC(18, 4),
	amount_currency VARCHAR(3) COLLATE "C",
	probability NUMERIC(18, 6) NOT NULL,
	CONSTRAINT pk_crm_opportunity_stage_log PRIMARY KEY (tenant, owner_id, position),
	CONSTRAINT fk_crm_opportunity_stage_log_tenant_by FOREIGN KEY(tenant, by) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_opportunity_stage_log_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_opportunity (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_crm_opportunity_stage_log_tenant_by ON crm_opportunity_stage_log (tenant, by);

CREATE TABLE crm_lead (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	id UUID NOT NULL,
	revision BIGINT NOT NULL,
	created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	attributes JSONB NOT NULL,
	contact UUID NOT NULL,
	source VARCHAR(100) COLLATE "C" NOT NULL,
	campaign VARCHAR(100) COLLATE "C",
	status VARCHAR(60) COLLATE "C" NOT NULL,
	owner UUID,
	assigned_at TIMESTAMP(3) WITH TIME ZONE,
	queue_reason VARCHAR(500) COLLATE "C",
	captured_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	responded_at TIMESTAMP(3) WITH TIME ZONE,
	resurface_at TIMESTAMP(3) WITH TIME ZONE,
	resurface_reason VARCHAR(500) COLLATE "C",
	mql_since TIMESTAMP(3) WITH TIME ZONE,
	handed_over_at TIMESTAMP(3) WITH TIME ZONE,
	handover_note VARCHAR(1000) COLLATE "C",
	probability NUMERIC(18, 6),
	probability_reason VARCHAR(500) COLLATE "C",
	qualified_at TIMESTAMP(3) WITH TIME ZONE,
	closed_at TIMESTAMP(3) WITH TIME ZONE,
	disqualified_reason VARCHAR(500) COLLATE "C",
	opportunity UUID,
	external_id VARCHAR(255) COLLATE "C",
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_lead PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_lead_tenant_contact FOREIGN KEY(tenant, contact) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT ck_crm_lead_status CHECK (status IN ('new', 'contacted', 'nurture', 'qualified', 'recycled', 'converted', 'disqualified', 'junk')),
	CONSTRAINT fk_crm_lead_tenant_owner FOREIGN KEY(tenant, owner) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_lead_tenant_opportunity FOREIGN KEY(tenant, opportunity) REFERENCES crm_opportunity (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT uq_crm_lead_tenant_external_id UNIQUE (tenant, external_id)
);

CREATE INDEX ix_crm_lead_tenant_contact ON crm_lead (tenant, contact);

CREATE INDEX ix_crm_lead_tenant_opportunity ON crm_lead (tenant, opportunity);

CREATE INDEX ix_crm_lead_tenant_owner ON crm_lead (tenant, owner);

CREATE TABLE crm_lead_status_log (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	owner_id UUID NOT NULL,
	position BIGINT NOT NULL,
	status VARCHAR(60) COLLATE "C" NOT NULL,
	since TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	from_status VARCHAR(60) COLLATE "C",
	reason VARCHAR(500) COLLATE "C",
	by UUID,
	CONSTRAINT pk_crm_lead_status_log PRIMARY KEY (tenant, owner_id, position),
	CONSTRAINT ck_crm_lead_status_log_status CHECK (status IN ('new', 'contacted', 'nurture', 'qualified', 'recycled', 'converted', 'disqualified', 'junk')),
	CONSTRAINT ck_crm_lead_status_log_from_status CHECK (from_status IN ('new', 'contacted', 'nurture', 'qualified', 'recycled', 'converted', 'disqualified', 'junk')),
	CONSTRAINT fk_crm_lead_status_log_tenant_by FOREIGN KEY(tenant, by) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_lead_status_log_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_lead (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_crm_lead_status_log_tenant_by ON crm_lead_status_log (tenant, by);

CREATE TABLE crm_lead_answers (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	owner_id UUID NOT NULL,
	position BIGINT NOT NULL,
	item VARCHAR(64) COLLATE "C" NOT NULL,
	state VARCHAR(60) COLLATE "C" NOT NULL,
	evidence VARCHAR(1000) COLLATE "C",
	at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	by UUID,
	CONSTRAINT pk_crm_lead_answers PRIMARY KEY (tenant, owner_id, position),
	CONSTRAINT ck_crm_lead_answers_state CHECK (state IN ('unknown', 'no', 'partial', 'yes')),
	CONSTRAINT fk_crm_lead_answers_tenant_by FOREIGN KEY(tenant, by) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_lead_answers_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_lead (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_crm_lead_answers_tenant_by ON crm_lead_answers (tenant, by);

CREATE TABLE crm_engagement (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	id UUID NOT NULL,
	revision BIGINT NOT NULL,
	created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	attributes JSONB NOT NULL,
	contact UUID NOT NULL,
	kind VARCHAR(64) COLLATE "C" NOT NULL,
	object VARCHAR(200) COLLATE "C",
	occurred_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	lead UUID,
	source VARCHAR(100) COLLATE "C",
	campaign VARCHAR(100) COLLATE "C",
	external_id VARCHAR(255) COLLATE "C",
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_engagement PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_engagement_tenant_contact FOREIGN KEY(tenant, contact) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_engagement_tenant_lead FOREIGN KEY(tenant, lead) REFERENCES crm_lead (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT uq_crm_engagement_tenant_external_id UNIQUE (tenant, external_id)
);

CREATE INDEX ix_crm_engagement_tenant_contact ON crm_engagement (tenant, contact);

CREATE INDEX ix_crm_engagement_tenant_lead ON crm_engagement (tenant, lead);

CREATE TABLE crm_consent (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	id UUID NOT NULL,
	revision BIGINT NOT NULL,
	created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	attributes JSONB NOT NULL,
	contact UUID NOT NULL,
	channel VARCHAR(60) COLLATE "C" NOT NULL,
	purpose VARCHAR(64) COLLATE "C" NOT NULL,
	state VARCHAR(60) COLLATE "C" NOT NULL,
	double_opt_in BOOLEAN NOT NULL,
	requested_at TIMESTAMP(3) WITH TIME ZONE,
	granted_at TIMESTAMP(3) WITH TIME ZONE,
	ended_at TIMESTAMP(3) WITH TIME ZONE,
	withdrawal VARCHAR(60) COLLATE "C",
	said_at TIMESTAMP(3) WITH TIME ZONE,
	source VARCHAR(100) COLLATE "C" NOT NULL,
	reason VARCHAR(500) COLLATE "C",
	evidence VARCHAR(4000) COLLATE "C" NOT NULL,
	confirmation VARCHAR(4000) COLLATE "C",
	note VARCHAR(4000) COLLATE "C",
	external_id VARCHAR(255) COLLATE "C",
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_consent PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_consent_tenant_contact FOREIGN KEY(tenant, contact) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT ck_crm_consent_channel CHECK (channel IN ('email', 'phone', 'sms', 'post', 'messenger')),
	CONSTRAINT ck_crm_consent_state CHECK (state IN ('requested', 'given', 'confirmed', 'refused', 'expired', 'withdrawn')),
	CONSTRAINT ck_crm_consent_double_opt_in CHECK (double_opt_in IN (false, true)),
	CONSTRAINT ck_crm_consent_withdrawal CHECK (withdrawal IN ('unsubscribed', 'bounced', 'complaint', 'manual', 'erased')),
	CONSTRAINT uq_crm_consent_tenant_external_id UNIQUE (tenant, external_id)
);

CREATE INDEX ix_crm_consent_tenant_contact ON crm_consent (tenant, contact);

CREATE TABLE crm_quote (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	id UUID NOT NULL,
	revision BIGINT NOT NULL,
	created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	attributes JSONB NOT NULL,
	opportunity UUID,
	account UUID NOT NULL,
	contact UUID,
	currency VARCHAR(3) COLLATE "C" NOT NULL,
	totals_net NUMERIC(18, 4) NOT NULL,
	totals_net_currency VARCHAR(3) COLLATE "C" NOT NULL,
	totals_vat NUMERIC(18, 4) NOT NULL,
	totals_vat_currency VARCHAR(3) COLLATE "C" NOT NULL,
	totals_gross NUMERIC(18, 4) NOT NULL,
	totals_gross_currency VARCHAR(3) COLLATE "C" NOT NULL,
	totals_rounding NUMERIC(18, 4) NOT NULL,
	totals_rounding_currency VARCHAR(3) COLLATE "C" NOT NULL,
	totals_payable NUMERIC(18, 4) NOT NULL,
	totals_payable_currency VARCHAR(3) COLLATE "C" NOT NULL,
	valid_until DATE NOT NULL,
	status VARCHAR(60) COLLATE "C" NOT NULL,
	sent_at TIMESTAMP(3) WITH TIME ZONE,
	decided_at TIMESTAMP(3) WITH TIME ZONE,
	rejected_reason VARCHAR(1000) COLLATE "C",
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_quote PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_quote_tenant_opportunity FOREIGN KEY(tenant, opportunity) REFERENCES crm_opportunity (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_quote_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_quote_tenant_contact FOREIGN KEY(tenant, contact) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT ck_crm_quote_status CHECK (status IN ('draft', 'sent', 'accepted', 'rejected'))
);

CREATE INDEX ix_crm_quote_tenant_account ON crm_quote (tenant, account);

CREATE INDEX ix_crm_quote_tenant_contact ON crm_quote (tenant, contact);

CREATE INDEX ix_crm_quote_tenant_opportunity ON crm_quote (tenant, opportunity);

CREATE TABLE crm_quote_lines (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	owner_id UUID NOT NULL,
	position BIGINT NOT NULL,
	id UUID NOT NULL,
	product UUID,
	description VARCHAR(500) COLLATE "C" NOT NULL,
	quantity NUMERIC(18, 4) NOT NULL,
	unit VARCHAR(10) COLLATE "C" NOT NULL,
	unit_price NUMERIC(18, 4) NOT NULL,
	unit_price_currency VARCHAR(3) COLLATE "C" NOT NULL,
	discount NUMERIC(18, 6) NOT NULL,
	vat_category VARCHAR(60) COLLATE "C" NOT NULL,
	vat_rate NUMERIC(18, 6) NOT NULL,
	net NUMERIC(18, 4) NOT NULL,
	net_currency VARCHAR(3) COLLATE "C" NOT NULL,
	CONSTRAINT pk_crm_quote_lines PRIMARY KEY (tenant, owner_id, position),
	CONSTRAINT fk_crm_quote_lines_tenant_product FOREIGN KEY(tenant, product) REFERENCES crm_product (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT ck_crm_quote_lines_vat_category CHECK (vat_category IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O')),
	CONSTRAINT fk_crm_quote_lines_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_quote (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_crm_quote_lines_tenant_product ON crm_quote_lines (tenant, product);

CREATE TABLE crm_order (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	id UUID NOT NULL,
	revision BIGINT NOT NULL,
	created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	attributes JSONB NOT NULL,
	quote UUID,
	opportunity UUID,
	account UUID NOT NULL,
	currency VARCHAR(3) COLLATE "C" NOT NULL,
	totals_net NUMERIC(18, 4) NOT NULL,
	totals_net_currency VARCHAR(3) COLLATE "C" NOT NULL,
	totals_vat NUMERIC(18, 4) NOT NULL,
	totals_vat_currency VARCHAR(3) COLLATE "C" NOT NULL,
	totals_gross NUMERIC(18, 4) NOT NULL,
	totals_gross_currency VARCHAR(3) COLLATE "C" NOT NULL,
	totals_rounding NUMERIC(18, 4) NOT NULL,
	totals_rounding_currency VARCHAR(3) COLLATE "C" NOT NULL,
	totals_payable NUMERIC(18, 4) NOT NULL,
	totals_payable_currency VARCHAR(3) COLLATE "C" NOT NULL,
	status VARCHAR(60) COLLATE "C" NOT NULL,
	placed_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	instalments BIGINT,
	instalments_billed BIGINT NOT NULL,
	invoiced NUMERIC(18, 4) NOT NULL,
	invoiced_currency VARCHAR(3) COLLATE "C" NOT NULL,
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_order PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_order_tenant_quote FOREIGN KEY(tenant, quote) REFERENCES crm_quote (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_order_tenant_opportunity FOREIGN KEY(tenant, opportunity) REFERENCES crm_opportunity (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_order_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT ck_crm_order_status CHECK (status IN ('open', 'billed', 'cancelled')),
	CONSTRAINT uq_crm_order_tenant_quote UNIQUE (tenant, quote)
);

CREATE INDEX ix_crm_order_tenant_account ON crm_order (tenant, account);

CREATE INDEX ix_crm_order_tenant_opportunity ON crm_order (tenant, opportunity);

CREATE TABLE crm_order_lines (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	owner_id UUID NOT NULL,
	position BIGINT NOT NULL,
	id UUID NOT NULL,
	product UUID,
	description VARCHAR(500) COLLATE "C" NOT NULL,
	quantity NUMERIC(18, 4) NOT NULL,
	unit VARCHAR(10) COLLATE "C" NOT NULL,
	unit_price NUMERIC(18, 4) NOT NULL,
	unit_price_currency VARCHAR(3) COLLATE "C" NOT NULL,
	discount NUMERIC(18, 6) NOT NULL,
	vat_category VARCHAR(60) COLLATE "C" NOT NULL,
	vat_rate NUMERIC(18, 6) NOT NULL,
	net NUMERIC(18, 4) NOT NULL,
	net_currency VARCHAR(3) COLLATE "C" NOT NULL,
	invoiced_quantity NUMERIC(18, 4) NOT NULL,
	invoiced_net NUMERIC(18, 4) NOT NULL,
	invoiced_net_currency VARCHAR(3) COLLATE "C" NOT NULL,
	CONSTRAINT pk_crm_order_lines PRIMARY KEY (tenant, owner_id, position),
	CONSTRAINT fk_crm_order_lines_tenant_product FOREIGN KEY(tenant, product) REFERENCES crm_product (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT ck_crm_order_lines_vat_category CHECK (vat_category IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O')),
	CONSTRAINT fk_crm_order_lines_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_order (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_crm_order_lines_tenant_product ON crm_order_lines (tenant, product);

CREATE TABLE crm_invoice (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	id UUID NOT NULL,
	revision BIGINT NOT NULL,
	created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	attributes JSONB NOT NULL,
	"order" UUID,
	account UUID NOT NULL,
	currency VARCHAR(3) COLLATE "C" NOT NULL,
	totals_net NUMERIC(18, 4) NOT NULL,
	totals_net_currency VARCHAR(3) COLLATE "C" NOT NULL,
	totals_vat NUMERIC(18, 4) NOT NULL,
	totals_vat_currency VARCHAR(3) COLLATE "C" NOT NULL,
	totals_gross NUMERIC(18, 4) NOT NULL,
	totals_gross_currency VARCHAR(3) COLLATE "C" NOT NULL,
	totals_rounding NUMERIC(18, 4) NOT NULL,
	totals_rounding_currency VARCHAR(3) COLLATE "C" NOT NULL,
	totals_payable NUMERIC(18, 4) NOT NULL,
	totals_payable_currency VARCHAR(3) COLLATE "C" NOT NULL,
	status VARCHAR(60) COLLATE "C" NOT NULL,
	series VARCHAR(20) COLLATE "C",
	period VARCHAR(20) COLLATE "C",
	sequence BIGINT,
	number VARCHAR(60) COLLATE "C",
	issued_on DATE,
	due_on DATE,
	buyer_name VARCHAR(300) COLLATE "C",
	buyer_address_present BOOLEAN,
	buyer_address_street VARCHAR(200) COLLATE "C",
	buyer_address_postal_code VARCHAR(200) COLLATE "C",
	buyer_address_city VARCHAR(200) COLLATE "C",
	buyer_address_region VARCHAR(200) COLLATE "C",
	buyer_address_country VARCHAR(200) COLLATE "C",
	buyer_vat_id VARCHAR(20) COLLATE "C",
	part BIGINT,
	parts BIGINT,
	paid NUMERIC(18, 4) NOT NULL,
	paid_currency VARCHAR(3) COLLATE "C" NOT NULL,
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_invoice PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_invoice_tenant_order FOREIGN KEY(tenant, "order") REFERENCES crm_order (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_invoice_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT ck_crm_invoice_status CHECK (status IN ('draft', 'issued', 'paid', 'withdrawn')),
	CONSTRAINT ck_crm_invoice_buyer_address_present CHECK (buyer_address_present IN (true)),
	CONSTRAINT uq_crm_invoice_tenant_series_period_sequence UNIQUE (tenant, series, period, sequence),
	CONSTRAINT uq_crm_invoice_tenant_series_number UNIQUE (tenant, series, number)
);

CREATE INDEX ix_crm_invoice_tenant_account ON crm_invoice (tenant, account);

CREATE INDEX ix_crm_invoice_tenant_order ON crm_invoice (tenant, "order");

CREATE TABLE crm_invoice_lines (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	owner_id UUID NOT NULL,
	position BIGINT NOT NULL,
	id UUID NOT NULL,
	product UUID,
	description VARCHAR(500) COLLATE "C" NOT NULL,
	quantity NUMERIC(18, 4) NOT NULL,
	unit VARCHAR(10) COLLATE "C" NOT NULL,
	unit_price NUMERIC(18, 4) NOT NULL,
	unit_price_currency VARCHAR(3) COLLATE "C" NOT NULL,
	discount NUMERIC(18, 6) NOT NULL,
	vat_category VARCHAR(60) COLLATE "C" NOT NULL,
	vat_rate NUMERIC(18, 6) NOT NULL,
	net NUMERIC(18, 4) NOT NULL,
	net_currency VARCHAR(3) COLLATE "C" NOT NULL,
	order_line UUID,
	CONSTRAINT pk_crm_invoice_lines PRIMARY KEY (tenant, owner_id, position),
	CONSTRAINT fk_crm_invoice_lines_tenant_product FOREIGN KEY(tenant, product) REFERENCES crm_product (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT ck_crm_invoice_lines_vat_category CHECK (vat_category IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O')),
	CONSTRAINT fk_crm_invoice_lines_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_invoice (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_crm_invoice_lines_tenant_product ON crm_invoice_lines (tenant, product);

CREATE TABLE crm_payment (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	id UUID NOT NULL,
	revision BIGINT NOT NULL,
	created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	attributes JSONB NOT NULL,
	account UUID NOT NULL,
	amount NUMERIC(18, 4) NOT NULL,
	amount_currency VARCHAR(3) COLLATE "C" NOT NULL,
	received_on DATE NOT NULL,
	reference VARCHAR(140) COLLATE "C",
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_payment PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_payment_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_crm_payment_tenant_account ON crm_payment (tenant, account);

CREATE TABLE crm_payment_allocations (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	owner_id UUID NOT NULL,
	position BIGINT NOT NULL,
	invoice UUID NOT NULL,
	amount NUMERIC(18, 4) NOT NULL,
	amount_currency VARCHAR(3) COLLATE "C" NOT NULL,
	CONSTRAINT pk_crm_payment_allocations PRIMARY KEY (tenant, owner_id, position),
	CONSTRAINT fk_crm_payment_allocations_tenant_invoice FOREIGN KEY(tenant, invoice) REFERENCES crm_invoice (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_payment_allocations_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_payment (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_crm_payment_allocations_tenant_invoice ON crm_payment_allocations (tenant, invoice);

CREATE TABLE crm_ticket (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	id UUID NOT NULL,
	revision BIGINT NOT NULL,
	created_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	updated_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	attributes JSONB NOT NULL,
	requester UUID NOT NULL,
	subject VARCHAR(300) COLLATE "C" NOT NULL,
	subject_folded TEXT COLLATE "C" NOT NULL,
	channel VARCHAR(60) COLLATE "C" NOT NULL,
	priority VARCHAR(60) COLLATE "C" NOT NULL,
	status VARCHAR(60) COLLATE "C" NOT NULL,
	assignee UUID,
	opened_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	first_responded_at TIMESTAMP(3) WITH TIME ZONE,
	resolved_at TIMESTAMP(3) WITH TIME ZONE,
	reopened BIGINT NOT NULL,
	external_id VARCHAR(255) COLLATE "C",
	guarded BIGINT NOT NULL,
	CONSTRAINT pk_crm_ticket PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_ticket_tenant_requester FOREIGN KEY(tenant, requester) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT ck_crm_ticket_channel CHECK (channel IN ('email', 'phone', 'web', 'chat', 'portal')),
	CONSTRAINT ck_crm_ticket_priority CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
	CONSTRAINT ck_crm_ticket_status CHECK (status IN ('new', 'open', 'resolved')),
	CONSTRAINT fk_crm_ticket_tenant_assignee FOREIGN KEY(tenant, assignee) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT uq_crm_ticket_tenant_external_id UNIQUE (tenant, external_id)
);

CREATE INDEX ix_crm_ticket_tenant_assignee ON crm_ticket (tenant, assignee);

CREATE INDEX ix_crm_ticket_tenant_requester ON crm_ticket (tenant, requester);

CREATE TABLE crm_ticket_messages (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	owner_id UUID NOT NULL,
	position BIGINT NOT NULL,
	at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	kind VARCHAR(60) COLLATE "C" NOT NULL,
	author UUID,
	body VARCHAR(100000) COLLATE "C" NOT NULL,
	CONSTRAINT pk_crm_ticket_messages PRIMARY KEY (tenant, owner_id, position),
	CONSTRAINT ck_crm_ticket_messages_kind CHECK (kind IN ('request', 'reply', 'automatic', 'note')),
	CONSTRAINT fk_crm_ticket_messages_tenant_author FOREIGN KEY(tenant, author) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_ticket_messages_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_ticket (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_crm_ticket_messages_tenant_author ON crm_ticket_messages (tenant, author);

CREATE TABLE crm__event (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	id UUID NOT NULL,
	entity VARCHAR(255) COLLATE "C" NOT NULL,
	entity_id UUID NOT NULL,
	revision BIGINT NOT NULL,
	position BIGINT NOT NULL,
	type VARCHAR(255) COLLATE "C" NOT NULL,
	version BIGINT NOT NULL,
	at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	recorded_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	payload TEXT COLLATE "C" NOT NULL,
	delivery VARCHAR(16) COLLATE "C" NOT NULL,
	attempts BIGINT NOT NULL,
	claimed_until TIMESTAMP(3) WITH TIME ZONE,
	reason TEXT COLLATE "C",
	CONSTRAINT pk_crm__event PRIMARY KEY (tenant, id),
	CONSTRAINT ck_crm__event_delivery CHECK (delivery IN ('waiting', 'done', 'parked'))
);

CREATE INDEX ix_crm__event_tenant_delivery_entity_entity_id_revision_9959 ON crm__event (tenant, delivery, entity, entity_id, revision, position);

CREATE INDEX ix_crm__event_tenant_entity_entity_id_revision_position ON crm__event (tenant, entity, entity_id, revision, position);

CREATE TABLE crm__number (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	series VARCHAR(255) COLLATE "C" NOT NULL,
	period VARCHAR(255) COLLATE "C" NOT NULL,
	value BIGINT NOT NULL,
	CONSTRAINT pk_crm__number PRIMARY KEY (tenant, series, period)
);

CREATE TABLE crm__key (
	tenant VARCHAR(100) COLLATE "C" NOT NULL,
	scope VARCHAR(255) COLLATE "C" NOT NULL,
	key VARCHAR(255) COLLATE "C" NOT NULL,
	entity VARCHAR(255) COLLATE "C" NOT NULL,
	fingerprint VARCHAR(64) COLLATE "C" NOT NULL,
	entity_id UUID NOT NULL,
	at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_crm__key PRIMARY KEY (tenant, scope, key)
);

CREATE TABLE crm__schema (
	name VARCHAR(255) COLLATE "C" NOT NULL,
	value VARCHAR(255) COLLATE "C" NOT NULL,
	CONSTRAINT pk_crm__schema PRIMARY KEY (name)
);

ALTER TABLE crm_team ADD CONSTRAINT fk_crm_team_tenant_manager FOREIGN KEY(tenant, manager) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE crm_opportunity ADD CONSTRAINT fk_crm_opportunity_tenant_lead FOREIGN KEY(tenant, lead) REFERENCES crm_lead (tenant, id) DEFERRABLE INITIALLY DEFERRED;

