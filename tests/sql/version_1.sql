BEGIN TRANSACTION;
CREATE TABLE crm__event (
	tenant TEXT NOT NULL, 
	id TEXT NOT NULL, 
	entity TEXT NOT NULL, 
	entity_id TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	type TEXT NOT NULL, 
	at TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	published INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_crm__event PRIMARY KEY (tenant, id), 
	CONSTRAINT ck_crm__event_published CHECK (published IN (0, 1))
)
 STRICT

;
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-000200000000','contact','018bcfe5-6800-7000-8000-000100000000',1,0,'OrganizationAdded','2026-03-02T09:07:00.000Z','{"at":"2026-03-02T09:07:00.000Z","contact":"018bcfe5-6800-7000-8000-000100000000"}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-000400000000','contact','018bcfe5-6800-7000-8000-000300000000',1,0,'PersonAdded','2026-03-02T09:14:00.000Z','{"at":"2026-03-02T09:14:00.000Z","contact":"018bcfe5-6800-7000-8000-000300000000"}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-000500000000','contact','018bcfe5-6800-7000-8000-000300000000',2,0,'RoleBegun','2026-03-02T09:21:00.000Z','{"at":"2026-03-02T09:21:00.000Z","contact":"018bcfe5-6800-7000-8000-000300000000","kind":"lead","receivable":null}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-000700000000','lead','018bcfe5-6800-7000-8000-000600000000',1,0,'LeadCaptured','2026-03-02T09:21:00.000Z','{"at":"2026-03-02T09:21:00.000Z","contact":"018bcfe5-6800-7000-8000-000300000000","lead":"018bcfe5-6800-7000-8000-000600000000","owner":null}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-000900000000','contact','018bcfe5-6800-7000-8000-000300000000',3,0,'RoleMoved','2026-03-02T09:28:00.000Z','{"action":"convert","after":"converted","at":"2026-03-02T09:28:00.000Z","before":"active","contact":"018bcfe5-6800-7000-8000-000300000000","kind":"lead","receivable":null}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-000a00000000','contact','018bcfe5-6800-7000-8000-000100000000',2,0,'RoleBegun','2026-03-02T09:28:00.000Z','{"at":"2026-03-02T09:28:00.000Z","contact":"018bcfe5-6800-7000-8000-000100000000","kind":"prospect","receivable":null}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-000b00000000','opportunity','018bcfe5-6800-7000-8000-000800000000',1,0,'OpportunityOpened','2026-03-02T09:28:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","amount":{"amount":"12500","currency":"EUR"},"at":"2026-03-02T09:28:00.000Z","lead":"018bcfe5-6800-7000-8000-000600000000","opportunity":"018bcfe5-6800-7000-8000-000800000000","owner":null,"pipeline":"sales","stage":"prospecting"}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-000c00000000','lead','018bcfe5-6800-7000-8000-000600000000',2,0,'LeadConverted','2026-03-02T09:28:00.000Z','{"at":"2026-03-02T09:28:00.000Z","lead":"018bcfe5-6800-7000-8000-000600000000","opportunity":"018bcfe5-6800-7000-8000-000800000000"}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-000f00000000','quote','018bcfe5-6800-7000-8000-000d00000000',1,0,'QuoteDrafted','2026-03-02T09:35:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T09:35:00.000Z","gross":{"amount":"118.99","currency":"EUR"},"net":{"amount":"99.99","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-000800000000","quote":"018bcfe5-6800-7000-8000-000d00000000","valid_until":"2999-01-01"}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001200000000','quote','018bcfe5-6800-7000-8000-000d00000000',2,0,'QuoteAccepted','2026-03-02T09:42:00.000Z','{"at":"2026-03-02T09:42:00.000Z","net":{"amount":"99.99","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-000800000000","quote":"018bcfe5-6800-7000-8000-000d00000000"}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001300000000','order','018bcfe5-6800-7000-8000-001100000000',1,0,'OrderPlaced','2026-03-02T09:42:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T09:42:00.000Z","gross":{"amount":"118.99","currency":"EUR"},"net":{"amount":"99.99","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-000800000000","order":"018bcfe5-6800-7000-8000-001100000000","quote":"018bcfe5-6800-7000-8000-000d00000000"}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001400000000','opportunity','018bcfe5-6800-7000-8000-000800000000',2,0,'OpportunityWon','2026-03-02T09:42:00.000Z','{"amount":{"amount":"99.99","currency":"EUR"},"at":"2026-03-02T09:42:00.000Z","closed_on":"2026-03-02","opportunity":"018bcfe5-6800-7000-8000-000800000000","stage":"prospecting"}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001500000000','contact','018bcfe5-6800-7000-8000-000100000000',3,0,'RoleMoved','2026-03-02T09:42:00.000Z','{"action":"convert","after":"converted","at":"2026-03-02T09:42:00.000Z","before":"active","contact":"018bcfe5-6800-7000-8000-000100000000","kind":"prospect","receivable":null}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001600000000','contact','018bcfe5-6800-7000-8000-000100000000',3,1,'RoleBegun','2026-03-02T09:42:00.000Z','{"at":"2026-03-02T09:42:00.000Z","contact":"018bcfe5-6800-7000-8000-000100000000","kind":"customer","receivable":null}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001900000000','order','018bcfe5-6800-7000-8000-001100000000',2,0,'OrderBilled','2026-03-02T09:49:00.000Z','{"at":"2026-03-02T09:49:00.000Z","complete":false,"invoice":"018bcfe5-6800-7000-8000-001700000000","order":"018bcfe5-6800-7000-8000-001100000000","payable":{"amount":"39.66","currency":"EUR"}}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001a00000000','invoice','018bcfe5-6800-7000-8000-001700000000',1,0,'InvoiceDrafted','2026-03-02T09:49:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T09:49:00.000Z","invoice":"018bcfe5-6800-7000-8000-001700000000","order":"018bcfe5-6800-7000-8000-001100000000","payable":{"amount":"39.66","currency":"EUR"}}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001b00000000','contact','018bcfe5-6800-7000-8000-000100000000',4,0,'RoleBegun','2026-03-02T09:56:00.000Z','{"at":"2026-03-02T09:56:00.000Z","contact":"018bcfe5-6800-7000-8000-000100000000","kind":"debtor","receivable":"018bcfe5-6800-7000-8000-001700000000"}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001c00000000','invoice','018bcfe5-6800-7000-8000-001700000000',2,0,'InvoiceIssued','2026-03-02T09:56:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T09:56:00.000Z","due_on":"2026-03-16","invoice":"018bcfe5-6800-7000-8000-001700000000","issued_on":"2026-03-02","net":{"amount":"33.33","currency":"EUR"},"number":"INV-2026-00001","order":"018bcfe5-6800-7000-8000-001100000000","payable":{"amount":"39.66","currency":"EUR"},"vat":{"amount":"6.33","currency":"EUR"}}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001e00000000','invoice','018bcfe5-6800-7000-8000-001700000000',3,0,'InvoicePaid','2026-03-02T10:03:00.000Z','{"amount":{"amount":"39.66","currency":"EUR"},"at":"2026-03-02T10:03:00.000Z","invoice":"018bcfe5-6800-7000-8000-001700000000","payment":"018bcfe5-6800-7000-8000-001d00000000"}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001f00000000','contact','018bcfe5-6800-7000-8000-000100000000',5,0,'RoleMoved','2026-03-02T10:03:00.000Z','{"action":"settle","after":"settled","at":"2026-03-02T10:03:00.000Z","before":"active","contact":"018bcfe5-6800-7000-8000-000100000000","kind":"debtor","receivable":null}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-002000000000','payment','018bcfe5-6800-7000-8000-001d00000000',1,0,'PaymentReceived','2026-03-02T10:03:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","allocated":{"amount":"39.66","currency":"EUR"},"amount":{"amount":"39.66","currency":"EUR"},"at":"2026-03-02T10:03:00.000Z","payment":"018bcfe5-6800-7000-8000-001d00000000","received_on":"2026-03-02"}',0);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-002200000000','ticket','018bcfe5-6800-7000-8000-002100000000',1,0,'TicketOpened','2026-03-02T10:10:00.000Z','{"at":"2026-03-02T10:10:00.000Z","channel":"email","priority":"normal","requester":"018bcfe5-6800-7000-8000-000300000000","ticket":"018bcfe5-6800-7000-8000-002100000000"}',0);
CREATE TABLE crm__key (
	tenant TEXT NOT NULL, 
	scope TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	entity TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	entity_id TEXT NOT NULL, 
	CONSTRAINT pk_crm__key PRIMARY KEY (tenant, scope, "key")
)
 STRICT

