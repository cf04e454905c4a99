BEGIN TRANSACTION;
CREATE TABLE crm__event (
	tenant TEXT NOT NULL,
	id TEXT NOT NULL,
	entity TEXT NOT NULL,
	entity_id TEXT NOT NULL,
	revision INTEGER NOT NULL,
	position INTEGER NOT NULL,
	type TEXT NOT NULL,
	version INTEGER NOT NULL,
	at TEXT NOT NULL,
	recorded_at TEXT NOT NULL,
	payload TEXT NOT NULL,
	delivery TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	claimed_until TEXT,
	reason TEXT,
	CONSTRAINT pk_crm__event PRIMARY KEY (tenant, id),
	CONSTRAINT ck_crm__event_delivery CHECK (delivery IN ('waiting', 'done', 'parked'))
)
 STRICT

;
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-000200000000','contact','018bcfe5-6800-7000-8000-000100000000',1,0,'OrganizationAdded',1,'2026-03-02T09:07:00.000Z','2026-03-02T09:14:00.000Z','{"at":"2026-03-02T09:07:00.000Z","contact":"018bcfe5-6800-7000-8000-000100000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-000400000000','contact','018bcfe5-6800-7000-8000-000300000000',1,0,'PersonAdded',1,'2026-03-02T09:28:00.000Z','2026-03-02T09:35:00.000Z','{"at":"2026-03-02T09:28:00.000Z","contact":"018bcfe5-6800-7000-8000-000300000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-000600000000','product','018bcfe5-6800-7000-8000-000500000000',1,0,'ProductAdded',1,'2026-03-02T09:42:00.000Z','2026-03-02T09:49:00.000Z','{"at":"2026-03-02T09:42:00.000Z","product":"018bcfe5-6800-7000-8000-000500000000","sku":"P-1"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-000800000000','product','018bcfe5-6800-7000-8000-000700000000',1,0,'ProductAdded',1,'2026-03-02T09:56:00.000Z','2026-03-02T10:03:00.000Z','{"at":"2026-03-02T09:56:00.000Z","product":"018bcfe5-6800-7000-8000-000700000000","sku":"H-1"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-000a00000000','contact','018bcfe5-6800-7000-8000-000100000000',2,0,'RoleBegun',1,'2026-03-02T10:10:00.000Z','2026-03-02T10:24:00.000Z','{"at":"2026-03-02T10:10:00.000Z","contact":"018bcfe5-6800-7000-8000-000100000000","kind":"prospect","receivable":null}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-000b00000000','opportunity','018bcfe5-6800-7000-8000-000900000000',1,0,'OpportunityOpened',1,'2026-03-02T10:10:00.000Z','2026-03-02T10:31:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","amount":null,"at":"2026-03-02T10:10:00.000Z","lead":null,"opportunity":"018bcfe5-6800-7000-8000-000900000000","owner":null,"pipeline":"sales","stage":"prospecting"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-000f00000000','quote','018bcfe5-6800-7000-8000-000c00000000',1,0,'QuoteDrafted',1,'2026-03-02T10:38:00.000Z','2026-03-02T10:59:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T10:38:00.000Z","gross":{"amount":"2415.66","currency":"EUR"},"net":{"amount":"2029.97","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-000900000000","quote":"018bcfe5-6800-7000-8000-000c00000000","valid_until":"2026-12-31"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001300000000','quote','018bcfe5-6800-7000-8000-000c00000000',2,0,'QuoteAccepted',1,'2026-03-02T11:06:00.000Z','2026-03-02T11:34:00.000Z','{"at":"2026-03-02T11:06:00.000Z","net":{"amount":"2029.97","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-000900000000","quote":"018bcfe5-6800-7000-8000-000c00000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001400000000','order','018bcfe5-6800-7000-8000-001200000000',1,0,'OrderPlaced',1,'2026-03-02T11:06:00.000Z','2026-03-02T11:41:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T11:06:00.000Z","gross":{"amount":"2415.66","currency":"EUR"},"net":{"amount":"2029.97","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-000900000000","order":"018bcfe5-6800-7000-8000-001200000000","quote":"018bcfe5-6800-7000-8000-000c00000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001500000000','opportunity','018bcfe5-6800-7000-8000-000900000000',2,0,'OpportunityWon',1,'2026-03-02T11:06:00.000Z','2026-03-02T11:48:00.000Z','{"amount":{"amount":"2029.97","currency":"EUR"},"at":"2026-03-02T11:06:00.000Z","closed_on":"2026-03-02","opportunity":"018bcfe5-6800-7000-8000-000900000000","stage":"prospecting"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001600000000','contact','018bcfe5-6800-7000-8000-000100000000',3,0,'RoleMoved',1,'2026-03-02T11:06:00.000Z','2026-03-02T11:55:00.000Z','{"action":"convert","after":"converted","at":"2026-03-02T11:06:00.000Z","before":"active","contact":"018bcfe5-6800-7000-8000-000100000000","kind":"prospect","receivable":null}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001700000000','contact','018bcfe5-6800-7000-8000-000100000000',3,1,'RoleBegun',1,'2026-03-02T11:06:00.000Z','2026-03-02T12:02:00.000Z','{"at":"2026-03-02T11:06:00.000Z","contact":"018bcfe5-6800-7000-8000-000100000000","kind":"customer","receivable":null}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001b00000000','order','018bcfe5-6800-7000-8000-001200000000',2,0,'OrderBilled',1,'2026-03-02T12:16:00.000Z','2026-03-02T12:23:00.000Z','{"at":"2026-03-02T12:16:00.000Z","complete":false,"invoice":"018bcfe5-6800-7000-8000-001800000000","order":"018bcfe5-6800-7000-8000-001200000000","payable":{"amount":"1207.84","currency":"EUR"}}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001c00000000','invoice','018bcfe5-6800-7000-8000-001800000000',1,0,'InvoiceDrafted',1,'2026-03-02T12:16:00.000Z','2026-03-02T12:30:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T12:16:00.000Z","invoice":"018bcfe5-6800-7000-8000-001800000000","order":"018bcfe5-6800-7000-8000-001200000000","payable":{"amount":"1207.84","currency":"EUR"}}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001d00000000','contact','018bcfe5-6800-7000-8000-000100000000',4,0,'RoleBegun',1,'2026-03-02T12:51:00.000Z','2026-03-02T13:05:00.000Z','{"at":"2026-03-02T12:51:00.000Z","contact":"018bcfe5-6800-7000-8000-000100000000","kind":"debtor","receivable":"018bcfe5-6800-7000-8000-001800000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-001e00000000','invoice','018bcfe5-6800-7000-8000-001800000000',2,0,'InvoiceIssued',1,'2026-03-02T12:51:00.000Z','2026-03-02T13:12:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T12:51:00.000Z","due_on":"2026-03-16","invoice":"018bcfe5-6800-7000-8000-001800000000","issued_on":"2026-03-02","net":{"amount":"1014.99","currency":"EUR"},"number":"INV-2026-00001","order":"018bcfe5-6800-7000-8000-001200000000","payable":{"amount":"1207.84","currency":"EUR"},"vat":{"amount":"192.85","currency":"EUR"}}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-002200000000','order','018bcfe5-6800-7000-8000-001200000000',3,0,'OrderBilled',1,'2026-03-02T13:26:00.000Z','2026-03-02T13:33:00.000Z','{"at":"2026-03-02T13:26:00.000Z","complete":true,"invoice":"018bcfe5-6800-7000-8000-001f00000000","order":"018bcfe5-6800-7000-8000-001200000000","payable":{"amount":"1207.82","currency":"EUR"}}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-002300000000','invoice','018bcfe5-6800-7000-8000-001f00000000',1,0,'InvoiceDrafted',1,'2026-03-02T13:26:00.000Z','2026-03-02T13:40:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T13:26:00.000Z","invoice":"018bcfe5-6800-7000-8000-001f00000000","order":"018bcfe5-6800-7000-8000-001200000000","payable":{"amount":"1207.82","currency":"EUR"}}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-002400000000','invoice','018bcfe5-6800-7000-8000-001f00000000',2,0,'InvoiceIssued',1,'2026-03-02T14:01:00.000Z','2026-03-02T14:15:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T14:01:00.000Z","due_on":"2026-03-16","invoice":"018bcfe5-6800-7000-8000-001f00000000","issued_on":"2026-03-02","net":{"amount":"1014.98","currency":"EUR"},"number":"INV-2026-00002","order":"018bcfe5-6800-7000-8000-001200000000","payable":{"amount":"1207.82","currency":"EUR"},"vat":{"amount":"192.85","currency":"EUR"}}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-002600000000','invoice','018bcfe5-6800-7000-8000-001800000000',3,0,'InvoicePaid',1,'2026-03-02T14:22:00.000Z','2026-03-02T14:36:00.000Z','{"amount":{"amount":"1207.84","currency":"EUR"},"at":"2026-03-02T14:22:00.000Z","invoice":"018bcfe5-6800-7000-8000-001800000000","payment":"018bcfe5-6800-7000-8000-002500000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-002700000000','payment','018bcfe5-6800-7000-8000-002500000000',1,0,'PaymentReceived',1,'2026-03-02T14:22:00.000Z','2026-03-02T14:57:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","allocated":{"amount":"1207.84","currency":"EUR"},"amount":{"amount":"1207.84","currency":"EUR"},"at":"2026-03-02T14:22:00.000Z","payment":"018bcfe5-6800-7000-8000-002500000000","received_on":"2026-03-20"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-002900000000','invoice','018bcfe5-6800-7000-8000-001f00000000',3,0,'InvoicePartlyPaid',1,'2026-03-02T15:11:00.000Z','2026-03-02T15:25:00.000Z','{"amount":{"amount":"100","currency":"EUR"},"at":"2026-03-02T15:11:00.000Z","due":{"amount":"1107.82","currency":"EUR"},"invoice":"018bcfe5-6800-7000-8000-001f00000000","payment":"018bcfe5-6800-7000-8000-002800000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-002a00000000','payment','018bcfe5-6800-7000-8000-002800000000',1,0,'PaymentReceived',1,'2026-03-02T15:11:00.000Z','2026-03-02T15:32:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","allocated":{"amount":"100","currency":"EUR"},"amount":{"amount":"100","currency":"EUR"},"at":"2026-03-02T15:11:00.000Z","payment":"018bcfe5-6800-7000-8000-002800000000","received_on":"2026-03-21"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-002c00000000','invoice','018bcfe5-6800-7000-8000-001f00000000',4,0,'InvoicePartlyPaid',1,'2026-03-02T15:39:00.000Z','2026-03-02T15:53:00.000Z','{"amount":{"amount":"50.5","currency":"EUR"},"at":"2026-03-02T15:39:00.000Z","due":{"amount":"1057.32","currency":"EUR"},"invoice":"018bcfe5-6800-7000-8000-001f00000000","payment":"018bcfe5-6800-7000-8000-002b00000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-002d00000000','payment','018bcfe5-6800-7000-8000-002b00000000',1,0,'PaymentReceived',1,'2026-03-02T15:39:00.000Z','2026-03-02T16:00:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","allocated":{"amount":"50.5","currency":"EUR"},"amount":{"amount":"50.5","currency":"EUR"},"at":"2026-03-02T15:39:00.000Z","payment":"018bcfe5-6800-7000-8000-002b00000000","received_on":"2026-03-22"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-002f00000000','opportunity','018bcfe5-6800-7000-8000-002e00000000',1,0,'OpportunityOpened',1,'2026-03-02T16:07:00.000Z','2026-03-02T16:21:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","amount":null,"at":"2026-03-02T16:07:00.000Z","lead":null,"opportunity":"018bcfe5-6800-7000-8000-002e00000000","owner":null,"pipeline":"sales","stage":"prospecting"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-003200000000','quote','018bcfe5-6800-7000-8000-003000000000',1,0,'QuoteDrafted',1,'2026-03-02T16:28:00.000Z','2026-03-02T16:49:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T16:28:00.000Z","gross":{"amount":"23800","currency":"EUR"},"net":{"amount":"20000","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-002e00000000","quote":"018bcfe5-6800-7000-8000-003000000000","valid_until":"2026-12-31"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-003500000000','quote','018bcfe5-6800-7000-8000-003000000000',2,0,'QuoteAccepted',1,'2026-03-02T16:56:00.000Z','2026-03-02T17:24:00.000Z','{"at":"2026-03-02T16:56:00.000Z","net":{"amount":"20000","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-002e00000000","quote":"018bcfe5-6800-7000-8000-003000000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-003600000000','order','018bcfe5-6800-7000-8000-003400000000',1,0,'OrderPlaced',1,'2026-03-02T16:56:00.000Z','2026-03-02T17:31:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T16:56:00.000Z","gross":{"amount":"23800","currency":"EUR"},"net":{"amount":"20000","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-002e00000000","order":"018bcfe5-6800-7000-8000-003400000000","quote":"018bcfe5-6800-7000-8000-003000000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-003700000000','opportunity','018bcfe5-6800-7000-8000-002e00000000',2,0,'OpportunityWon',1,'2026-03-02T16:56:00.000Z','2026-03-02T17:38:00.000Z','{"amount":{"amount":"20000","currency":"EUR"},"at":"2026-03-02T16:56:00.000Z","closed_on":"2026-03-02","opportunity":"018bcfe5-6800-7000-8000-002e00000000","stage":"prospecting"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-003a00000000','order','018bcfe5-6800-7000-8000-003400000000',2,0,'OrderBilled',1,'2026-03-02T17:52:00.000Z','2026-03-02T17:59:00.000Z','{"at":"2026-03-02T17:52:00.000Z","complete":false,"invoice":"018bcfe5-6800-7000-8000-003800000000","order":"018bcfe5-6800-7000-8000-003400000000","payable":{"amount":"7140","currency":"EUR"}}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-003b00000000','invoice','018bcfe5-6800-7000-8000-003800000000',1,0,'InvoiceDrafted',1,'2026-03-02T17:52:00.000Z','2026-03-02T18:06:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T17:52:00.000Z","invoice":"018bcfe5-6800-7000-8000-003800000000","order":"018bcfe5-6800-7000-8000-003400000000","payable":{"amount":"7140","currency":"EUR"}}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-003c00000000','invoice','018bcfe5-6800-7000-8000-003800000000',2,0,'InvoiceIssued',1,'2026-03-02T18:27:00.000Z','2026-03-02T18:41:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T18:27:00.000Z","due_on":"2026-03-16","invoice":"018bcfe5-6800-7000-8000-003800000000","issued_on":"2026-03-02","net":{"amount":"6000","currency":"EUR"},"number":"INV-2026-00003","order":"018bcfe5-6800-7000-8000-003400000000","payable":{"amount":"7140","currency":"EUR"},"vat":{"amount":"1140","currency":"EUR"}}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-003f00000000','order','018bcfe5-6800-7000-8000-003400000000',3,0,'OrderBilled',1,'2026-03-02T18:55:00.000Z','2026-03-02T19:02:00.000Z','{"at":"2026-03-02T18:55:00.000Z","complete":false,"invoice":"018bcfe5-6800-7000-8000-003d00000000","order":"018bcfe5-6800-7000-8000-003400000000","payable":{"amount":"2380","currency":"EUR"}}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-004000000000','invoice','018bcfe5-6800-7000-8000-003d00000000',1,0,'InvoiceDrafted',1,'2026-03-02T18:55:00.000Z','2026-03-02T19:09:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T18:55:00.000Z","invoice":"018bcfe5-6800-7000-8000-003d00000000","order":"018bcfe5-6800-7000-8000-003400000000","payable":{"amount":"2380","currency":"EUR"}}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-004300000000','order','018bcfe5-6800-7000-8000-003400000000',4,0,'OrderBilled',1,'2026-03-02T19:23:00.000Z','2026-03-02T19:30:00.000Z','{"at":"2026-03-02T19:23:00.000Z","complete":false,"invoice":"018bcfe5-6800-7000-8000-004100000000","order":"018bcfe5-6800-7000-8000-003400000000","payable":{"amount":"1190","currency":"EUR"}}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-004400000000','invoice','018bcfe5-6800-7000-8000-004100000000',1,0,'InvoiceDrafted',1,'2026-03-02T19:23:00.000Z','2026-03-02T19:37:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T19:23:00.000Z","invoice":"018bcfe5-6800-7000-8000-004100000000","order":"018bcfe5-6800-7000-8000-003400000000","payable":{"amount":"1190","currency":"EUR"}}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-004500000000','order','018bcfe5-6800-7000-8000-003400000000',5,0,'OrderBillingReversed',1,'2026-03-02T19:58:00.000Z','2026-03-02T20:05:00.000Z','{"at":"2026-03-02T19:58:00.000Z","invoice":"018bcfe5-6800-7000-8000-004100000000","order":"018bcfe5-6800-7000-8000-003400000000","payable":{"amount":"1190","currency":"EUR"}}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-004600000000','invoice','018bcfe5-6800-7000-8000-004100000000',2,0,'InvoiceWithdrawn',1,'2026-03-02T19:58:00.000Z','2026-03-02T20:12:00.000Z','{"at":"2026-03-02T19:58:00.000Z","invoice":"018bcfe5-6800-7000-8000-004100000000","order":"018bcfe5-6800-7000-8000-003400000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-004800000000','opportunity','018bcfe5-6800-7000-8000-004700000000',1,0,'OpportunityOpened',1,'2026-03-02T20:19:00.000Z','2026-03-02T20:33:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","amount":null,"at":"2026-03-02T20:19:00.000Z","lead":null,"opportunity":"018bcfe5-6800-7000-8000-004700000000","owner":null,"pipeline":"sales","stage":"prospecting"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-004b00000000','quote','018bcfe5-6800-7000-8000-004900000000',1,0,'QuoteDrafted',1,'2026-03-02T20:40:00.000Z','2026-03-02T21:01:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T20:40:00.000Z","gross":{"amount":"74.9","currency":"EUR"},"net":{"amount":"62.94","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-004700000000","quote":"018bcfe5-6800-7000-8000-004900000000","valid_until":"2026-12-31"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-004e00000000','quote','018bcfe5-6800-7000-8000-004900000000',2,0,'QuoteAccepted',1,'2026-03-02T21:08:00.000Z','2026-03-02T21:36:00.000Z','{"at":"2026-03-02T21:08:00.000Z","net":{"amount":"62.94","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-004700000000","quote":"018bcfe5-6800-7000-8000-004900000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-004f00000000','order','018bcfe5-6800-7000-8000-004d00000000',1,0,'OrderPlaced',1,'2026-03-02T21:08:00.000Z','2026-03-02T21:43:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T21:08:00.000Z","gross":{"amount":"74.9","currency":"EUR"},"net":{"amount":"62.94","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-004700000000","order":"018bcfe5-6800-7000-8000-004d00000000","quote":"018bcfe5-6800-7000-8000-004900000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-005000000000','opportunity','018bcfe5-6800-7000-8000-004700000000',2,0,'OpportunityWon',1,'2026-03-02T21:08:00.000Z','2026-03-02T21:50:00.000Z','{"amount":{"amount":"62.94","currency":"EUR"},"at":"2026-03-02T21:08:00.000Z","closed_on":"2026-03-02","opportunity":"018bcfe5-6800-7000-8000-004700000000","stage":"prospecting"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-005200000000','opportunity','018bcfe5-6800-7000-8000-005100000000',1,0,'OpportunityOpened',1,'2026-03-02T21:57:00.000Z','2026-03-02T22:11:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","amount":null,"at":"2026-03-02T21:57:00.000Z","lead":null,"opportunity":"018bcfe5-6800-7000-8000-005100000000","owner":null,"pipeline":"sales","stage":"prospecting"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-005500000000','quote','018bcfe5-6800-7000-8000-005300000000',1,0,'QuoteDrafted',1,'2026-03-02T22:18:00.000Z','2026-03-02T22:39:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T22:18:00.000Z","gross":{"amount":"11.89","currency":"EUR"},"net":{"amount":"9.99","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-005100000000","quote":"018bcfe5-6800-7000-8000-005300000000","valid_until":"2026-12-31"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-005800000000','quote','018bcfe5-6800-7000-8000-005300000000',2,0,'QuoteAccepted',1,'2026-03-02T22:46:00.000Z','2026-03-02T23:14:00.000Z','{"at":"2026-03-02T22:46:00.000Z","net":{"amount":"9.99","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-005100000000","quote":"018bcfe5-6800-7000-8000-005300000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-005900000000','order','018bcfe5-6800-7000-8000-005700000000',1,0,'OrderPlaced',1,'2026-03-02T22:46:00.000Z','2026-03-02T23:21:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-02T22:46:00.000Z","gross":{"amount":"11.89","currency":"EUR"},"net":{"amount":"9.99","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-005100000000","order":"018bcfe5-6800-7000-8000-005700000000","quote":"018bcfe5-6800-7000-8000-005300000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-005a00000000','opportunity','018bcfe5-6800-7000-8000-005100000000',2,0,'OpportunityWon',1,'2026-03-02T22:46:00.000Z','2026-03-02T23:28:00.000Z','{"amount":{"amount":"9.99","currency":"EUR"},"at":"2026-03-02T22:46:00.000Z","closed_on":"2026-03-02","opportunity":"018bcfe5-6800-7000-8000-005100000000","stage":"prospecting"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-005b00000000','order','018bcfe5-6800-7000-8000-005700000000',2,0,'OrderCancelled',1,'2026-03-02T23:42:00.000Z','2026-03-02T23:49:00.000Z','{"at":"2026-03-02T23:42:00.000Z","order":"018bcfe5-6800-7000-8000-005700000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-005d00000000','opportunity','018bcfe5-6800-7000-8000-005c00000000',1,0,'OpportunityOpened',1,'2026-03-02T23:56:00.000Z','2026-03-03T00:10:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","amount":null,"at":"2026-03-02T23:56:00.000Z","lead":null,"opportunity":"018bcfe5-6800-7000-8000-005c00000000","owner":null,"pipeline":"sales","stage":"prospecting"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-006000000000','quote','018bcfe5-6800-7000-8000-005e00000000',1,0,'QuoteDrafted',1,'2026-03-03T00:17:00.000Z','2026-03-03T00:38:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-03T00:17:00.000Z","gross":{"amount":"190.4","currency":"EUR"},"net":{"amount":"160","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-005c00000000","quote":"018bcfe5-6800-7000-8000-005e00000000","valid_until":"2026-12-31"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-006100000000','quote','018bcfe5-6800-7000-8000-005e00000000',2,0,'QuoteSent',1,'2026-03-03T00:52:00.000Z','2026-03-03T00:59:00.000Z','{"at":"2026-03-03T00:52:00.000Z","opportunity":"018bcfe5-6800-7000-8000-005c00000000","quote":"018bcfe5-6800-7000-8000-005e00000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-006400000000','quote','018bcfe5-6800-7000-8000-006200000000',1,0,'QuoteDrafted',1,'2026-03-03T01:06:00.000Z','2026-03-03T01:27:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-03T01:06:00.000Z","gross":{"amount":"285.6","currency":"EUR"},"net":{"amount":"240","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-005c00000000","quote":"018bcfe5-6800-7000-8000-006200000000","valid_until":"2026-12-31"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-006700000000','quote','018bcfe5-6800-7000-8000-006500000000',1,0,'QuoteDrafted',1,'2026-03-03T01:34:00.000Z','2026-03-03T01:55:00.000Z','{"account":"018bcfe5-6800-7000-8000-000100000000","at":"2026-03-03T01:34:00.000Z","gross":{"amount":"380.8","currency":"EUR"},"net":{"amount":"320","currency":"EUR"},"opportunity":"018bcfe5-6800-7000-8000-005c00000000","quote":"018bcfe5-6800-7000-8000-006500000000","valid_until":"2026-12-31"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-006800000000','quote','018bcfe5-6800-7000-8000-006500000000',2,0,'QuoteSent',1,'2026-03-03T02:09:00.000Z','2026-03-03T02:16:00.000Z','{"at":"2026-03-03T02:09:00.000Z","opportunity":"018bcfe5-6800-7000-8000-005c00000000","quote":"018bcfe5-6800-7000-8000-006500000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-006900000000','quote','018bcfe5-6800-7000-8000-006500000000',3,0,'QuoteRejected',1,'2026-03-03T02:30:00.000Z','2026-03-03T02:37:00.000Z','{"at":"2026-03-03T02:30:00.000Z","opportunity":"018bcfe5-6800-7000-8000-005c00000000","quote":"018bcfe5-6800-7000-8000-006500000000"}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-006a00000000','contact','018bcfe5-6800-7000-8000-000300000000',2,0,'RoleBegun',1,'2026-03-03T02:44:00.000Z','2026-03-03T02:58:00.000Z','{"at":"2026-03-03T02:44:00.000Z","contact":"018bcfe5-6800-7000-8000-000300000000","kind":"lead","receivable":null}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-006c00000000','lead','018bcfe5-6800-7000-8000-006b00000000',1,0,'LeadCaptured',1,'2026-03-03T02:44:00.000Z','2026-03-03T03:05:00.000Z','{"at":"2026-03-03T02:44:00.000Z","contact":"018bcfe5-6800-7000-8000-000300000000","lead":"018bcfe5-6800-7000-8000-006b00000000","owner":null}','waiting',0,NULL,NULL);
INSERT INTO "crm__event" VALUES('main','018bcfe5-6800-7000-8000-006e00000000','ticket','018bcfe5-6800-7000-8000-006d00000000',1,0,'TicketOpened',1,'2026-03-03T03:12:00.000Z','2026-03-03T03:19:00.000Z','{"at":"2026-03-03T03:12:00.000Z","channel":"email","priority":"normal","requester":"018bcfe5-6800-7000-8000-000300000000","ticket":"018bcfe5-6800-7000-8000-006d00000000"}','waiting',0,NULL,NULL);
CREATE TABLE crm__key (
	tenant TEXT NOT NULL,
	scope TEXT NOT NULL,
	"key" TEXT NOT NULL,
	entity TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	entity_id TEXT NOT NULL,
	at TEXT NOT NULL,
	CONSTRAINT pk_crm__key PRIMARY KEY (tenant, scope, "key")
)
 STRICT

;
INSERT INTO "crm__key" VALUES('main','contacts.add_organization','form-1','contact','32ba91c851e72d295ddf902bb7665c3a8a54448f29cbf0f9be5c3146b89c542c','018bcfe5-6800-7000-8000-000100000000','2026-03-02T09:21:00.000Z');
INSERT INTO "crm__key" VALUES('main','sales.pay','pay-1','payment','82afe2948169a4d2f1777a9acbc8270b8c55c9ab90c96ee80345c359e7301631','018bcfe5-6800-7000-8000-002500000000','2026-03-02T15:04:00.000Z');
CREATE TABLE crm__number (
	tenant TEXT NOT NULL,
	series TEXT NOT NULL,
	period TEXT NOT NULL,
	value INTEGER NOT NULL,
	CONSTRAINT pk_crm__number PRIMARY KEY (tenant, series, period)
)
 STRICT

;
INSERT INTO "crm__number" VALUES('main','invoice','2026',3);
CREATE TABLE crm__schema (
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	CONSTRAINT pk_crm__schema PRIMARY KEY (name)
)
 STRICT

;
INSERT INTO "crm__schema" VALUES('version','2');
INSERT INTO "crm__schema" VALUES('fingerprint','2da8e842bb0916dfc84a2cfad726ff985a4dbc0a1b3591ac89f06d744981a018');
CREATE TABLE crm_consent (
	tenant TEXT NOT NULL,
	id TEXT NOT NULL,
	revision INTEGER NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	attributes TEXT NOT NULL,
	contact TEXT NOT NULL,
	channel TEXT NOT NULL,
	purpose TEXT NOT NULL,
	state TEXT NOT NULL,
	double_opt_in INTEGER NOT NULL,
	requested_at TEXT,
	granted_at TEXT,
	ended_at TEXT,
	withdrawal TEXT,
	said_at TEXT,
	source TEXT NOT NULL,
	reason TEXT,
	evidence TEXT NOT NULL,
	confirmation TEXT,
	note TEXT,
	external_id TEXT,
	guarded INTEGER NOT NULL,
	CONSTRAINT pk_crm_consent PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_consent_tenant_contact FOREIGN KEY(tenant, contact) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT ck_crm_consent_channel CHECK (channel IN ('email', 'phone', 'sms', 'post', 'messenger')),
	CONSTRAINT ck_crm_consent_state CHECK (state IN ('requested', 'given', 'confirmed', 'refused', 'expired', 'withdrawn')),
	CONSTRAINT ck_crm_consent_double_opt_in CHECK (double_opt_in IN (0, 1)),
	CONSTRAINT ck_crm_consent_withdrawal CHECK (withdrawal IN ('unsubscribed', 'bounced', 'complaint', 'manual', 'erased')),
	CONSTRAINT uq_crm_consent_tenant_external_id UNIQUE (tenant, external_id)
)
 STRICT

;
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
	capacity INTEGER,
	daily_quota INTEGER,
	vat_id TEXT,
	sector TEXT,
	founded INTEGER,
	annual_revenue INTEGER,
	annual_revenue_currency TEXT,
	employees INTEGER,
	parent TEXT,
	guarded INTEGER NOT NULL,
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
INSERT INTO "crm_contact" VALUES('main','018bcfe5-6800-7000-8000-000100000000','organization',4,'2026-03-02T09:07:00.000Z','2026-03-02T12:51:00.000Z','{}',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'ACME GmbH','acme gmbh',NULL,NULL,NULL,NULL,NULL,'DE136695976',NULL,NULL,NULL,NULL,NULL,NULL,0);
INSERT INTO "crm_contact" VALUES('main','018bcfe5-6800-7000-8000-000300000000','person',2,'2026-03-02T09:28:00.000Z','2026-03-03T02:44:00.000Z','{}','ada@acme.example','ada@acme.example',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Ada','ada','Example','example','Ada Example','ada example',NULL,'018bcfe5-6800-7000-8000-000100000000',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
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
CREATE TABLE crm_contact_provenance (
	tenant TEXT NOT NULL,
	owner_id TEXT NOT NULL,
	position INTEGER NOT NULL,
	field TEXT NOT NULL,
	source TEXT NOT NULL,
	at TEXT NOT NULL,
	reference TEXT,
	CONSTRAINT pk_crm_contact_provenance PRIMARY KEY (tenant, owner_id, position),
	CONSTRAINT fk_crm_contact_provenance_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_contact (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
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
INSERT INTO "crm_contact_roles" VALUES('main','018bcfe5-6800-7000-8000-000100000000',0,'prospect','converted','2026-03-02T10:10:00.000Z','2026-03-02T11:06:00.000Z',NULL);
INSERT INTO "crm_contact_roles" VALUES('main','018bcfe5-6800-7000-8000-000100000000',1,'customer','active','2026-03-02T11:06:00.000Z',NULL,NULL);
INSERT INTO "crm_contact_roles" VALUES('main','018bcfe5-6800-7000-8000-000100000000',2,'debtor','active','2026-03-02T12:51:00.000Z',NULL,'receivable 018bcfe5-6800-7000-8000-001800000000');
INSERT INTO "crm_contact_roles" VALUES('main','018bcfe5-6800-7000-8000-000300000000',0,'lead','active','2026-03-03T02:44:00.000Z',NULL,NULL);
CREATE TABLE crm_contact_skills (
	tenant TEXT NOT NULL,
	owner_id TEXT NOT NULL,
	position INTEGER NOT NULL,
	name TEXT NOT NULL,
	CONSTRAINT pk_crm_contact_skills PRIMARY KEY (tenant, owner_id, position),
	CONSTRAINT fk_crm_contact_skills_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_contact (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
)
 STRICT

;
CREATE TABLE crm_engagement (
	tenant TEXT NOT NULL,
	id TEXT NOT NULL,
	revision INTEGER NOT NULL,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	attributes TEXT NOT NULL,
	contact TEXT NOT NULL,
	kind TEXT NOT NULL,
	object TEXT,
	occurred_at TEXT NOT NULL,
	lead TEXT,
	source TEXT,
	campaign TEXT,
	external_id TEXT,
	guarded INTEGER NOT NULL,
	CONSTRAINT pk_crm_engagement PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_engagement_tenant_contact FOREIGN KEY(tenant, contact) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_engagement_tenant_lead FOREIGN KEY(tenant, lead) REFERENCES crm_lead (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT uq_crm_engagement_tenant_external_id UNIQUE (tenant, external_id)
)
 STRICT

;
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
	guarded INTEGER NOT NULL,
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
INSERT INTO "crm_invoice" VALUES('main','018bcfe5-6800-7000-8000-001800000000',3,'2026-03-02T12:16:00.000Z','2026-03-02T14:22:00.000Z','{}','018bcfe5-6800-7000-8000-001200000000','018bcfe5-6800-7000-8000-000100000000','EUR',10149900,'EUR',1928500,'EUR',12078400,'EUR',0,'EUR',12078400,'EUR','paid','invoice','2026',1,'INV-2026-00001','2026-03-02','2026-03-16','ACME GmbH',NULL,NULL,NULL,NULL,NULL,NULL,'DE136695976',1,2,12078400,'EUR',0);
INSERT INTO "crm_invoice" VALUES('main','018bcfe5-6800-7000-8000-001f00000000',4,'2026-03-02T13:26:00.000Z','2026-03-02T15:39:00.000Z','{}','018bcfe5-6800-7000-8000-001200000000','018bcfe5-6800-7000-8000-000100000000','EUR',10149800,'EUR',1928500,'EUR',12078300,'EUR',-100,'EUR',12078200,'EUR','issued','invoice','2026',2,'INV-2026-00002','2026-03-02','2026-03-16','ACME GmbH',NULL,NULL,NULL,NULL,NULL,NULL,'DE136695976',NULL,NULL,1505000,'EUR',0);
INSERT INTO "crm_invoice" VALUES('main','018bcfe5-6800-7000-8000-003800000000',2,'2026-03-02T17:52:00.000Z','2026-03-02T18:27:00.000Z','{}','018bcfe5-6800-7000-8000-003400000000','018bcfe5-6800-7000-8000-000100000000','EUR',60000000,'EUR',11400000,'EUR',71400000,'EUR',0,'EUR',71400000,'EUR','issued','invoice','2026',3,'INV-2026-00003','2026-03-02','2026-03-16','ACME GmbH',NULL,NULL,NULL,NULL,NULL,NULL,'DE136695976',NULL,NULL,0,'EUR',0);
INSERT INTO "crm_invoice" VALUES('main','018bcfe5-6800-7000-8000-003d00000000',1,'2026-03-02T18:55:00.000Z','2026-03-02T18:55:00.000Z','{}','018bcfe5-6800-7000-8000-003400000000','018bcfe5-6800-7000-8000-000100000000','EUR',20000000,'EUR',3800000,'EUR',23800000,'EUR',0,'EUR',23800000,'EUR','draft',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'EUR',0);
INSERT INTO "crm_invoice" VALUES('main','018bcfe5-6800-7000-8000-004100000000',2,'2026-03-02T19:23:00.000Z','2026-03-02T19:58:00.000Z','{}','018bcfe5-6800-7000-8000-003400000000','018bcfe5-6800-7000-8000-000100000000','EUR',10000000,'EUR',1900000,'EUR',11900000,'EUR',0,'EUR',11900000,'EUR','withdrawn',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,'EUR',0);
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
INSERT INTO "crm_invoice_lines" VALUES('main','018bcfe5-6800-7000-8000-001800000000',0,'018bcfe5-6800-7000-8000-001900000000','018bcfe5-6800-7000-8000-000500000000','Pump',50000,'C62',2000000,'EUR',0,'S',190000,10000000,'EUR','018bcfe5-6800-7000-8000-001000000000');
INSERT INTO "crm_invoice_lines" VALUES('main','018bcfe5-6800-7000-8000-001800000000',1,'018bcfe5-6800-7000-8000-001a00000000','018bcfe5-6800-7000-8000-000700000000','Hose',15000,'C62',99900,'EUR',0,'S',190000,149900,'EUR','018bcfe5-6800-7000-8000-001100000000');
INSERT INTO "crm_invoice_lines" VALUES('main','018bcfe5-6800-7000-8000-001f00000000',0,'018bcfe5-6800-7000-8000-002000000000','018bcfe5-6800-7000-8000-000500000000','Pump',50000,'C62',2000000,'EUR',0,'S',190000,10000000,'EUR','018bcfe5-6800-7000-8000-001000000000');
INSERT INTO "crm_invoice_lines" VALUES('main','018bcfe5-6800-7000-8000-001f00000000',1,'018bcfe5-6800-7000-8000-002100000000','018bcfe5-6800-7000-8000-000700000000','Hose',15000,'C62',99900,'EUR',0,'S',190000,149800,'EUR','018bcfe5-6800-7000-8000-001100000000');
INSERT INTO "crm_invoice_lines" VALUES('main','018bcfe5-6800-7000-8000-003800000000',0,'018bcfe5-6800-7000-8000-003900000000','018bcfe5-6800-7000-8000-000500000000','Pump',300000,'C62',2000000,'EUR',0,'S',190000,60000000,'EUR','018bcfe5-6800-7000-8000-003300000000');
INSERT INTO "crm_invoice_lines" VALUES('main','018bcfe5-6800-7000-8000-003d00000000',0,'018bcfe5-6800-7000-8000-003e00000000','018bcfe5-6800-7000-8000-000500000000','Pump',100000,'C62',2000000,'EUR',0,'S',190000,20000000,'EUR','018bcfe5-6800-7000-8000-003300000000');
INSERT INTO "crm_invoice_lines" VALUES('main','018bcfe5-6800-7000-8000-004100000000',0,'018bcfe5-6800-7000-8000-004200000000','018bcfe5-6800-7000-8000-000500000000','Pump',50000,'C62',2000000,'EUR',0,'S',190000,10000000,'EUR','018bcfe5-6800-7000-8000-003300000000');
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
	assigned_at TEXT,
	queue_reason TEXT,
	captured_at TEXT NOT NULL,
	responded_at TEXT,
	resurface_at TEXT,
	resurface_reason TEXT,
	mql_since TEXT,
	handed_over_at TEXT,
	handover_note TEXT,
	probability INTEGER,
	probability_reason TEXT,
	qualified_at TEXT,
	closed_at TEXT,
	disqualified_reason TEXT,
	opportunity TEXT,
	external_id TEXT,
	guarded INTEGER NOT NULL,
	CONSTRAINT pk_crm_lead PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_lead_tenant_contact FOREIGN KEY(tenant, contact) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT ck_crm_lead_status CHECK (status IN ('new', 'contacted', 'nurture', 'qualified', 'recycled', 'converted', 'disqualified', 'junk')),
	CONSTRAINT fk_crm_lead_tenant_owner FOREIGN KEY(tenant, owner) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_lead_tenant_opportunity FOREIGN KEY(tenant, opportunity) REFERENCES crm_opportunity (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT uq_crm_lead_tenant_external_id UNIQUE (tenant, external_id)
)
 STRICT

;
INSERT INTO "crm_lead" VALUES('main','018bcfe5-6800-7000-8000-006b00000000',1,'2026-03-03T02:44:00.000Z','2026-03-03T02:44:00.000Z','{}','018bcfe5-6800-7000-8000-000300000000','web-form',NULL,'new',NULL,NULL,NULL,'2026-03-03T02:44:00.000Z',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
CREATE TABLE crm_lead_answers (
	tenant TEXT NOT NULL,
	owner_id TEXT NOT NULL,
	position INTEGER NOT NULL,
	item TEXT NOT NULL,
	state TEXT NOT NULL,
	evidence TEXT,
	at TEXT NOT NULL,
	"by" TEXT,
	CONSTRAINT pk_crm_lead_answers PRIMARY KEY (tenant, owner_id, position),
	CONSTRAINT ck_crm_lead_answers_state CHECK (state IN ('unknown', 'no', 'partial', 'yes')),
	CONSTRAINT fk_crm_lead_answers_tenant_by FOREIGN KEY(tenant, "by") REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_lead_answers_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_lead (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
)
 STRICT

;
CREATE TABLE crm_lead_status_log (
	tenant TEXT NOT NULL,
	owner_id TEXT NOT NULL,
	position INTEGER NOT NULL,
	status TEXT NOT NULL,
	since TEXT NOT NULL,
	from_status TEXT,
	reason TEXT,
	"by" TEXT,
	CONSTRAINT pk_crm_lead_status_log PRIMARY KEY (tenant, owner_id, position),
	CONSTRAINT ck_crm_lead_status_log_status CHECK (status IN ('new', 'contacted', 'nurture', 'qualified', 'recycled', 'converted', 'disqualified', 'junk')),
	CONSTRAINT ck_crm_lead_status_log_from_status CHECK (from_status IN ('new', 'contacted', 'nurture', 'qualified', 'recycled', 'converted', 'disqualified', 'junk')),
	CONSTRAINT fk_crm_lead_status_log_tenant_by FOREIGN KEY(tenant, "by") REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_lead_status_log_tenant_owner_id FOREIGN KEY(tenant, owner_id) REFERENCES crm_lead (tenant, id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
)
 STRICT

;
INSERT INTO "crm_lead_status_log" VALUES('main','018bcfe5-6800-7000-8000-006b00000000',0,'new','2026-03-03T02:44:00.000Z',NULL,NULL,NULL);
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
	guarded INTEGER NOT NULL,
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
INSERT INTO "crm_opportunity" VALUES('main','018bcfe5-6800-7000-8000-000900000000',2,'2026-03-02T10:10:00.000Z','2026-03-02T11:06:00.000Z','{}','Pumps','pumps','018bcfe5-6800-7000-8000-000100000000',NULL,NULL,NULL,NULL,'sales','prospecting','won',20299700,'EUR',1000000,NULL,'2026-03-02','2026-03-02','2026-03-02T11:06:00.000Z',NULL,NULL,NULL,0);
INSERT INTO "crm_opportunity" VALUES('main','018bcfe5-6800-7000-8000-002e00000000',2,'2026-03-02T16:07:00.000Z','2026-03-02T16:56:00.000Z','{}','More pumps','more pumps','018bcfe5-6800-7000-8000-000100000000',NULL,NULL,NULL,NULL,'sales','prospecting','won',200000000,'EUR',1000000,NULL,'2026-03-02','2026-03-02','2026-03-02T16:56:00.000Z',NULL,NULL,NULL,0);
INSERT INTO "crm_opportunity" VALUES('main','018bcfe5-6800-7000-8000-004700000000',2,'2026-03-02T20:19:00.000Z','2026-03-02T21:08:00.000Z','{}','Hoses','hoses','018bcfe5-6800-7000-8000-000100000000',NULL,NULL,NULL,NULL,'sales','prospecting','won',629400,'EUR',1000000,NULL,'2026-03-02','2026-03-02','2026-03-02T21:08:00.000Z',NULL,NULL,NULL,0);
INSERT INTO "crm_opportunity" VALUES('main','018bcfe5-6800-7000-8000-005100000000',2,'2026-03-02T21:57:00.000Z','2026-03-02T22:46:00.000Z','{}','Nothing','nothing','018bcfe5-6800-7000-8000-000100000000',NULL,NULL,NULL,NULL,'sales','prospecting','won',99900,'EUR',1000000,NULL,'2026-03-02','2026-03-02','2026-03-02T22:46:00.000Z',NULL,NULL,NULL,0);
INSERT INTO "crm_opportunity" VALUES('main','018bcfe5-6800-7000-8000-005c00000000',1,'2026-03-02T23:56:00.000Z','2026-03-02T23:56:00.000Z','{}','Open','open','018bcfe5-6800-7000-8000-000100000000',NULL,NULL,NULL,NULL,'sales','prospecting','open',NULL,NULL,100000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0);
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
INSERT INTO "crm_opportunity_stage_log" VALUES('main','018bcfe5-6800-7000-8000-000900000000',0,'prospecting','2026-03-02T10:10:00.000Z',NULL,NULL,NULL,NULL,100000);
INSERT INTO "crm_opportunity_stage_log" VALUES('main','018bcfe5-6800-7000-8000-002e00000000',0,'prospecting','2026-03-02T16:07:00.000Z',NULL,NULL,NULL,NULL,100000);
INSERT INTO "crm_opportunity_stage_log" VALUES('main','018bcfe5-6800-7000-8000-004700000000',0,'prospecting','2026-03-02T20:19:00.000Z',NULL,NULL,NULL,NULL,100000);
INSERT INTO "crm_opportunity_stage_log" VALUES('main','018bcfe5-6800-7000-8000-005100000000',0,'prospecting','2026-03-02T21:57:00.000Z',NULL,NULL,NULL,NULL,100000);
INSERT INTO "crm_opportunity_stage_log" VALUES('main','018bcfe5-6800-7000-8000-005c00000000',0,'prospecting','2026-03-02T23:56:00.000Z',NULL,NULL,NULL,NULL,100000);
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
	guarded INTEGER NOT NULL,
	CONSTRAINT pk_crm_order PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_order_tenant_quote FOREIGN KEY(tenant, quote) REFERENCES crm_quote (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_order_tenant_opportunity FOREIGN KEY(tenant, opportunity) REFERENCES crm_opportunity (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_order_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT ck_crm_order_status CHECK (status IN ('open', 'billed', 'cancelled')),
	CONSTRAINT uq_crm_order_tenant_quote UNIQUE (tenant, quote)
)
 STRICT

;
INSERT INTO "crm_order" VALUES('main','018bcfe5-6800-7000-8000-001200000000',3,'2026-03-02T11:06:00.000Z','2026-03-02T13:26:00.000Z','{}','018bcfe5-6800-7000-8000-000c00000000','018bcfe5-6800-7000-8000-000900000000','018bcfe5-6800-7000-8000-000100000000','EUR',20299700,'EUR',3856900,'EUR',24156600,'EUR',0,'EUR',24156600,'EUR','billed','2026-03-02T11:06:00.000Z',2,1,24156600,'EUR',0);
INSERT INTO "crm_order" VALUES('main','018bcfe5-6800-7000-8000-003400000000',5,'2026-03-02T16:56:00.000Z','2026-03-02T19:58:00.000Z','{}','018bcfe5-6800-7000-8000-003000000000','018bcfe5-6800-7000-8000-002e00000000','018bcfe5-6800-7000-8000-000100000000','EUR',200000000,'EUR',38000000,'EUR',238000000,'EUR',0,'EUR',238000000,'EUR','open','2026-03-02T16:56:00.000Z',NULL,0,95200000,'EUR',0);
INSERT INTO "crm_order" VALUES('main','018bcfe5-6800-7000-8000-004d00000000',1,'2026-03-02T21:08:00.000Z','2026-03-02T21:08:00.000Z','{}','018bcfe5-6800-7000-8000-004900000000','018bcfe5-6800-7000-8000-004700000000','018bcfe5-6800-7000-8000-000100000000','EUR',629400,'EUR',119600,'EUR',749000,'EUR',0,'EUR',749000,'EUR','open','2026-03-02T21:08:00.000Z',NULL,0,0,'EUR',0);
INSERT INTO "crm_order" VALUES('main','018bcfe5-6800-7000-8000-005700000000',2,'2026-03-02T22:46:00.000Z','2026-03-02T23:42:00.000Z','{}','018bcfe5-6800-7000-8000-005300000000','018bcfe5-6800-7000-8000-005100000000','018bcfe5-6800-7000-8000-000100000000','EUR',99900,'EUR',19000,'EUR',118900,'EUR',0,'EUR',118900,'EUR','cancelled','2026-03-02T22:46:00.000Z',NULL,0,0,'EUR',0);
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
INSERT INTO "crm_order_lines" VALUES('main','018bcfe5-6800-7000-8000-001200000000',0,'018bcfe5-6800-7000-8000-001000000000','018bcfe5-6800-7000-8000-000500000000','Pump',100000,'C62',2000000,'EUR',0,'S',190000,20000000,'EUR',100000,20000000,'EUR');
INSERT INTO "crm_order_lines" VALUES('main','018bcfe5-6800-7000-8000-001200000000',1,'018bcfe5-6800-7000-8000-001100000000','018bcfe5-6800-7000-8000-000700000000','Hose',30000,'C62',99900,'EUR',0,'S',190000,299700,'EUR',30000,299700,'EUR');
INSERT INTO "crm_order_lines" VALUES('main','018bcfe5-6800-7000-8000-003400000000',0,'018bcfe5-6800-7000-8000-003300000000','018bcfe5-6800-7000-8000-000500000000','Pump',1000000,'C62',2000000,'EUR',0,'S',190000,200000000,'EUR',400000,80000000,'EUR');
INSERT INTO "crm_order_lines" VALUES('main','018bcfe5-6800-7000-8000-004d00000000',0,'018bcfe5-6800-7000-8000-004c00000000','018bcfe5-6800-7000-8000-000700000000','Hose',70000,'C62',99900,'EUR',100000,'S',190000,629400,'EUR',0,0,'EUR');
INSERT INTO "crm_order_lines" VALUES('main','018bcfe5-6800-7000-8000-005700000000',0,'018bcfe5-6800-7000-8000-005600000000','018bcfe5-6800-7000-8000-000700000000','Hose',10000,'C62',99900,'EUR',0,'S',190000,99900,'EUR',0,0,'EUR');
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
	guarded INTEGER NOT NULL,
	CONSTRAINT pk_crm_payment PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_payment_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED
)
 STRICT

;
INSERT INTO "crm_payment" VALUES('main','018bcfe5-6800-7000-8000-002500000000',1,'2026-03-02T14:22:00.000Z','2026-03-02T14:22:00.000Z','{}','018bcfe5-6800-7000-8000-000100000000',12078400,'EUR','2026-03-20','R1',0);
INSERT INTO "crm_payment" VALUES('main','018bcfe5-6800-7000-8000-002800000000',1,'2026-03-02T15:11:00.000Z','2026-03-02T15:11:00.000Z','{}','018bcfe5-6800-7000-8000-000100000000',1000000,'EUR','2026-03-21',NULL,0);
INSERT INTO "crm_payment" VALUES('main','018bcfe5-6800-7000-8000-002b00000000',1,'2026-03-02T15:39:00.000Z','2026-03-02T15:39:00.000Z','{}','018bcfe5-6800-7000-8000-000100000000',505000,'EUR','2026-03-22',NULL,0);
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
INSERT INTO "crm_payment_allocations" VALUES('main','018bcfe5-6800-7000-8000-002500000000',0,'018bcfe5-6800-7000-8000-001800000000',12078400,'EUR');
INSERT INTO "crm_payment_allocations" VALUES('main','018bcfe5-6800-7000-8000-002800000000',0,'018bcfe5-6800-7000-8000-001f00000000',1000000,'EUR');
INSERT INTO "crm_payment_allocations" VALUES('main','018bcfe5-6800-7000-8000-002b00000000',0,'018bcfe5-6800-7000-8000-001f00000000',505000,'EUR');
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
	guarded INTEGER NOT NULL,
	CONSTRAINT pk_crm_product PRIMARY KEY (tenant, id),
	CONSTRAINT ck_crm_product_vat_category CHECK (vat_category IN ('S', 'Z', 'E', 'AE', 'K', 'G', 'O')),
	CONSTRAINT ck_crm_product_status CHECK (status IN ('active', 'discontinued')),
	CONSTRAINT uq_crm_product_tenant_sku UNIQUE (tenant, sku),
	CONSTRAINT uq_crm_product_tenant_external_id UNIQUE (tenant, external_id)
)
 STRICT

;
INSERT INTO "crm_product" VALUES('main','018bcfe5-6800-7000-8000-000500000000',1,'2026-03-02T09:42:00.000Z','2026-03-02T09:42:00.000Z','{}','P-1','Pump','pump',NULL,'C62','S',190000,2000000,'EUR','active',NULL,0);
INSERT INTO "crm_product" VALUES('main','018bcfe5-6800-7000-8000-000700000000',1,'2026-03-02T09:56:00.000Z','2026-03-02T09:56:00.000Z','{}','H-1','Hose','hose',NULL,'C62','S',190000,99900,'EUR','active',NULL,0);
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
	guarded INTEGER NOT NULL,
	CONSTRAINT pk_crm_quote PRIMARY KEY (tenant, id),
	CONSTRAINT fk_crm_quote_tenant_opportunity FOREIGN KEY(tenant, opportunity) REFERENCES crm_opportunity (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_quote_tenant_account FOREIGN KEY(tenant, account) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT fk_crm_quote_tenant_contact FOREIGN KEY(tenant, contact) REFERENCES crm_contact (tenant, id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT ck_crm_quote_status CHECK (status IN ('draft', 'sent', 'accepted', 'rejected'))
)
 STRICT

;
INSERT INTO "crm_quote" VALUES('main','018bcfe5-6800-7000-8000-000c00000000',2,'2026-03-02T10:38:00.000Z','2026-03-02T11:06:00.000Z','{}','018bcfe5-6800-7000-8000-000900000000','018bcfe5-6800-7000-8000-000100000000',NULL,'EUR',20299700,'EUR',3856900,'EUR',24156600,'EUR',0,'EUR',24156600,'EUR','2026-12-31','accepted',NULL,'2026-03-02T11:06:00.000Z',NULL,0);
INSERT INTO "crm_quote" VALUES('main','018bcfe5-6800-7000-8000-003000000000',2,'2026-03-02T16:28:00.000Z','2026-03-02T16:56:00.000Z','{}','018bcfe5-6800-7000-8000-002e00000000','018bcfe5-6800-7000-8000-000100000000',NULL,'EUR',200000000,'EUR',38000000,'EUR',238000000,'EUR',0,'EUR',238000000,'EUR','2026-12-31','accepted',NULL,'2026-03-02T16:56:00.000Z',NULL,0);
INSERT INTO "crm_quote" VALUES('main','018bcfe5-6800-7000-8000-004900000000',2,'2026-03-02T20:40:00.000Z','2026-03-02T21:08:00.000Z','{}','018bcfe5-6800-7000-8000-004700000000','018bcfe5-6800-7000-8000-000100000000',NULL,'EUR',629400,'EUR',119600,'EUR',749000,'EUR',0,'EUR',749000,'EUR','2026-12-31','accepted',NULL,'2026-03-02T21:08:00.000Z',NULL,0);
INSERT INTO "crm_quote" VALUES('main','018bcfe5-6800-7000-8000-005300000000',2,'2026-03-02T22:18:00.000Z','2026-03-02T22:46:00.000Z','{}','018bcfe5-6800-7000-8000-005100000000','018bcfe5-6800-7000-8000-000100000000',NULL,'EUR',99900,'EUR',19000,'EUR',118900,'EUR',0,'EUR',118900,'EUR','2026-12-31','accepted',NULL,'2026-03-02T22:46:00.000Z',NULL,0);
INSERT INTO "crm_quote" VALUES('main','018bcfe5-6800-7000-8000-005e00000000',2,'2026-03-03T00:17:00.000Z','2026-03-03T00:52:00.000Z','{}','018bcfe5-6800-7000-8000-005c00000000','018bcfe5-6800-7000-8000-000100000000',NULL,'EUR',1600000,'EUR',304000,'EUR',1904000,'EUR',0,'EUR',1904000,'EUR','2026-12-31','sent','2026-03-03T00:52:00.000Z',NULL,NULL,0);
INSERT INTO "crm_quote" VALUES('main','018bcfe5-6800-7000-8000-006200000000',1,'2026-03-03T01:06:00.000Z','2026-03-03T01:06:00.000Z','{}','018bcfe5-6800-7000-8000-005c00000000','018bcfe5-6800-7000-8000-000100000000',NULL,'EUR',2400000,'EUR',456000,'EUR',2856000,'EUR',0,'EUR',2856000,'EUR','2026-12-31','draft',NULL,NULL,NULL,0);
INSERT INTO "crm_quote" VALUES('main','018bcfe5-6800-7000-8000-006500000000',3,'2026-03-03T01:34:00.000Z','2026-03-03T02:30:00.000Z','{}','018bcfe5-6800-7000-8000-005c00000000','018bcfe5-6800-7000-8000-000100000000',NULL,'EUR',3200000,'EUR',608000,'EUR',3808000,'EUR',0,'EUR',3808000,'EUR','2026-12-31','rejected','2026-03-03T02:09:00.000Z','2026-03-03T02:30:00.000Z','price',0);
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
INSERT INTO "crm_quote_lines" VALUES('main','018bcfe5-6800-7000-8000-000c00000000',0,'018bcfe5-6800-7000-8000-000d00000000','018bcfe5-6800-7000-8000-000500000000','Pump',100000,'C62',2000000,'EUR',0,'S',190000,20000000,'EUR');
INSERT INTO "crm_quote_lines" VALUES('main','018bcfe5-6800-7000-8000-000c00000000',1,'018bcfe5-6800-7000-8000-000e00000000','018bcfe5-6800-7000-8000-000700000000','Hose',30000,'C62',99900,'EUR',0,'S',190000,299700,'EUR');
INSERT INTO "crm_quote_lines" VALUES('main','018bcfe5-6800-7000-8000-003000000000',0,'018bcfe5-6800-7000-8000-003100000000','018bcfe5-6800-7000-8000-000500000000','Pump',1000000,'C62',2000000,'EUR',0,'S',190000,200000000,'EUR');
INSERT INTO "crm_quote_lines" VALUES('main','018bcfe5-6800-7000-8000-004900000000',0,'018bcfe5-6800-7000-8000-004a00000000','018bcfe5-6800-7000-8000-000700000000','Hose',70000,'C62',99900,'EUR',100000,'S',190000,629400,'EUR');
INSERT INTO "crm_quote_lines" VALUES('main','018bcfe5-6800-7000-8000-005300000000',0,'018bcfe5-6800-7000-8000-005400000000','018bcfe5-6800-7000-8000-000700000000','Hose',10000,'C62',99900,'EUR',0,'S',190000,99900,'EUR');
INSERT INTO "crm_quote_lines" VALUES('main','018bcfe5-6800-7000-8000-005e00000000',0,'018bcfe5-6800-7000-8000-005f00000000',NULL,'Advice',20000,'C62',800000,'EUR',0,'S',190000,1600000,'EUR');
INSERT INTO "crm_quote_lines" VALUES('main','018bcfe5-6800-7000-8000-006200000000',0,'018bcfe5-6800-7000-8000-006300000000',NULL,'Advice',30000,'C62',800000,'EUR',0,'S',190000,2400000,'EUR');
INSERT INTO "crm_quote_lines" VALUES('main','018bcfe5-6800-7000-8000-006500000000',0,'018bcfe5-6800-7000-8000-006600000000',NULL,'Advice',40000,'C62',800000,'EUR',0,'S',190000,3200000,'EUR');
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
	guarded INTEGER NOT NULL,
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
	guarded INTEGER NOT NULL,
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
INSERT INTO "crm_ticket" VALUES('main','018bcfe5-6800-7000-8000-006d00000000',1,'2026-03-03T03:12:00.000Z','2026-03-03T03:12:00.000Z','{}','018bcfe5-6800-7000-8000-000300000000','Delivery date?','delivery date?','email','normal','new',NULL,'2026-03-03T03:12:00.000Z',NULL,NULL,0,NULL,0);
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
CREATE INDEX ix_crm_lead_status_log_tenant_by ON crm_lead_status_log (tenant, "by");
CREATE INDEX ix_crm_lead_answers_tenant_by ON crm_lead_answers (tenant, "by");
CREATE INDEX ix_crm_engagement_tenant_contact ON crm_engagement (tenant, contact);
CREATE INDEX ix_crm_engagement_tenant_lead ON crm_engagement (tenant, lead);
CREATE INDEX ix_crm_consent_tenant_contact ON crm_consent (tenant, contact);
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
CREATE INDEX ix_crm__event_tenant_delivery_entity_entity_id_revision_position ON crm__event (tenant, delivery, entity, entity_id, revision, position);
CREATE INDEX ix_crm__event_tenant_entity_entity_id_revision_position ON crm__event (tenant, entity, entity_id, revision, position);
COMMIT;
