BEGIN TRANSACTION;
CREATE TABLE accounts (
	name VARCHAR NOT NULL, 
	default_user VARCHAR NOT NULL, 
	CONSTRAINT pk_accounts PRIMARY KEY (name)
);
INSERT INTO "accounts" VALUES('default','01a20778d99c70ab2fbd4269f3bb617e');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v01');
CREATE TABLE audit (
	seq INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	account VARCHAR NOT NULL, 
	thread_id VARCHAR NOT NULL, 
	event VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	body TEXT NOT NULL, 
	prev VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (seq)
);
INSERT INTO "audit" VALUES(1,1795421690269306,'','','UserAdded','','{"by":"root","enabled":true,"event":"UserAdded","policy":"default","user":"01a20778d99c70ab2fbd4269f3bb617e"}','0000000000000000000000000000000000000000000000000000000000000000','723e9d42db0d15e00de4fd0dfde2842138bf541c73c5b1cd26103e20da64866a');
INSERT INTO "audit" VALUES(2,1795421690319887,'default','','DefaultUser','','{"by":"root","event":"DefaultUser","user":"01a20778d99c70ab2fbd4269f3bb617e"}','723e9d42db0d15e00de4fd0dfde2842138bf541c73c5b1cd26103e20da64866a','61dea3967facf01c990c974d7e2a26ef6827dceb3e1fbcc77b4cce98a1f2520d');
INSERT INTO "audit" VALUES(3,1795421690430825,'default','01a20778da3ef9b9216f35d02962c08d','ContactWrote','wechat:default:m:24000638213788181','{"account":"default","at":"2026-11-23T08:14:50.430825+00:00","created_at":"2026-11-23T08:14:50+00:00","digest":"06b88fae4f0ebc4b0d1c99ed65160182d32b27d517df1d88dd526891d50ef42b","event":"ContactWrote","id":"01a20778da3ef9b9216f35d02962c08d","key":"wechat:default:m:24000638213788181","kind":"text","order":24000638213788181,"tapped":false,"terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","user":"01a20778d99c70ab2fbd4269f3bb617e"}','61dea3967facf01c990c974d7e2a26ef6827dceb3e1fbcc77b4cce98a1f2520d','6570a55ae0521d8bd2efdda1135adc805d27d076beaccbe6c581154e9390a8f8');
INSERT INTO "audit" VALUES(4,1795421690527092,'','01a20778da3ef9b9216f35d02962c08d','UserWrote','teams:dd959a67fcbd14e9412b8638855d6b2f5d79487b','{"activity_key":"teams:dd959a67fcbd14e9412b8638855d6b2f5d79487b","at":"2026-11-23T08:14:50.527092+00:00","digest":"0e1f09cfc53282b841ec0770b80580a7c3f15434ce52e2d7094ac944e4f08bf4","event":"UserWrote","id":"01a20778da9fe0957defb62d7807ac13","key":"teams:dd959a67fcbd14e9412b8638855d6b2f5d79487b","terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"","user":"01a20778d99c70ab2fbd4269f3bb617e"}','6570a55ae0521d8bd2efdda1135adc805d27d076beaccbe6c581154e9390a8f8','53d74af426f63a526eccf34f3447d4c9d9bc811d6680838d068a64d0e9ccbc41');
INSERT INTO "audit" VALUES(5,1795421690563188,'','01a20778da3ef9b9216f35d02962c08d','UserWrote','teams:dbaaa1825372bc31a59d93439ee3c61e3904ed53','{"activity_key":"teams:dbaaa1825372bc31a59d93439ee3c61e3904ed53","at":"2026-11-23T08:14:50.563188+00:00","digest":"ad760b8772de9a1b33a5d9ff5e0164b915e7754234218a6e206b293e5dd55c0a","event":"UserWrote","id":"01a20778dac3787aa29b1a148a3d0f18","key":"teams:dbaaa1825372bc31a59d93439ee3c61e3904ed53","terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"","user":"01a20778d99c70ab2fbd4269f3bb617e"}','53d74af426f63a526eccf34f3447d4c9d9bc811d6680838d068a64d0e9ccbc41','a4c7845f5070a89bdfd01b830fe3526ccb719bacbfc3362a53dcf072ae6e9df8');
INSERT INTO "audit" VALUES(6,1795421690587043,'','01a20778da3ef9b9216f35d02962c08d','UserWrote','teams:abc49ac832f9425e407ad910cc55af33bcb0c101','{"activity_key":"teams:abc49ac832f9425e407ad910cc55af33bcb0c101","at":"2026-11-23T08:14:50.587043+00:00","digest":"47626ebe48ba0c6f85d09681e2b71eb01bf29567db7105be90f873f1b591f026","event":"UserWrote","id":"01a20778dadb63a114d2f3cc4c6b8081","key":"teams:abc49ac832f9425e407ad910cc55af33bcb0c101","terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"","user":"01a20778d99c70ab2fbd4269f3bb617e"}','a4c7845f5070a89bdfd01b830fe3526ccb719bacbfc3362a53dcf072ae6e9df8','5d3aec22591740353643919ddc33eae475d82f1d76f1f800797c14455e94b3da');
INSERT INTO "audit" VALUES(7,1795421690596261,'default','01a20778da3ef9b9216f35d02962c08d','Delivered','','{"at":"2026-11-23T08:14:50.596261+00:00","event":"Delivered","id":"01a20778dae423462d715e694a191618","key":"","lane":"wechat/01a20778da3ef9b9216f35d02962c08d","ref":"01a20778da9fe0957defb62d7807ac13","remote_id":"","row":4,"terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"01a20778da3ef9b9216f35d02962c08d","user":"01a20778d99c70ab2fbd4269f3bb617e"}','5d3aec22591740353643919ddc33eae475d82f1d76f1f800797c14455e94b3da','e2076a1470d1e0dac6e78baf9fd4dc913e2702ec3f49c9356debd9261af3a767');
INSERT INTO "audit" VALUES(8,1795421690602847,'','01a20778da3ef9b9216f35d02962c08d','UserWrote','teams:c70c995310c090076281a9093aaed89e7abacc07','{"activity_key":"teams:c70c995310c090076281a9093aaed89e7abacc07","at":"2026-11-23T08:14:50.602847+00:00","digest":"37502a2dfc68e69efd2259b3d98d357ef1f4f38450b69b260f43101a421680f9","event":"UserWrote","id":"01a20778daead1de397e6acb31db2211","key":"teams:c70c995310c090076281a9093aaed89e7abacc07","terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"","user":"01a20778d99c70ab2fbd4269f3bb617e"}','e2076a1470d1e0dac6e78baf9fd4dc913e2702ec3f49c9356debd9261af3a767','7dd2e8feac1508bc0b206dd9a61bf9305a57eed9f2094b38812a58836e0d0ec2');
INSERT INTO "audit" VALUES(9,1795421690624633,'','01a20778da3ef9b9216f35d02962c08d','UserWrote','teams:9deb351b69210beebfdb2775b4549fb9d41214a0','{"activity_key":"teams:9deb351b69210beebfdb2775b4549fb9d41214a0","at":"2026-11-23T08:14:50.624633+00:00","digest":"0df2815395cee63d14880969eb653e743bfc78ebc788bbe6644c0ad9a6fd5804","event":"UserWrote","id":"01a20778db00f92626fbe4394578e80d","key":"teams:9deb351b69210beebfdb2775b4549fb9d41214a0","terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"","user":"01a20778d99c70ab2fbd4269f3bb617e"}','7dd2e8feac1508bc0b206dd9a61bf9305a57eed9f2094b38812a58836e0d0ec2','f3c0f969bad9b04a47694d1611df3611d96ee3dd1a9f9a3c4355760fbebdc0b9');
INSERT INTO "audit" VALUES(10,1795421690661793,'default','01a20778da3ef9b9216f35d02962c08d','Delivered','','{"at":"2026-11-23T08:14:50.661793+00:00","event":"Delivered","id":"01a20778db250af1c2e3bbd3ca5b0727","key":"","lane":"wechat/01a20778da3ef9b9216f35d02962c08d","ref":"01a20778dac3787aa29b1a148a3d0f18","remote_id":"","row":7,"terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"01a20778da3ef9b9216f35d02962c08d","user":"01a20778d99c70ab2fbd4269f3bb617e"}','f3c0f969bad9b04a47694d1611df3611d96ee3dd1a9f9a3c4355760fbebdc0b9','838f78f295791cdc0b9c1d2f9c02566d4486c5903bd2abae89ae5683b8cadd4a');
INSERT INTO "audit" VALUES(11,1795421690694046,'default','01a20778da3ef9b9216f35d02962c08d','Delivered','','{"at":"2026-11-23T08:14:50.694046+00:00","event":"Delivered","id":"01a20778db46b547220f7e2c5e6f0395","key":"","lane":"wechat/01a20778da3ef9b9216f35d02962c08d","ref":"01a20778dadb63a114d2f3cc4c6b8081","remote_id":"","row":10,"terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"01a20778da3ef9b9216f35d02962c08d","user":"01a20778d99c70ab2fbd4269f3bb617e"}','838f78f295791cdc0b9c1d2f9c02566d4486c5903bd2abae89ae5683b8cadd4a','0b4124489cca6737b2c72061792bd87861a0ed7916257a0725efbcd8798698c7');
INSERT INTO "audit" VALUES(12,1795421690721673,'default','01a20778da3ef9b9216f35d02962c08d','Delivered','','{"at":"2026-11-23T08:14:50.721673+00:00","event":"Delivered","id":"01a20778db6137ec8d15caba5d83c287","key":"","lane":"wechat/01a20778da3ef9b9216f35d02962c08d","ref":"01a20778daead1de397e6acb31db2211","remote_id":"","row":14,"terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"01a20778da3ef9b9216f35d02962c08d","user":"01a20778d99c70ab2fbd4269f3bb617e"}','0b4124489cca6737b2c72061792bd87861a0ed7916257a0725efbcd8798698c7','f7e036a4b2fb301eca685996b164a86665dcbdb580e093d46c4952e0f9d1e5e3');
INSERT INTO "audit" VALUES(13,1795421690767102,'default','01a20778da3ef9b9216f35d02962c08d','Delivered','','{"at":"2026-11-23T08:14:50.767102+00:00","event":"Delivered","id":"01a20778db8f102137d1ee25215387e7","key":"","lane":"wechat/01a20778da3ef9b9216f35d02962c08d","ref":"01a20778db00f92626fbe4394578e80d","remote_id":"","row":17,"terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"01a20778da3ef9b9216f35d02962c08d","user":"01a20778d99c70ab2fbd4269f3bb617e"}','f7e036a4b2fb301eca685996b164a86665dcbdb580e093d46c4952e0f9d1e5e3','cfc9dbd9214377fa6c7aa67f5682023215a86bece635a7c1e8d9b65335c168a9');
INSERT INTO "audit" VALUES(14,1795421690787853,'','01a20778da3ef9b9216f35d02962c08d','UserWrote','teams:1c39c45406f8b0e7a9f4760906cc51949b14cccb','{"activity_key":"teams:1c39c45406f8b0e7a9f4760906cc51949b14cccb","at":"2026-11-23T08:14:50.787853+00:00","digest":"8f80baa793771d5dcb29e40d648837e9ca4375c1c99a4a30cea11adaca0e32f6","event":"UserWrote","id":"01a20778dba317d3f313c7e5389af143","key":"teams:1c39c45406f8b0e7a9f4760906cc51949b14cccb","terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"","user":"01a20778d99c70ab2fbd4269f3bb617e"}','cfc9dbd9214377fa6c7aa67f5682023215a86bece635a7c1e8d9b65335c168a9','ebb8c376edc5bf0fb00dd01ae9f2624097ff81199d47757c9ac6f5f293a2ca61');
INSERT INTO "audit" VALUES(15,1795421690818497,'default','01a20778da3ef9b9216f35d02962c08d','Delivered','','{"at":"2026-11-23T08:14:50.818497+00:00","event":"Delivered","id":"01a20778dbc27091c7102114ad2d9215","key":"","lane":"wechat/01a20778da3ef9b9216f35d02962c08d","ref":"01a20778da3ef9b9216f35d02962c08d.prompt.1","remote_id":"24000638213788182","row":25,"terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"01a20778da3ef9b9216f35d02962c08d","user":"01a20778d99c70ab2fbd4269f3bb617e"}','ebb8c376edc5bf0fb00dd01ae9f2624097ff81199d47757c9ac6f5f293a2ca61','f25e71ef0c383b97b6a381abd1670899043130aaa2bc15c1ff4faf7898232a29');
INSERT INTO "audit" VALUES(16,1795421690819102,'default','01a20778da3ef9b9216f35d02962c08d','PromptReported','wechat:default:e:a3505616c39a135eafa6606e6d103e71','{"account":"default","at":"2026-11-23T08:14:50.819102+00:00","event":"PromptReported","failure":"","id":"01a20778dbc33251321b93af1d8db068","key":"wechat:default:e:a3505616c39a135eafa6606e6d103e71","remote_id":"24000638213788182","terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","user":"01a20778d99c70ab2fbd4269f3bb617e"}','f25e71ef0c383b97b6a381abd1670899043130aaa2bc15c1ff4faf7898232a29','0ac96822e0ab65795d26adcfff2f81e51fdc5f4f6156f28967a59e5503de7f22');
CREATE TABLE contacts (
	id VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	openid VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	language VARCHAR NOT NULL, 
	number VARCHAR NOT NULL, 
	following BOOLEAN NOT NULL, 
	owed JSON NOT NULL, 
	CONSTRAINT pk_contacts PRIMARY KEY (id), 
	CONSTRAINT uq_contacts_account_openid UNIQUE (account, openid)
);
INSERT INTO "contacts" VALUES('01a20778da3ef9b9216f35d02962c08d','default','oMT_rYlip5hYww-fneCd8bjlZac1','','','',1,'[]');
CREATE TABLE inbox (
	"key" VARCHAR NOT NULL, 
	answer JSON NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_inbox PRIMARY KEY ("key")
);
INSERT INTO "inbox" VALUES('teams:f1aca375cc52a5d56a179e0e15dafa65017fa227','{}',1795421690368786);
INSERT INTO "inbox" VALUES('teams:441fad62262b6aa93580d03281dd5e1776dd4304','{}',1795421690396998);
INSERT INTO "inbox" VALUES('wechat:default:m:24000638213788181','{"reply":"You are chatting with Anna Schmidt.\n\nThank you! You can now start chatting.\n\nThis account can only message you while the chat is active. The chat becomes inactive if you do not reply:\n\n- After receiving 5 messages\n- After 48 hours\n\nYou can send a message at any time to resume the conversation."}',1795421690430825);
INSERT INTO "inbox" VALUES('teams:dd959a67fcbd14e9412b8638855d6b2f5d79487b','{}',1795421690527092);
INSERT INTO "inbox" VALUES('teams:dbaaa1825372bc31a59d93439ee3c61e3904ed53','{}',1795421690563188);
INSERT INTO "inbox" VALUES('teams:abc49ac832f9425e407ad910cc55af33bcb0c101','{}',1795421690587043);
INSERT INTO "inbox" VALUES('teams:c70c995310c090076281a9093aaed89e7abacc07','{}',1795421690602847);
INSERT INTO "inbox" VALUES('teams:9deb351b69210beebfdb2775b4549fb9d41214a0','{}',1795421690624633);
INSERT INTO "inbox" VALUES('teams:1c39c45406f8b0e7a9f4760906cc51949b14cccb','{}',1795421690787853);
INSERT INTO "inbox" VALUES('wechat:default:e:a3505616c39a135eafa6606e6d103e71','{}',1795421690819102);
CREATE TABLE lanes (
	name VARCHAR NOT NULL, 
	way VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	head INTEGER, 
	due_at BIGINT, 
	token VARCHAR NOT NULL, 
	CONSTRAINT pk_lanes PRIMARY KEY (name)
);
INSERT INTO "lanes" VALUES('teams/01a20778d99c70ab2fbd4269f3bb617e','teams','01a20778d99c70ab2fbd4269f3bb617e',NULL,NULL,'');
INSERT INTO "lanes" VALUES('teams/01a20778da3ef9b9216f35d02962c08d','teams','01a20778d99c70ab2fbd4269f3bb617e',NULL,NULL,'');
INSERT INTO "lanes" VALUES('wechat/01a20778da3ef9b9216f35d02962c08d','wechat','',NULL,NULL,'');
CREATE TABLE messages (
	id VARCHAR NOT NULL, 
	thread_id VARCHAR NOT NULL, 
	author VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	original TEXT, 
	at BIGINT NOT NULL, 
	contact_id VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	state VARCHAR, 
	why VARCHAR NOT NULL, 
	notice VARCHAR NOT NULL, 
	media VARCHAR NOT NULL, 
	activity_key VARCHAR NOT NULL, 
	CONSTRAINT pk_messages PRIMARY KEY (id)
);
INSERT INTO "messages" VALUES('01a20778da3ef9b9216f35d02962c08d','01a20778da3ef9b9216f35d02962c08d','contact','text','你好 hello',NULL,1795421690000000,'01a20778da3ef9b9216f35d02962c08d','',NULL,'','','','');
INSERT INTO "messages" VALUES('01a20778da3ef9b9216f35d02962c08d.who','01a20778da3ef9b9216f35d02962c08d','system','text','You are chatting with Anna Schmidt.',NULL,1795421690430825,'','','sent','','who','','');
INSERT INTO "messages" VALUES('01a20778da3ef9b9216f35d02962c08d.welcome','01a20778da3ef9b9216f35d02962c08d','system','text','Thank you! You can now start chatting.

This account can only message you while the chat is active. The chat becomes inactive if you do not reply:

- After receiving 5 messages
- After 48 hours

You can send a message at any time to resume the conversation.',NULL,1795421690430825,'','','sent','','welcome','','');
INSERT INTO "messages" VALUES('01a20778da9fe0957defb62d7807ac13','01a20778da3ef9b9216f35d02962c08d','user','text','answer 1',NULL,1795421690527092,'','01a20778d99c70ab2fbd4269f3bb617e','sent','','','','teams:dd959a67fcbd14e9412b8638855d6b2f5d79487b');
INSERT INTO "messages" VALUES('01a20778dac3787aa29b1a148a3d0f18','01a20778da3ef9b9216f35d02962c08d','user','text','answer 2',NULL,1795421690563188,'','01a20778d99c70ab2fbd4269f3bb617e','sent','','','','teams:dbaaa1825372bc31a59d93439ee3c61e3904ed53');
INSERT INTO "messages" VALUES('01a20778dadb63a114d2f3cc4c6b8081','01a20778da3ef9b9216f35d02962c08d','user','text','answer 3',NULL,1795421690587043,'','01a20778d99c70ab2fbd4269f3bb617e','sent','','','','teams:abc49ac832f9425e407ad910cc55af33bcb0c101');
INSERT INTO "messages" VALUES('01a20778daead1de397e6acb31db2211','01a20778da3ef9b9216f35d02962c08d','user','text','answer 4',NULL,1795421690602847,'','01a20778d99c70ab2fbd4269f3bb617e','sent','','','','teams:c70c995310c090076281a9093aaed89e7abacc07');
INSERT INTO "messages" VALUES('01a20778db00f92626fbe4394578e80d','01a20778da3ef9b9216f35d02962c08d','user','text','answer 5',NULL,1795421690624633,'','01a20778d99c70ab2fbd4269f3bb617e','sent','','','','teams:9deb351b69210beebfdb2775b4549fb9d41214a0');
INSERT INTO "messages" VALUES('01a20778dba317d3f313c7e5389af143','01a20778da3ef9b9216f35d02962c08d','user','text','answer 6',NULL,1795421690787853,'','01a20778d99c70ab2fbd4269f3bb617e','queued','','','','teams:1c39c45406f8b0e7a9f4760906cc51949b14cccb');
INSERT INTO "messages" VALUES('01a20778da3ef9b9216f35d02962c08d.prompt.1','01a20778da3ef9b9216f35d02962c08d','system','text','You have new messages from this sender. Please reply to the chat to resume the conversation and receive the latest messages.',NULL,1795421690787853,'','','sent','','prompt','','');
CREATE TABLE outbox (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	lane VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	thread_id VARCHAR NOT NULL, 
	ref VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	post VARCHAR NOT NULL, 
	slot INTEGER NOT NULL, 
	use VARCHAR NOT NULL, 
	"before" BIGINT, 
	"values" JSON NOT NULL, 
	state VARCHAR NOT NULL, 
	tries INTEGER NOT NULL, 
	remote_id VARCHAR NOT NULL, 
	code VARCHAR NOT NULL, 
	created_at BIGINT NOT NULL, 
	settled_at BIGINT
);
INSERT INTO "outbox" VALUES(1,'teams/01a20778d99c70ab2fbd4269f3bb617e','card','','','01a20778d99c70ab2fbd4269f3bb617e','',0,'',NULL,'{"card":"welcome","reference":{"service_url":"http://127.0.0.1:43525/amer/","conversation_id":"a:1__GCDIMePUS0a7Jmg4qAx1UqiIlAjflc48jY380zxv0NElT_DtAXhKwVwh27selLemj0snkPlXZiPr_m7b9UFw","bot_id":"28:5f8a2c1e-7d34-4b19-9a60-2e0c4d8b7f13","user_id":"29:15w7n1yJ9uMDC01esvTgKXKDGCISc8ESw-mzPSgLJ2cdeUyOPKR04iLe_Iq0FCIIM55dxpaxU8Lo3dG6HMIFADQ","tenant_id":"c0a7e4d2-91b6-4f58-8d3a-6b1f2e9c5a07","kind":"personal","locale":"en-US","timezone":"Europe/Berlin"}}','sent',0,'1795421690407','',1795421690368786,1795421690407981);
INSERT INTO "outbox" VALUES(2,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','','01a20778d99c70ab2fbd4269f3bb617e','',0,'',NULL,'{"card":"policy"}','sent',0,'1795421690479','',1795421690430825,1795421690479377);
INSERT INTO "outbox" VALUES(3,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778da3ef9b9216f35d02962c08d','01a20778d99c70ab2fbd4269f3bb617e','in.01a20778da3ef9b9216f35d02962c08d',0,'',NULL,'{"card":"incoming","resumed":false}','sent',0,'1795421690511','',1795421690430825,1795421690511587);
INSERT INTO "outbox" VALUES(4,'wechat/01a20778da3ef9b9216f35d02962c08d','text','01a20778da3ef9b9216f35d02962c08d','01a20778da9fe0957defb62d7807ac13','','',1,'message',1795594490000000,'{}','sent',0,'','',1795421690527092,1795421690596261);
INSERT INTO "outbox" VALUES(5,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778da9fe0957defb62d7807ac13','01a20778d99c70ab2fbd4269f3bb617e','out.01a20778da9fe0957defb62d7807ac13',0,'',NULL,'{"card":"confirmation"}','sent',0,'1795421690573','',1795421690527092,1795421690573569);
INSERT INTO "outbox" VALUES(6,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778da3ef9b9216f35d02962c08d','01a20778d99c70ab2fbd4269f3bb617e','in.01a20778da3ef9b9216f35d02962c08d',0,'',NULL,'{"card":"incoming"}','sent',0,'1795421690511','',1795421690527092,1795421690634116);
INSERT INTO "outbox" VALUES(7,'wechat/01a20778da3ef9b9216f35d02962c08d','text','01a20778da3ef9b9216f35d02962c08d','01a20778dac3787aa29b1a148a3d0f18','','',2,'message',1795594490000000,'{}','sent',0,'','',1795421690563188,1795421690661793);
INSERT INTO "outbox" VALUES(8,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778dac3787aa29b1a148a3d0f18','01a20778d99c70ab2fbd4269f3bb617e','out.01a20778dac3787aa29b1a148a3d0f18',0,'',NULL,'{"card":"confirmation"}','sent',0,'1795421690678','',1795421690563188,1795421690678657);
INSERT INTO "outbox" VALUES(9,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778da3ef9b9216f35d02962c08d','01a20778d99c70ab2fbd4269f3bb617e','in.01a20778da3ef9b9216f35d02962c08d',0,'',NULL,'{"card":"incoming"}','sent',0,'1795421690511','',1795421690563188,1795421690716721);
INSERT INTO "outbox" VALUES(10,'wechat/01a20778da3ef9b9216f35d02962c08d','text','01a20778da3ef9b9216f35d02962c08d','01a20778dadb63a114d2f3cc4c6b8081','','',3,'message',1795594490000000,'{}','sent',0,'','',1795421690587043,1795421690694046);
INSERT INTO "outbox" VALUES(11,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778dadb63a114d2f3cc4c6b8081','01a20778d99c70ab2fbd4269f3bb617e','out.01a20778dadb63a114d2f3cc4c6b8081',0,'',NULL,'{"card":"confirmation"}','sent',0,'1795421690746','',1795421690587043,1795421690746358);
INSERT INTO "outbox" VALUES(12,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778da3ef9b9216f35d02962c08d','01a20778d99c70ab2fbd4269f3bb617e','in.01a20778da3ef9b9216f35d02962c08d',0,'',NULL,'{"card":"incoming"}','sent',0,'1795421690511','',1795421690587043,1795421690792651);
INSERT INTO "outbox" VALUES(13,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778da9fe0957defb62d7807ac13','01a20778d99c70ab2fbd4269f3bb617e','out.01a20778da9fe0957defb62d7807ac13',0,'',NULL,'{"card":"confirmation"}','sent',0,'1795421690573','',1795421690596261,1795421690850658);
INSERT INTO "outbox" VALUES(14,'wechat/01a20778da3ef9b9216f35d02962c08d','text','01a20778da3ef9b9216f35d02962c08d','01a20778daead1de397e6acb31db2211','','',4,'message',1795594490000000,'{}','sent',0,'','',1795421690602847,1795421690721673);
INSERT INTO "outbox" VALUES(15,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778daead1de397e6acb31db2211','01a20778d99c70ab2fbd4269f3bb617e','out.01a20778daead1de397e6acb31db2211',0,'',NULL,'{"card":"confirmation"}','sent',0,'1795421690877','',1795421690602847,1795421690877762);
INSERT INTO "outbox" VALUES(16,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778da3ef9b9216f35d02962c08d','01a20778d99c70ab2fbd4269f3bb617e','in.01a20778da3ef9b9216f35d02962c08d',0,'',NULL,'{"card":"incoming"}','sent',0,'1795421690511','',1795421690602847,1795421690911268);
INSERT INTO "outbox" VALUES(17,'wechat/01a20778da3ef9b9216f35d02962c08d','text','01a20778da3ef9b9216f35d02962c08d','01a20778db00f92626fbe4394578e80d','','',5,'message',1795594490000000,'{}','sent',0,'','',1795421690624633,1795421690767102);
INSERT INTO "outbox" VALUES(18,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778db00f92626fbe4394578e80d','01a20778d99c70ab2fbd4269f3bb617e','out.01a20778db00f92626fbe4394578e80d',0,'',NULL,'{"card":"confirmation"}','sent',0,'1795421690947','',1795421690624633,1795421690950494);
INSERT INTO "outbox" VALUES(19,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','','01a20778d99c70ab2fbd4269f3bb617e','inactive.01a20778da3ef9b9216f35d02962c08d.1.limit',0,'',NULL,'{"card":"inactive","why":"limit","cause":null}','sent',0,'1795421690997','',1795421690624633,1795421690997872);
INSERT INTO "outbox" VALUES(20,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778da3ef9b9216f35d02962c08d','01a20778d99c70ab2fbd4269f3bb617e','in.01a20778da3ef9b9216f35d02962c08d',0,'',NULL,'{"card":"incoming"}','sent',0,'1795421690511','',1795421690624633,1795421691029989);
INSERT INTO "outbox" VALUES(21,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778dac3787aa29b1a148a3d0f18','01a20778d99c70ab2fbd4269f3bb617e','out.01a20778dac3787aa29b1a148a3d0f18',0,'',NULL,'{"card":"confirmation"}','sent',0,'1795421690678','',1795421690661793,1795421691080921);
INSERT INTO "outbox" VALUES(22,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778dadb63a114d2f3cc4c6b8081','01a20778d99c70ab2fbd4269f3bb617e','out.01a20778dadb63a114d2f3cc4c6b8081',0,'',NULL,'{"card":"confirmation"}','sent',0,'1795421690746','',1795421690694046,1795421691113869);
INSERT INTO "outbox" VALUES(23,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778daead1de397e6acb31db2211','01a20778d99c70ab2fbd4269f3bb617e','out.01a20778daead1de397e6acb31db2211',0,'',NULL,'{"card":"confirmation"}','sent',0,'1795421690877','',1795421690721673,1795421691146928);
INSERT INTO "outbox" VALUES(24,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778db00f92626fbe4394578e80d','01a20778d99c70ab2fbd4269f3bb617e','out.01a20778db00f92626fbe4394578e80d',0,'',NULL,'{"card":"confirmation"}','sent',0,'1795421690947','',1795421690767102,1795421691195154);
INSERT INTO "outbox" VALUES(25,'wechat/01a20778da3ef9b9216f35d02962c08d','template','01a20778da3ef9b9216f35d02962c08d','01a20778da3ef9b9216f35d02962c08d.prompt.1','','',0,'prompt',NULL,'{}','sent',0,'24000638213788182','',1795421690787853,1795421690818497);
INSERT INTO "outbox" VALUES(26,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778dba317d3f313c7e5389af143','01a20778d99c70ab2fbd4269f3bb617e','out.01a20778dba317d3f313c7e5389af143',0,'',NULL,'{"card":"confirmation"}','sent',0,'1795421691237','',1795421690787853,1795421691237912);
INSERT INTO "outbox" VALUES(27,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','','01a20778d99c70ab2fbd4269f3bb617e','inactive.01a20778da3ef9b9216f35d02962c08d.1.limit',0,'',NULL,'{"card":"inactive"}','sent',0,'1795421690997','',1795421690787853,1795421691562192);
INSERT INTO "outbox" VALUES(28,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778da3ef9b9216f35d02962c08d','01a20778d99c70ab2fbd4269f3bb617e','in.01a20778da3ef9b9216f35d02962c08d',0,'',NULL,'{"card":"incoming"}','sent',0,'1795421690511','',1795421690787853,1795421691589129);
INSERT INTO "outbox" VALUES(29,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','','01a20778d99c70ab2fbd4269f3bb617e','inactive.01a20778da3ef9b9216f35d02962c08d.1.limit',0,'',NULL,'{"card":"inactive"}','sent',0,'1795421690997','',1795421690818497,1795421691619641);
INSERT INTO "outbox" VALUES(30,'teams/01a20778da3ef9b9216f35d02962c08d','card','01a20778da3ef9b9216f35d02962c08d','01a20778da3ef9b9216f35d02962c08d','01a20778d99c70ab2fbd4269f3bb617e','in.01a20778da3ef9b9216f35d02962c08d',0,'',NULL,'{"card":"incoming"}','sent',0,'1795421690511','',1795421690818497,1795421691654550);
CREATE TABLE policies (
	name VARCHAR NOT NULL, 
	parent VARCHAR NOT NULL, 
	"values" JSON NOT NULL, 
	revision INTEGER NOT NULL, 
	CONSTRAINT pk_policies PRIMARY KEY (name)
);
CREATE TABLE posts (
	user_id VARCHAR NOT NULL, 
	post VARCHAR NOT NULL, 
	activity_id VARCHAR NOT NULL, 
	CONSTRAINT pk_posts PRIMARY KEY (user_id, post)
);
INSERT INTO "posts" VALUES('01a20778d99c70ab2fbd4269f3bb617e','in.01a20778da3ef9b9216f35d02962c08d','1795421690511');
INSERT INTO "posts" VALUES('01a20778d99c70ab2fbd4269f3bb617e','out.01a20778da9fe0957defb62d7807ac13','1795421690573');
INSERT INTO "posts" VALUES('01a20778d99c70ab2fbd4269f3bb617e','out.01a20778dac3787aa29b1a148a3d0f18','1795421690678');
INSERT INTO "posts" VALUES('01a20778d99c70ab2fbd4269f3bb617e','out.01a20778dadb63a114d2f3cc4c6b8081','1795421690746');
INSERT INTO "posts" VALUES('01a20778d99c70ab2fbd4269f3bb617e','out.01a20778daead1de397e6acb31db2211','1795421690877');
INSERT INTO "posts" VALUES('01a20778d99c70ab2fbd4269f3bb617e','out.01a20778db00f92626fbe4394578e80d','1795421690947');
INSERT INTO "posts" VALUES('01a20778d99c70ab2fbd4269f3bb617e','inactive.01a20778da3ef9b9216f35d02962c08d.1.limit','1795421690997');
INSERT INTO "posts" VALUES('01a20778d99c70ab2fbd4269f3bb617e','out.01a20778dba317d3f313c7e5389af143','1795421691237');
CREATE TABLE threads (
	id VARCHAR NOT NULL, 
	contact_id VARCHAR NOT NULL, 
	user_id VARCHAR NOT NULL, 
	account VARCHAR NOT NULL, 
	phase VARCHAR NOT NULL, 
	opened_at BIGINT NOT NULL, 
	heard_at BIGINT NOT NULL, 
	due_at BIGINT, 
	state JSON NOT NULL, 
	CONSTRAINT pk_threads PRIMARY KEY (id), 
	CONSTRAINT fk_threads_contact_id FOREIGN KEY(contact_id) REFERENCES contacts (id), 
	CONSTRAINT fk_threads_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "threads" VALUES('01a20778da3ef9b9216f35d02962c08d','01a20778da3ef9b9216f35d02962c08d','01a20778d99c70ab2fbd4269f3bb617e','default','inactive',1795421690430825,1795421690000000,NULL,'{"id":"01a20778da3ef9b9216f35d02962c08d","terms":{"reply_limit":5,"reply_window":172800000000,"queue_limit":5,"prompt":"template","release":"auto","release_age":null,"warn_before":14400000000,"on_uncertain":"hold"},"heard_at":"2026-11-23T08:14:50+00:00","heard_order":24000638213788181,"heard_id":"01a20778da3ef9b9216f35d02962c08d","phase":"inactive","why":"limit","cause":null,"spell":1,"slots":[{"ref":"01a20778da9fe0957defb62d7807ac13","use":"message","spell":1,"sent_at":"2026-11-23T08:14:50.596261+00:00"},{"ref":"01a20778dac3787aa29b1a148a3d0f18","use":"message","spell":1,"sent_at":"2026-11-23T08:14:50.661793+00:00"},{"ref":"01a20778dadb63a114d2f3cc4c6b8081","use":"message","spell":1,"sent_at":"2026-11-23T08:14:50.694046+00:00"},{"ref":"01a20778daead1de397e6acb31db2211","use":"message","spell":1,"sent_at":"2026-11-23T08:14:50.721673+00:00"},{"ref":"01a20778db00f92626fbe4394578e80d","use":"message","spell":1,"sent_at":"2026-11-23T08:14:50.767102+00:00"}],"queue":[{"message_id":"01a20778dba317d3f313c7e5389af143","at":"2026-11-23T08:14:50.787853+00:00"}],"uncertain":[],"prompt":"asked","prompt_at":"2026-11-23T08:14:50.818497+00:00","prompt_why":"","warned":false}');
CREATE TABLE tokens (
	name VARCHAR NOT NULL, 
	value TEXT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	CONSTRAINT pk_tokens PRIMARY KEY (name)
);
CREATE TABLE users (
	id VARCHAR NOT NULL, 
	tenant VARCHAR NOT NULL, 
	aad VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	number VARCHAR NOT NULL, 
	policy VARCHAR NOT NULL, 
	enabled BOOLEAN NOT NULL, 
	upn VARCHAR NOT NULL, 
	reference JSON, 
	CONSTRAINT pk_users PRIMARY KEY (id), 
	CONSTRAINT uq_users_tenant_aad UNIQUE (tenant, aad)
);
INSERT INTO "users" VALUES('01a20778d99c70ab2fbd4269f3bb617e','c0a7e4d2-91b6-4f58-8d3a-6b1f2e9c5a07','4fdaf35a-9fb8-53c9-a823-14d6483719d1','Anna Schmidt','+4915112345678','default',1,'','{"service_url":"http://127.0.0.1:43525/amer/","conversation_id":"a:1__GCDIMePUS0a7Jmg4qAx1UqiIlAjflc48jY380zxv0NElT_DtAXhKwVwh27selLemj0snkPlXZiPr_m7b9UFw","bot_id":"28:5f8a2c1e-7d34-4b19-9a60-2e0c4d8b7f13","user_id":"29:15w7n1yJ9uMDC01esvTgKXKDGCISc8ESw-mzPSgLJ2cdeUyOPKR04iLe_Iq0FCIIM55dxpaxU8Lo3dG6HMIFADQ","tenant_id":"c0a7e4d2-91b6-4f58-8d3a-6b1f2e9c5a07","kind":"personal","locale":"en-US","timezone":"Europe/Berlin"}');
CREATE UNIQUE INDEX uq_users_number ON users (number) WHERE number <> '';
CREATE UNIQUE INDEX uq_threads_open ON threads (contact_id) WHERE phase <> 'left';
CREATE INDEX ix_threads_due_at ON threads (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ix_threads_user_id ON threads (user_id);
CREATE INDEX ix_messages_thread_id ON messages (thread_id);
CREATE INDEX ix_messages_activity_key ON messages (activity_key) WHERE activity_key <> '';
CREATE INDEX ix_outbox_pending ON outbox (lane, id) WHERE state = 'pending';
CREATE INDEX ix_outbox_thread_id ON outbox (thread_id);
CREATE INDEX ix_outbox_remote_id ON outbox (remote_id) WHERE kind = 'template';
CREATE INDEX ix_lanes_way_due_at ON lanes (way, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ix_lanes_user_id ON lanes (user_id) WHERE user_id <> '';
CREATE INDEX ix_audit_thread_id ON audit (thread_id);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('outbox',30);
COMMIT;