;
INSERT INTO "crm__key" VALUES('main','contacts.add_organization','form-1','contact','32ba91c851e72d295ddf902bb7665c3a8a54448f29cbf0f9be5c3146b89c542c','018bcfe5-6800-7000-8000-000100000000');
INSERT INTO "crm__key" VALUES('main','leads.convert','convert','opportunity','ebc8d0493d34bd31fd0a70788d4229140661aaee960e75252c7f866ef07fd793','018bcfe5-6800-7000-8000-000800000000');
INSERT INTO "crm__key" VALUES('main','sales.accept','checkout-4711','order','3af8ea7e34d819cb81831c6aa116d70940efaf7ed7c7297fac6d7f12e1f6b2ab','018bcfe5-6800-7000-8000-001100000000');
CREATE TABLE crm__number (
	tenant TEXT NOT NULL, 
	series TEXT NOT NULL, 
	period TEXT NOT NULL, 
	value INTEGER NOT NULL, 
	CONSTRAINT pk_crm__number PRIMARY KEY (tenant, series, period)
)
 STRICT

;
INSERT INTO "crm__number" VALUES('main','invoice','2026',1);
CREATE TABLE crm__schema (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_crm__schema PRIMARY KEY (name)
)
 STRICT

;
INSERT INTO "crm__schema" VALUES('version','1');
INSERT INTO "crm__schema" VALUES('fingerprint','542878799f2f627e1f019be299041e210426d61605643c42ede0aa186c2c0c2c');
CREATE TABLE crm_contact (
	tenant TEXT NOT NULL, 
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	created_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	attributes TEXT NOT NULL, 
	email TEXT, 
	email_folded TEXT, 
	phone TEXT, 
	address_present INTEGER, 
	address_street TEXT, 
	address_postal_code TEXT, 
	address_city TEXT, 
	address_region TEXT, 
	address_country TEXT, 
	external_id TEXT, 
	given_name TEXT, 
	given_name_folded TEXT, 
	family_name TEXT, 
	family_name_folded TEXT, 
	name TEXT NOT NULL, 
	name_folded TEXT NOT NULL, 
	position TEXT, 
	employer TEXT, 
	team TEXT, 
	vat_id TEXT, 
	sector TEXT, 
	founded INTEGER, 
	annual_revenue INTEGER, 
	annual_revenue_currency TEXT, 
	employees INTEGER, 
	parent TEXT, 
	CONSTRAINT pk_crm_contact PRIMARY KEY (tenant, id), 
	CONSTRAINT ck_crm_contact_address_present CHECK (address_present IN (1)), 
	CONSTRAINT fk_crm_contact_tenant_employer FOREIGN KEY(tenant, employer) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_crm_contact_tenant_team FOREIGN KEY(tenant, team) REFERENCES crm_team (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_crm_contact_tenant_parent FOREIGN KEY(tenant, parent) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT uq_crm_contact_tenant_external_id UNIQUE (tenant, external_id), 
	CONSTRAINT ck_crm_contact_kind CHECK (kind IN ('person', 'organization'))
)
 STRICT

;
INSERT INTO "crm_contact" VALUES('main','018bcfe5-6800-7000-8000-000100000000','organization',5,'2026-03-02T09:07:00.000Z','2026-03-02T10:03:00.000Z','{}',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'ACME GmbH','acme gmbh',NULL,NULL,NULL,'DE136695976',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "crm_contact" VALUES('main','018bcfe5-6800-7000-8000-000300000000','person',3,'2026-03-02T09:14:00.000Z','2026-03-02T09:28:00.000Z','{}','ada@acme.example','ada@acme.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Ada','ada','Lovelace','lovelace','Ada Lovelace','ada lovelace',NULL,'018bcfe5-6800-7000-8000-000100000000',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE crm_contact_memberships (
	tenant TEXT NOT NULL, 
	owner_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	team TEXT NOT NULL, 
	since TEXT NOT NULL, 
	until TEXT, 
	CONSTRAINT pk_crm_contact_memberships PRIMARY KEY (tenant, owner_id, position), 
	CONSTRAINT fk_crm_contact_memberships_tenant_team FOREIGN KEY(tenant, team) REFERENCES crm_team (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_crm_contact_memberships_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_contact (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
)
 STRICT

;
CREATE TABLE crm_contact_roles (
	tenant TEXT NOT NULL, 
	owner_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	since TEXT NOT NULL, 
	until TEXT, 
	reason TEXT, 
	CONSTRAINT pk_crm_contact_roles PRIMARY KEY (tenant, owner_id, position), 
	CONSTRAINT ck_crm_contact_roles_kind CHECK (kind IN ('lead', 'prospect', 'customer', 'debtor', 'supplier', 'employee')), 
	CONSTRAINT ck_crm_contact_roles_state CHECK (state IN ('active', 'blocked', 'on_leave', 'converted', 'disqualified', 'lapsed', 'former', 'settled', 'ended')), 
	CONSTRAINT fk_crm_contact_roles_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_contact (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
)
 STRICT

;
INSERT INTO "crm_contact_roles" VALUES('main','018bcfe5-6800-7000-8000-000300000000',0,'lead','converted','2026-03-02T09:21:00.000Z','2026-03-02T09:28:00.000Z',NULL);
INSERT INTO "crm_contact_roles" VALUES('main','018bcfe5-6800-7000-8000-000100000000',0,'prospect','converted','2026-03-02T09:28:00.000Z','2026-03-02T09:42:00.000Z',NULL);
INSERT INTO "crm_contact_roles" VALUES('main','018bcfe5-6800-7000-8000-000100000000',1,'customer','active','2026-03-02T09:42:00.000Z',NULL,NULL);
INSERT INTO "crm_contact_roles" VALUES('main','018bcfe5-6800-7000-8000-000100000000',2,'debtor','settled','2026-03-02T09:56:00.000Z','2026-03-02T10:03:00.000Z','receivable 018bcfe5-6800-7000-8000-001700000000');
CREATE TABLE crm_invoice (
	tenant TEXT NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	created_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	attributes TEXT NOT NULL, 
	"order" TEXT, 
	account TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	totals_net INTEGER NOT NULL, 
	totals_net_currency TEXT NOT NULL, 
	totals_vat INTEGER NOT NULL, 
	totals_vat_currency TEXT NOT NULL, 
	totals_gross INTEGER NOT NULL, 
	totals_gross_currency TEXT NOT NULL, 
	totals_rounding INTEGER NOT NULL, 
	totals_rounding_currency TEXT NOT NULL, 
	totals_payable INTEGER NOT NULL, 
	totals_payable_currency TEXT NOT NULL, 
	status TEXT NOT NULL, 
	series TEXT, 
	period TEXT, 
	sequence INTEGER, 
	number TEXT, 
	issued_on TEXT, 
	due_on TEXT, 
	buyer_name TEXT, 
	buyer_address_present INTEGER, 
	buyer_address_street TEXT, 
	buyer_address_postal_code TEXT, 
	buyer_address_city TEXT, 
	buyer_address_region TEXT, 
	buyer_address_country TEXT, 
	buyer_vat_id TEXT, 
	part INTEGER, 
	parts INTEGER, 
	paid INTEGER NOT NULL, 
	paid_currency TEXT NOT NULL, 
	CONSTRAINT pk_crm_invoice PRIMARY KEY (tenant, id), 
	CONSTRAINT fk_crm_invoice_tenant_order FOREIGN KEY(tenant, "order") REFERENCES crm_order (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_crm_invoice_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT ck_crm_invoice_status CHECK (status IN ('draft', 'issued', 'paid', 'withdrawn')), 
	CONSTRAINT ck_crm_invoice_buyer_address_present CHECK (buyer_address_present IN (1)), 
	CONSTRAINT uq_crm_invoice_tenant_series_period_sequence UNIQUE (tenant, series, period, sequence), 
	CONSTRAINT uq_crm_invoice_tenant_series_number UNIQUE (tenant, series, number)
)
 STRICT

;
INSERT INTO "crm_invoice" VALUES('main','018bcfe5-6800-7000-8000-001700000000',3,'2026-03-02T09:49:00.000Z','2026-03-02T10:03:00.000Z','{}','018bcfe5-6800-7000-8000-001100000000','018bcfe5-6800-7000-8000-000100000000','EUR',333300,'EUR',63300,'EUR',396600,'EUR',0,'EUR',396600,'EUR','paid','invoice','2026',1,'INV-2026-00001','2026-03-02','2026-03-16','ACME GmbH',NULL,NULL,NULL,NULL,NULL,NULL,'DE136695976',1,3,396600,'EUR');
CREATE TABLE crm_invoice_lines (
	tenant TEXT NOT NULL, 
	owner_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	product TEXT, 
	description TEXT NOT NULL, 
	quantity INTEGER NOT NULL, 
	unit TEXT NOT NULL, 
	unit_price INTEGER NOT NULL, 
	unit_price_currency TEXT NOT NULL, 
	discount INTEGER NOT NULL, 
	vat_category TEXT NOT NULL, 
	vat_rate INTEGER NOT NULL, 
	net INTEGER NOT NULL, 
	net_currency TEXT NOT NULL, 
	order_line TEXT, 
	CONSTRAINT pk_crm_invoice_lines PRIMARY KEY (tenant, owner_id, position), 
	CONSTRAINT fk_crm_invoice_lines_tenant_product FOREIGN KEY(tenant, product) REFERENCES crm_product (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT ck_crm_invoice_lines_vat_category CHECK (vat_category IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O')), 
	CONSTRAINT fk_crm_invoice_lines_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_invoice (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
)
 STRICT

;
INSERT INTO "crm_invoice_lines" VALUES('main','018bcfe5-6800-7000-8000-001700000000',0,'018bcfe5-6800-7000-8000-001800000000',NULL,'Pump',10000,'C62',333300,'EUR',0,'S',190000,333300,'EUR','018bcfe5-6800-7000-8000-001000000000');
CREATE TABLE crm_lead (
	tenant TEXT NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	created_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	attributes TEXT NOT NULL, 
	contact TEXT NOT NULL, 
	source TEXT NOT NULL, 
	campaign TEXT, 
	status TEXT NOT NULL, 
	owner TEXT, 
	captured_at TEXT NOT NULL, 
	qualified_at TEXT, 
	closed_at TEXT, 
	disqualified_reason TEXT, 
	opportunity TEXT, 
	external_id TEXT, 
	CONSTRAINT pk_crm_lead PRIMARY KEY (tenant, id), 
	CONSTRAINT fk_crm_lead_tenant_contact FOREIGN KEY(tenant, contact) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT ck_crm_lead_status CHECK (status IN ('new', 'qualified', 'disqualified', 'converted')), 
	CONSTRAINT fk_crm_lead_tenant_owner FOREIGN KEY(tenant, owner) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_crm_lead_tenant_opportunity FOREIGN KEY(tenant, opportunity) REFERENCES crm_opportunity (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT uq_crm_lead_tenant_external_id UNIQUE (tenant, external_id)
)
 STRICT

;
INSERT INTO "crm_lead" VALUES('main','018bcfe5-6800-7000-8000-000600000000',2,'2026-03-02T09:21:00.000Z','2026-03-02T09:28:00.000Z','{}','018bcfe5-6800-7000-8000-000300000000','web-form',NULL,'converted',NULL,'2026-03-02T09:21:00.000Z',NULL,'2026-03-02T09:28:00.000Z',NULL,'018bcfe5-6800-7000-8000-000800000000',NULL);
CREATE TABLE crm_opportunity (
	tenant TEXT NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	created_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	attributes TEXT NOT NULL, 
	title TEXT NOT NULL, 
	title_folded TEXT NOT NULL, 
	account TEXT, 
	contact TEXT, 
	owner TEXT, 
	product TEXT, 
	lead TEXT, 
	pipeline TEXT NOT NULL, 
	stage TEXT NOT NULL, 
	status TEXT NOT NULL, 
	amount INTEGER, 
	amount_currency TEXT, 
	probability INTEGER NOT NULL, 
	expected_close_on TEXT, 
	engaged_on TEXT, 
	closed_on TEXT, 
	closed_at TEXT, 
	lost_reason TEXT, 
	lost_note TEXT, 
	external_id TEXT, 
	CONSTRAINT pk_crm_opportunity PRIMARY KEY (tenant, id), 
	CONSTRAINT fk_crm_opportunity_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_crm_opportunity_tenant_contact FOREIGN KEY(tenant, contact) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_crm_opportunity_tenant_owner FOREIGN KEY(tenant, owner) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_crm_opportunity_tenant_product FOREIGN KEY(tenant, product) REFERENCES crm_product (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_crm_opportunity_tenant_lead FOREIGN KEY(tenant, lead) REFERENCES crm_lead (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT ck_crm_opportunity_status CHECK (status IN ('open', 'won', 'lost')), 
	CONSTRAINT ck_crm_opportunity_lost_reason CHECK (lost_reason IN ('price', 'competitor', 'no_budget', 'no_decision', 'timing', 'product', 'other', 'not_recorded')), 
	CONSTRAINT uq_crm_opportunity_tenant_external_id UNIQUE (tenant, external_id)
)
 STRICT

;
INSERT INTO "crm_opportunity" VALUES('main','018bcfe5-6800-7000-8000-000800000000',2,'2026-03-02T09:28:00.000Z','2026-03-02T09:42:00.000Z','{}','Pumps','pumps','018bcfe5-6800-7000-8000-000100000000','018bcfe5-6800-7000-8000-000300000000',NULL,NULL,'018bcfe5-6800-7000-8000-000600000000','sales','prospecting','won',999900,'EUR',1000000,NULL,'2026-03-02','2026-03-02','2026-03-02T09:42:00.000Z',NULL,NULL,NULL);
CREATE TABLE crm_opportunity_stage_log (
	tenant TEXT NOT NULL, 
	owner_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	stage TEXT NOT NULL, 
	since TEXT NOT NULL, 
	from_stage TEXT, 
	"by" TEXT, 
	amount INTEGER, 
	amount_currency TEXT, 
	probability INTEGER NOT NULL, 
	CONSTRAINT pk_crm_opportunity_stage_log PRIMARY KEY (tenant, owner_id, position), 
	CONSTRAINT fk_crm_opportunity_stage_log_tenant_by FOREIGN KEY(tenant, "by") REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_crm_opportunity_stage_log_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_opportunity (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
)
 STRICT

;
INSERT INTO "crm_opportunity_stage_log" VALUES('main','018bcfe5-6800-7000-8000-000800000000',0,'prospecting','2026-03-02T09:28:00.000Z',NULL,NULL,125000000,'EUR',100000);
CREATE TABLE crm_order (
	tenant TEXT NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	created_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	attributes TEXT NOT NULL, 
	quote TEXT, 
	opportunity TEXT, 
	account TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	totals_net INTEGER NOT NULL, 
	totals_net_currency TEXT NOT NULL, 
	totals_vat INTEGER NOT NULL, 
	totals_vat_currency TEXT NOT NULL, 
	totals_gross INTEGER NOT NULL, 
	totals_gross_currency TEXT NOT NULL, 
	totals_rounding INTEGER NOT NULL, 
	totals_rounding_currency TEXT NOT NULL, 
	totals_payable INTEGER NOT NULL, 
	totals_payable_currency TEXT NOT NULL, 
	status TEXT NOT NULL, 
	placed_at TEXT NOT NULL, 
	instalments INTEGER, 
	instalments_billed INTEGER NOT NULL, 
	invoiced INTEGER NOT NULL, 
	invoiced_currency TEXT NOT NULL, 
	CONSTRAINT pk_crm_order PRIMARY KEY (tenant, id), 
	CONSTRAINT fk_crm_order_tenant_quote FOREIGN KEY(tenant, quote) REFERENCES crm_quote (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_crm_order_tenant_opportunity FOREIGN KEY(tenant, opportunity) REFERENCES crm_opportunity (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_crm_order_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT ck_crm_order_status CHECK (status IN ('open', 'billed', 'cancelled')), 
	CONSTRAINT uq_crm_order_tenant_quote UNIQUE (tenant, quote)
)
 STRICT

;
INSERT INTO "crm_order" VALUES('main','018bcfe5-6800-7000-8000-001100000000',2,'2026-03-02T09:42:00.000Z','2026-03-02T09:49:00.000Z','{}','018bcfe5-6800-7000-8000-000d00000000','018bcfe5-6800-7000-8000-000800000000','018bcfe5-6800-7000-8000-000100000000','EUR',999900,'EUR',190000,'EUR',1189900,'EUR',0,'EUR',1189900,'EUR','open','2026-03-02T09:42:00.000Z',3,1,396600,'EUR');
CREATE TABLE crm_order_lines (
	tenant TEXT NOT NULL, 
	owner_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	product TEXT, 
	description TEXT NOT NULL, 
	quantity INTEGER NOT NULL, 
	unit TEXT NOT NULL, 
	unit_price INTEGER NOT NULL, 
	unit_price_currency TEXT NOT NULL, 
	discount INTEGER NOT NULL, 
	vat_category TEXT NOT NULL, 
	vat_rate INTEGER NOT NULL, 
	net INTEGER NOT NULL, 
	net_currency TEXT NOT NULL, 
	invoiced_quantity INTEGER NOT NULL, 
	invoiced_net INTEGER NOT NULL, 
	invoiced_net_currency TEXT NOT NULL, 
	CONSTRAINT pk_crm_order_lines PRIMARY KEY (tenant, owner_id, position), 
	CONSTRAINT fk_crm_order_lines_tenant_product FOREIGN KEY(tenant, product) REFERENCES crm_product (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT ck_crm_order_lines_vat_category CHECK (vat_category IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O')), 
	CONSTRAINT fk_crm_order_lines_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_order (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
)
 STRICT

;
INSERT INTO "crm_order_lines" VALUES('main','018bcfe5-6800-7000-8000-001100000000',0,'018bcfe5-6800-7000-8000-001000000000',NULL,'Pump',30000,'C62',333300,'EUR',0,'S',190000,999900,'EUR',10000,333300,'EUR');
CREATE TABLE crm_payment (
	tenant TEXT NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	created_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	attributes TEXT NOT NULL, 
	account TEXT NOT NULL, 
	amount INTEGER NOT NULL, 
	amount_currency TEXT NOT NULL, 
	received_on TEXT NOT NULL, 
	reference TEXT, 
	CONSTRAINT pk_crm_payment PRIMARY KEY (tenant, id), 
	CONSTRAINT fk_crm_payment_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED
)
 STRICT

;
INSERT INTO "crm_payment" VALUES('main','018bcfe5-6800-7000-8000-001d00000000',1,'2026-03-02T10:03:00.000Z','2026-03-02T10:03:00.000Z','{}','018bcfe5-6800-7000-8000-000100000000',396600,'EUR','2026-03-02',NULL);
CREATE TABLE crm_payment_allocations (
	tenant TEXT NOT NULL, 
	owner_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	invoice TEXT NOT NULL, 
	amount INTEGER NOT NULL, 
	amount_currency TEXT NOT NULL, 
	CONSTRAINT pk_crm_payment_allocations PRIMARY KEY (tenant, owner_id, position), 
	CONSTRAINT fk_crm_payment_allocations_tenant_invoice FOREIGN KEY(tenant, invoice) REFERENCES crm_invoice (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_crm_payment_allocations_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_payment (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
)
 STRICT

;
INSERT INTO "crm_payment_allocations" VALUES('main','018bcfe5-6800-7000-8000-001d00000000',0,'018bcfe5-6800-7000-8000-001700000000',396600,'EUR');
CREATE TABLE crm_product (
	tenant TEXT NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	created_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	attributes TEXT NOT NULL, 
	sku TEXT NOT NULL, 
	name TEXT NOT NULL, 
	name_folded TEXT NOT NULL, 
	series TEXT, 
	unit TEXT NOT NULL, 
	vat_category TEXT NOT NULL, 
	vat_rate INTEGER NOT NULL, 
	list_price INTEGER, 
	list_price_currency TEXT, 
	status TEXT NOT NULL, 
	external_id TEXT, 
	CONSTRAINT pk_crm_product PRIMARY KEY (tenant, id), 
	CONSTRAINT ck_crm_product_vat_category CHECK (vat_category IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O')), 
	CONSTRAINT ck_crm_product_status CHECK (status IN ('active', 'discontinued')), 
	CONSTRAINT uq_crm_product_tenant_sku UNIQUE (tenant, sku), 
	CONSTRAINT uq_crm_product_tenant_external_id UNIQUE (tenant, external_id)
)
 STRICT

;
CREATE TABLE crm_product_prices (
	tenant TEXT NOT NULL, 
	owner_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	amount INTEGER NOT NULL, 
	amount_currency TEXT NOT NULL, 
	valid_from TEXT NOT NULL, 
	valid_until TEXT, 
	CONSTRAINT pk_crm_product_prices PRIMARY KEY (tenant, owner_id, position), 
	CONSTRAINT fk_crm_product_prices_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_product (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
)
 STRICT

;
CREATE TABLE crm_quote (
	tenant TEXT NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	created_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	attributes TEXT NOT NULL, 
	opportunity TEXT, 
	account TEXT NOT NULL, 
	contact TEXT, 
	currency TEXT NOT NULL, 
	totals_net INTEGER NOT NULL, 
	totals_net_currency TEXT NOT NULL, 
	totals_vat INTEGER NOT NULL, 
	totals_vat_currency TEXT NOT NULL, 
	totals_gross INTEGER NOT NULL, 
	totals_gross_currency TEXT NOT NULL, 
	totals_rounding INTEGER NOT NULL, 
	totals_rounding_currency TEXT NOT NULL, 
	totals_payable INTEGER NOT NULL, 
	totals_payable_currency TEXT NOT NULL, 
	valid_until TEXT NOT NULL, 
	status TEXT NOT NULL, 
	sent_at TEXT, 
	decided_at TEXT, 
	rejected_reason TEXT, 
	CONSTRAINT pk_crm_quote PRIMARY KEY (tenant, id), 
	CONSTRAINT fk_crm_quote_tenant_opportunity FOREIGN KEY(tenant, opportunity) REFERENCES crm_opportunity (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_crm_quote_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_crm_quote_tenant_contact FOREIGN KEY(tenant, contact) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT ck_crm_quote_status CHECK (status IN ('draft', 'sent', 'accepted', 'rejected'))
)
 STRICT

;
INSERT INTO "crm_quote" VALUES('main','018bcfe5-6800-7000-8000-000d00000000',2,'2026-03-02T09:35:00.000Z','2026-03-02T09:42:00.000Z','{}','018bcfe5-6800-7000-8000-000800000000','018bcfe5-6800-7000-8000-000100000000','018bcfe5-6800-7000-8000-000300000000','EUR',999900,'EUR',190000,'EUR',1189900,'EUR',0,'EUR',1189900,'EUR','2999-01-01','accepted',NULL,'2026-03-02T09:42:00.000Z',NULL);
CREATE TABLE crm_quote_lines (
	tenant TEXT NOT NULL, 
	owner_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	product TEXT, 
	description TEXT NOT NULL, 
	quantity INTEGER NOT NULL, 
	unit TEXT NOT NULL, 
	unit_price INTEGER NOT NULL, 
	unit_price_currency TEXT NOT NULL, 
	discount INTEGER NOT NULL, 
	vat_category TEXT NOT NULL, 
	vat_rate INTEGER NOT NULL, 
	net INTEGER NOT NULL, 
	net_currency TEXT NOT NULL, 
	CONSTRAINT pk_crm_quote_lines PRIMARY KEY (tenant, owner_id, position), 
	CONSTRAINT fk_crm_quote_lines_tenant_product FOREIGN KEY(tenant, product) REFERENCES crm_product (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT ck_crm_quote_lines_vat_category CHECK (vat_category IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O')), 
	CONSTRAINT fk_crm_quote_lines_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_quote (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
)
 STRICT

;
INSERT INTO "crm_quote_lines" VALUES('main','018bcfe5-6800-7000-8000-000d00000000',0,'018bcfe5-6800-7000-8000-000e00000000',NULL,'Pump',30000,'C62',333300,'EUR',0,'S',190000,999900,'EUR');
CREATE TABLE crm_team (
	tenant TEXT NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	created_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	attributes TEXT NOT NULL, 
	name TEXT NOT NULL, 
	name_folded TEXT NOT NULL, 
	region TEXT, 
	manager TEXT, 
	status TEXT NOT NULL, 
	external_id TEXT, 
	CONSTRAINT pk_crm_team PRIMARY KEY (tenant, id), 
	CONSTRAINT fk_crm_team_tenant_manager FOREIGN KEY(tenant, manager) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT ck_crm_team_status CHECK (status IN ('active', 'dissolved')), 
	CONSTRAINT uq_crm_team_tenant_external_id UNIQUE (tenant, external_id)
)
 STRICT

;
CREATE TABLE crm_ticket (
	tenant TEXT NOT NULL, 
	id TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	created_at TEXT NOT NULL, 
	updated_at TEXT NOT NULL, 
	attributes TEXT NOT NULL, 
	requester TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	subject_folded TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	priority TEXT NOT NULL, 
	status TEXT NOT NULL, 
	assignee TEXT, 
	opened_at TEXT NOT NULL, 
	first_responded_at TEXT, 
	resolved_at TEXT, 
	reopened INTEGER NOT NULL, 
	external_id TEXT, 
	CONSTRAINT pk_crm_ticket PRIMARY KEY (tenant, id), 
	CONSTRAINT fk_crm_ticket_tenant_requester FOREIGN KEY(tenant, requester) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT ck_crm_ticket_channel CHECK (channel IN ('email', 'phone', 'web', 'chat', 'portal')), 
	CONSTRAINT ck_crm_ticket_priority CHECK (priority IN ('low', 'normal', 'high', 'urgent')), 
	CONSTRAINT ck_crm_ticket_status CHECK (status IN ('new', 'open', 'resolved')), 
	CONSTRAINT fk_crm_ticket_tenant_assignee FOREIGN KEY(tenant, assignee) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT uq_crm_ticket_tenant_external_id UNIQUE (tenant, external_id)
)
 STRICT

;
INSERT INTO "crm_ticket" VALUES('main','018bcfe5-6800-7000-8000-002100000000',1,'2026-03-02T10:10:00.000Z','2026-03-02T10:10:00.000Z','{}','018bcfe5-6800-7000-8000-000300000000','Delivery date?','delivery date?','email','normal','new',NULL,'2026-03-02T10:10:00.000Z',NULL,NULL,0,NULL);
CREATE TABLE crm_ticket_messages (
	tenant TEXT NOT NULL, 
	owner_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	author TEXT, 
	body TEXT NOT NULL, 
	CONSTRAINT pk_crm_ticket_messages PRIMARY KEY (tenant, owner_id, position), 
	CONSTRAINT ck_crm_ticket_messages_kind CHECK (kind IN ('request', 'reply', 'automatic', 'note')), 
	CONSTRAINT fk_crm_ticket_messages_tenant_author FOREIGN KEY(tenant, author) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT fk_crm_ticket_messages_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_ticket (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
)
 STRICT

;
CREATE INDEX ix_crm_team_tenant_manager ON crm_team (tenant, manager);
CREATE INDEX ix_crm_contact_tenant_employer ON crm_contact (tenant, employer);
CREATE INDEX ix_crm_contact_tenant_parent ON crm_contact (tenant, parent);
CREATE INDEX ix_crm_contact_tenant_team ON crm_contact (tenant, team);
CREATE INDEX ix_crm_contact_memberships_tenant_team ON crm_contact_memberships (tenant, team);
CREATE INDEX ix_crm_opportunity_tenant_account ON crm_opportunity (tenant, account);
CREATE INDEX ix_crm_opportunity_tenant_contact ON crm_opportunity (tenant, contact);
CREATE INDEX ix_crm_opportunity_tenant_lead ON crm_opportunity (tenant, lead);
CREATE INDEX ix_crm_opportunity_tenant_owner ON crm_opportunity (tenant, owner);
CREATE INDEX ix_crm_opportunity_tenant_product ON crm_opportunity (tenant, product);
CREATE INDEX ix_crm_opportunity_stage_log_tenant_by ON crm_opportunity_stage_log (tenant, "by");
CREATE INDEX ix_crm_lead_tenant_contact ON crm_lead (tenant, contact);
CREATE INDEX ix_crm_lead_tenant_opportunity ON crm_lead (tenant, opportunity);
CREATE INDEX ix_crm_lead_tenant_owner ON crm_lead (tenant, owner);
CREATE INDEX ix_crm_quote_tenant_account ON crm_quote (tenant, account);
CREATE INDEX ix_crm_quote_tenant_contact ON crm_quote (tenant, contact);
CREATE INDEX ix_crm_quote_tenant_opportunity ON crm_quote (tenant, opportunity);
CREATE INDEX ix_crm_quote_lines_tenant_product ON crm_quote_lines (tenant, product);
CREATE INDEX ix_crm_order_tenant_account ON crm_order (tenant, account);
CREATE INDEX ix_crm_order_tenant_opportunity ON crm_order (tenant, opportunity);
CREATE INDEX ix_crm_order_lines_tenant_product ON crm_order_lines (tenant, product);
CREATE INDEX ix_crm_invoice_tenant_account ON crm_invoice (tenant, account);
CREATE INDEX ix_crm_invoice_tenant_order ON crm_invoice (tenant, "order");
CREATE INDEX ix_crm_invoice_lines_tenant_product ON crm_invoice_lines (tenant, product);
CREATE INDEX ix_crm_payment_tenant_account ON crm_payment (tenant, account);
CREATE INDEX ix_crm_payment_allocations_tenant_invoice ON crm_payment_allocations (tenant, invoice);
CREATE INDEX ix_crm_ticket_tenant_assignee ON crm_ticket (tenant, assignee);
CREATE INDEX ix_crm_ticket_tenant_requester ON crm_ticket (tenant, requester);
CREATE INDEX ix_crm_ticket_messages_tenant_author ON crm_ticket_messages (tenant, author);
CREATE INDEX ix_crm__event_tenant_entity_entity_id_revision_position ON crm__event (tenant, entity, entity_id, revision, position);
COMMIT;