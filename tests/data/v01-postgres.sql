CREATE FUNCTION public.audit_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$;
CREATE TABLE public.accounts (
    name character varying NOT NULL,
    default_user character varying NOT NULL
);
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.audit (
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    account character varying NOT NULL,
    thread_id character varying NOT NULL,
    event character varying NOT NULL,
    key character varying NOT NULL,
    body text NOT NULL,
    prev character varying NOT NULL,
    hash character varying NOT NULL
);
CREATE TABLE public.contacts (
    id character varying NOT NULL,
    account character varying NOT NULL,
    openid character varying NOT NULL,
    name character varying NOT NULL,
    language character varying NOT NULL,
    number character varying NOT NULL,
    following boolean NOT NULL,
    owed jsonb NOT NULL
);
CREATE TABLE public.inbox (
    key character varying NOT NULL,
    answer jsonb NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.lanes (
    name character varying NOT NULL,
    way character varying NOT NULL,
    user_id character varying NOT NULL,
    head bigint,
    due_at timestamp with time zone,
    token character varying NOT NULL
);
CREATE TABLE public.messages (
    id character varying NOT NULL,
    thread_id character varying NOT NULL,
    author character varying NOT NULL,
    kind character varying NOT NULL,
    text text NOT NULL,
    original text,
    at timestamp with time zone NOT NULL,
    contact_id character varying NOT NULL,
    user_id character varying NOT NULL,
    state character varying,
    why character varying NOT NULL,
    notice character varying NOT NULL,
    media character varying NOT NULL,
    activity_key character varying NOT NULL
);
CREATE TABLE public.outbox (
    id bigint NOT NULL,
    lane character varying NOT NULL,
    kind character varying NOT NULL,
    thread_id character varying NOT NULL,
    ref character varying NOT NULL,
    user_id character varying NOT NULL,
    post character varying NOT NULL,
    slot integer NOT NULL,
    use character varying NOT NULL,
    before timestamp with time zone,
    "values" jsonb NOT NULL,
    state character varying NOT NULL,
    tries integer NOT NULL,
    remote_id character varying NOT NULL,
    code character varying NOT NULL,
    created_at timestamp with time zone NOT NULL,
    settled_at timestamp with time zone
);
CREATE SEQUENCE public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.outbox_id_seq OWNED BY public.outbox.id;
CREATE TABLE public.policies (
    name character varying NOT NULL,
    parent character varying NOT NULL,
    "values" jsonb NOT NULL,
    revision bigint NOT NULL
);
CREATE TABLE public.posts (
    user_id character varying NOT NULL,
    post character varying NOT NULL,
    activity_id character varying NOT NULL
);
CREATE TABLE public.threads (
    id character varying NOT NULL,
    contact_id character varying NOT NULL,
    user_id character varying NOT NULL,
    account character varying NOT NULL,
    phase character varying NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    heard_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    state jsonb NOT NULL
);
CREATE TABLE public.tokens (
    name character varying NOT NULL,
    value text NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.users (
    id character varying NOT NULL,
    tenant character varying NOT NULL,
    aad character varying NOT NULL,
    name character varying NOT NULL,
    number character varying NOT NULL,
    policy character varying NOT NULL,
    enabled boolean NOT NULL,
    upn character varying NOT NULL,
    reference jsonb
);
ALTER TABLE ONLY public.outbox ALTER COLUMN id SET DEFAULT nextval('public.outbox_id_seq'::regclass);
INSERT INTO public.accounts VALUES ('default', '01a20778d99c70ab2fbd4269f3bb617e');
INSERT INTO public.alembic_version VALUES ('v01');
INSERT INTO public.audit VALUES (1, '2026-11-23 08:14:50.269306+00', '', '', 'UserAdded', '', '{"by":"root","enabled":true,"event":"UserAdded","policy":"default","user":"01a20778d99c70ab2fbd4269f3bb617e"}', '0000000000000000000000000000000000000000000000000000000000000000', '723e9d42db0d15e00de4fd0dfde2842138bf541c73c5b1cd26103e20da64866a');
INSERT INTO public.audit VALUES (2, '2026-11-23 08:14:50.319887+00', 'default', '', 'DefaultUser', '', '{"by":"root","event":"DefaultUser","user":"01a20778d99c70ab2fbd4269f3bb617e"}', '723e9d42db0d15e00de4fd0dfde2842138bf541c73c5b1cd26103e20da64866a', '61dea3967facf01c990c974d7e2a26ef6827dceb3e1fbcc77b4cce98a1f2520d');
INSERT INTO public.audit VALUES (3, '2026-11-23 08:14:50.430825+00', 'default', '01a20778da3ef9b9216f35d02962c08d', 'ContactWrote', 'wechat:default:m:24000638213788181', '{"account":"default","at":"2026-11-23T08:14:50.430825+00:00","created_at":"2026-11-23T08:14:50+00:00","digest":"06b88fae4f0ebc4b0d1c99ed65160182d32b27d517df1d88dd526891d50ef42b","event":"ContactWrote","id":"01a20778da3ef9b9216f35d02962c08d","key":"wechat:default:m:24000638213788181","kind":"text","order":24000638213788181,"tapped":false,"terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","user":"01a20778d99c70ab2fbd4269f3bb617e"}', '61dea3967facf01c990c974d7e2a26ef6827dceb3e1fbcc77b4cce98a1f2520d', '6570a55ae0521d8bd2efdda1135adc805d27d076beaccbe6c581154e9390a8f8');
INSERT INTO public.audit VALUES (4, '2026-11-23 08:14:50.527092+00', '', '01a20778da3ef9b9216f35d02962c08d', 'UserWrote', 'teams:dd959a67fcbd14e9412b8638855d6b2f5d79487b', '{"activity_key":"teams:dd959a67fcbd14e9412b8638855d6b2f5d79487b","at":"2026-11-23T08:14:50.527092+00:00","digest":"0e1f09cfc53282b841ec0770b80580a7c3f15434ce52e2d7094ac944e4f08bf4","event":"UserWrote","id":"01a20778da9fe0957defb62d7807ac13","key":"teams:dd959a67fcbd14e9412b8638855d6b2f5d79487b","terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"","user":"01a20778d99c70ab2fbd4269f3bb617e"}', '6570a55ae0521d8bd2efdda1135adc805d27d076beaccbe6c581154e9390a8f8', '53d74af426f63a526eccf34f3447d4c9d9bc811d6680838d068a64d0e9ccbc41');
INSERT INTO public.audit VALUES (5, '2026-11-23 08:14:50.563188+00', '', '01a20778da3ef9b9216f35d02962c08d', 'UserWrote', 'teams:dbaaa1825372bc31a59d93439ee3c61e3904ed53', '{"activity_key":"teams:dbaaa1825372bc31a59d93439ee3c61e3904ed53","at":"2026-11-23T08:14:50.563188+00:00","digest":"ad760b8772de9a1b33a5d9ff5e0164b915e7754234218a6e206b293e5dd55c0a","event":"UserWrote","id":"01a20778dac3787aa29b1a148a3d0f18","key":"teams:dbaaa1825372bc31a59d93439ee3c61e3904ed53","terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"","user":"01a20778d99c70ab2fbd4269f3bb617e"}', '53d74af426f63a526eccf34f3447d4c9d9bc811d6680838d068a64d0e9ccbc41', 'a4c7845f5070a89bdfd01b830fe3526ccb719bacbfc3362a53dcf072ae6e9df8');
INSERT INTO public.audit VALUES (6, '2026-11-23 08:14:50.587043+00', '', '01a20778da3ef9b9216f35d02962c08d', 'UserWrote', 'teams:abc49ac832f9425e407ad910cc55af33bcb0c101', '{"activity_key":"teams:abc49ac832f9425e407ad910cc55af33bcb0c101","at":"2026-11-23T08:14:50.587043+00:00","digest":"47626ebe48ba0c6f85d09681e2b71eb01bf29567db7105be90f873f1b591f026","event":"UserWrote","id":"01a20778dadb63a114d2f3cc4c6b8081","key":"teams:abc49ac832f9425e407ad910cc55af33bcb0c101","terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"","user":"01a20778d99c70ab2fbd4269f3bb617e"}', 'a4c7845f5070a89bdfd01b830fe3526ccb719bacbfc3362a53dcf072ae6e9df8', '5d3aec22591740353643919ddc33eae475d82f1d76f1f800797c14455e94b3da');
INSERT INTO public.audit VALUES (7, '2026-11-23 08:14:50.596261+00', 'default', '01a20778da3ef9b9216f35d02962c08d', 'Delivered', '', '{"at":"2026-11-23T08:14:50.596261+00:00","event":"Delivered","id":"01a20778dae423462d715e694a191618","key":"","lane":"wechat/01a20778da3ef9b9216f35d02962c08d","ref":"01a20778da9fe0957defb62d7807ac13","remote_id":"","row":4,"terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"01a20778da3ef9b9216f35d02962c08d","user":"01a20778d99c70ab2fbd4269f3bb617e"}', '5d3aec22591740353643919ddc33eae475d82f1d76f1f800797c14455e94b3da', 'e2076a1470d1e0dac6e78baf9fd4dc913e2702ec3f49c9356debd9261af3a767');
INSERT INTO public.audit VALUES (8, '2026-11-23 08:14:50.602847+00', '', '01a20778da3ef9b9216f35d02962c08d', 'UserWrote', 'teams:c70c995310c090076281a9093aaed89e7abacc07', '{"activity_key":"teams:c70c995310c090076281a9093aaed89e7abacc07","at":"2026-11-23T08:14:50.602847+00:00","digest":"37502a2dfc68e69efd2259b3d98d357ef1f4f38450b69b260f43101a421680f9","event":"UserWrote","id":"01a20778daead1de397e6acb31db2211","key":"teams:c70c995310c090076281a9093aaed89e7abacc07","terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"","user":"01a20778d99c70ab2fbd4269f3bb617e"}', 'e2076a1470d1e0dac6e78baf9fd4dc913e2702ec3f49c9356debd9261af3a767', '7dd2e8feac1508bc0b206dd9a61bf9305a57eed9f2094b38812a58836e0d0ec2');
INSERT INTO public.audit VALUES (9, '2026-11-23 08:14:50.624633+00', '', '01a20778da3ef9b9216f35d02962c08d', 'UserWrote', 'teams:9deb351b69210beebfdb2775b4549fb9d41214a0', '{"activity_key":"teams:9deb351b69210beebfdb2775b4549fb9d41214a0","at":"2026-11-23T08:14:50.624633+00:00","digest":"0df2815395cee63d14880969eb653e743bfc78ebc788bbe6644c0ad9a6fd5804","event":"UserWrote","id":"01a20778db00f92626fbe4394578e80d","key":"teams:9deb351b69210beebfdb2775b4549fb9d41214a0","terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"","user":"01a20778d99c70ab2fbd4269f3bb617e"}', '7dd2e8feac1508bc0b206dd9a61bf9305a57eed9f2094b38812a58836e0d0ec2', 'f3c0f969bad9b04a47694d1611df3611d96ee3dd1a9f9a3c4355760fbebdc0b9');
INSERT INTO public.audit VALUES (10, '2026-11-23 08:14:50.661793+00', 'default', '01a20778da3ef9b9216f35d02962c08d', 'Delivered', '', '{"at":"2026-11-23T08:14:50.661793+00:00","event":"Delivered","id":"01a20778db250af1c2e3bbd3ca5b0727","key":"","lane":"wechat/01a20778da3ef9b9216f35d02962c08d","ref":"01a20778dac3787aa29b1a148a3d0f18","remote_id":"","row":7,"terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"01a20778da3ef9b9216f35d02962c08d","user":"01a20778d99c70ab2fbd4269f3bb617e"}', 'f3c0f969bad9b04a47694d1611df3611d96ee3dd1a9f9a3c4355760fbebdc0b9', '838f78f295791cdc0b9c1d2f9c02566d4486c5903bd2abae89ae5683b8cadd4a');
INSERT INTO public.audit VALUES (11, '2026-11-23 08:14:50.694046+00', 'default', '01a20778da3ef9b9216f35d02962c08d', 'Delivered', '', '{"at":"2026-11-23T08:14:50.694046+00:00","event":"Delivered","id":"01a20778db46b547220f7e2c5e6f0395","key":"","lane":"wechat/01a20778da3ef9b9216f35d02962c08d","ref":"01a20778dadb63a114d2f3cc4c6b8081","remote_id":"","row":10,"terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"01a20778da3ef9b9216f35d02962c08d","user":"01a20778d99c70ab2fbd4269f3bb617e"}', '838f78f295791cdc0b9c1d2f9c02566d4486c5903bd2abae89ae5683b8cadd4a', '0b4124489cca6737b2c72061792bd87861a0ed7916257a0725efbcd8798698c7');
INSERT INTO public.audit VALUES (12, '2026-11-23 08:14:50.721673+00', 'default', '01a20778da3ef9b9216f35d02962c08d', 'Delivered', '', '{"at":"2026-11-23T08:14:50.721673+00:00","event":"Delivered","id":"01a20778db6137ec8d15caba5d83c287","key":"","lane":"wechat/01a20778da3ef9b9216f35d02962c08d","ref":"01a20778daead1de397e6acb31db2211","remote_id":"","row":14,"terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"01a20778da3ef9b9216f35d02962c08d","user":"01a20778d99c70ab2fbd4269f3bb617e"}', '0b4124489cca6737b2c72061792bd87861a0ed7916257a0725efbcd8798698c7', 'f7e036a4b2fb301eca685996b164a86665dcbdb580e093d46c4952e0f9d1e5e3');
INSERT INTO public.audit VALUES (13, '2026-11-23 08:14:50.767102+00', 'default', '01a20778da3ef9b9216f35d02962c08d', 'Delivered', '', '{"at":"2026-11-23T08:14:50.767102+00:00","event":"Delivered","id":"01a20778db8f102137d1ee25215387e7","key":"","lane":"wechat/01a20778da3ef9b9216f35d02962c08d","ref":"01a20778db00f92626fbe4394578e80d","remote_id":"","row":17,"terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"01a20778da3ef9b9216f35d02962c08d","user":"01a20778d99c70ab2fbd4269f3bb617e"}', 'f7e036a4b2fb301eca685996b164a86665dcbdb580e093d46c4952e0f9d1e5e3', 'cfc9dbd9214377fa6c7aa67f5682023215a86bece635a7c1e8d9b65335c168a9');
INSERT INTO public.audit VALUES (14, '2026-11-23 08:14:50.787853+00', '', '01a20778da3ef9b9216f35d02962c08d', 'UserWrote', 'teams:1c39c45406f8b0e7a9f4760906cc51949b14cccb', '{"activity_key":"teams:1c39c45406f8b0e7a9f4760906cc51949b14cccb","at":"2026-11-23T08:14:50.787853+00:00","digest":"8f80baa793771d5dcb29e40d648837e9ca4375c1c99a4a30cea11adaca0e32f6","event":"UserWrote","id":"01a20778dba317d3f313c7e5389af143","key":"teams:1c39c45406f8b0e7a9f4760906cc51949b14cccb","terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"","user":"01a20778d99c70ab2fbd4269f3bb617e"}', 'cfc9dbd9214377fa6c7aa67f5682023215a86bece635a7c1e8d9b65335c168a9', 'ebb8c376edc5bf0fb00dd01ae9f2624097ff81199d47757c9ac6f5f293a2ca61');
INSERT INTO public.audit VALUES (15, '2026-11-23 08:14:50.818497+00', 'default', '01a20778da3ef9b9216f35d02962c08d', 'Delivered', '', '{"at":"2026-11-23T08:14:50.818497+00:00","event":"Delivered","id":"01a20778dbc27091c7102114ad2d9215","key":"","lane":"wechat/01a20778da3ef9b9216f35d02962c08d","ref":"01a20778da3ef9b9216f35d02962c08d.prompt.1","remote_id":"24000638213788182","row":25,"terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","thread_id":"01a20778da3ef9b9216f35d02962c08d","user":"01a20778d99c70ab2fbd4269f3bb617e"}', 'ebb8c376edc5bf0fb00dd01ae9f2624097ff81199d47757c9ac6f5f293a2ca61', 'f25e71ef0c383b97b6a381abd1670899043130aaa2bc15c1ff4faf7898232a29');
INSERT INTO public.audit VALUES (16, '2026-11-23 08:14:50.819102+00', 'default', '01a20778da3ef9b9216f35d02962c08d', 'PromptReported', 'wechat:default:e:a3505616c39a135eafa6606e6d103e71', '{"account":"default","at":"2026-11-23T08:14:50.819102+00:00","event":"PromptReported","failure":"","id":"01a20778dbc33251321b93af1d8db068","key":"wechat:default:e:a3505616c39a135eafa6606e6d103e71","remote_id":"24000638213788182","terms":{"on_uncertain":"hold","prompt":"template","queue_limit":5,"release":"auto","release_age":null,"reply_limit":5,"reply_window":172800.0,"warn_before":14400.0},"thread":"01a20778da3ef9b9216f35d02962c08d","user":"01a20778d99c70ab2fbd4269f3bb617e"}', 'f25e71ef0c383b97b6a381abd1670899043130aaa2bc15c1ff4faf7898232a29', '0ac96822e0ab65795d26adcfff2f81e51fdc5f4f6156f28967a59e5503de7f22');
INSERT INTO public.contacts VALUES ('01a20778da3ef9b9216f35d02962c08d', 'default', 'oMT_rYlip5hYww-fneCd8bjlZac1', '', '', '', true, '[]');
INSERT INTO public.inbox VALUES ('teams:f1aca375cc52a5d56a179e0e15dafa65017fa227', '{}', '2026-11-23 08:14:50.368786+00');
INSERT INTO public.inbox VALUES ('teams:441fad62262b6aa93580d03281dd5e1776dd4304', '{}', '2026-11-23 08:14:50.396998+00');
INSERT INTO public.inbox VALUES ('wechat:default:m:24000638213788181', '{"reply": "You are chatting with Anna Schmidt.\n\nThank you! You can now start chatting.\n\nThis account can only message you while the chat is active. The chat becomes inactive if you do not reply:\n\n- After receiving 5 messages\n- After 48 hours\n\nYou can send a message at any time to resume the conversation."}', '2026-11-23 08:14:50.430825+00');
INSERT INTO public.inbox VALUES ('teams:dd959a67fcbd14e9412b8638855d6b2f5d79487b', '{}', '2026-11-23 08:14:50.527092+00');
INSERT INTO public.inbox VALUES ('teams:dbaaa1825372bc31a59d93439ee3c61e3904ed53', '{}', '2026-11-23 08:14:50.563188+00');
INSERT INTO public.inbox VALUES ('teams:abc49ac832f9425e407ad910cc55af33bcb0c101', '{}', '2026-11-23 08:14:50.587043+00');
INSERT INTO public.inbox VALUES ('teams:c70c995310c090076281a9093aaed89e7abacc07', '{}', '2026-11-23 08:14:50.602847+00');
INSERT INTO public.inbox VALUES ('teams:9deb351b69210beebfdb2775b4549fb9d41214a0', '{}', '2026-11-23 08:14:50.624633+00');
INSERT INTO public.inbox VALUES ('teams:1c39c45406f8b0e7a9f4760906cc51949b14cccb', '{}', '2026-11-23 08:14:50.787853+00');
INSERT INTO public.inbox VALUES ('wechat:default:e:a3505616c39a135eafa6606e6d103e71', '{}', '2026-11-23 08:14:50.819102+00');
INSERT INTO public.lanes VALUES ('teams/01a20778d99c70ab2fbd4269f3bb617e', 'teams', '01a20778d99c70ab2fbd4269f3bb617e', NULL, NULL, '');
INSERT INTO public.lanes VALUES ('teams/01a20778da3ef9b9216f35d02962c08d', 'teams', '01a20778d99c70ab2fbd4269f3bb617e', NULL, NULL, '');
INSERT INTO public.lanes VALUES ('wechat/01a20778da3ef9b9216f35d02962c08d', 'wechat', '', NULL, NULL, '');
INSERT INTO public.messages VALUES ('01a20778da3ef9b9216f35d02962c08d', '01a20778da3ef9b9216f35d02962c08d', 'contact', 'text', '你好 hello', NULL, '2026-11-23 08:14:50+00', '01a20778da3ef9b9216f35d02962c08d', '', NULL, '', '', '', '');
INSERT INTO public.messages VALUES ('01a20778da3ef9b9216f35d02962c08d.who', '01a20778da3ef9b9216f35d02962c08d', 'system', 'text', 'You are chatting with Anna Schmidt.', NULL, '2026-11-23 08:14:50.430825+00', '', '', 'sent', '', 'who', '', '');
INSERT INTO public.messages VALUES ('01a20778da3ef9b9216f35d02962c08d.welcome', '01a20778da3ef9b9216f35d02962c08d', 'system', 'text', 'Thank you! You can now start chatting.

This account can only message you while the chat is active. The chat becomes inactive if you do not reply:

- After receiving 5 messages
- After 48 hours

You can send a message at any time to resume the conversation.', NULL, '2026-11-23 08:14:50.430825+00', '', '', 'sent', '', 'welcome', '', '');
INSERT INTO public.messages VALUES ('01a20778da9fe0957defb62d7807ac13', '01a20778da3ef9b9216f35d02962c08d', 'user', 'text', 'answer 1', NULL, '2026-11-23 08:14:50.527092+00', '', '01a20778d99c70ab2fbd4269f3bb617e', 'sent', '', '', '', 'teams:dd959a67fcbd14e9412b8638855d6b2f5d79487b');
INSERT INTO public.messages VALUES ('01a20778dac3787aa29b1a148a3d0f18', '01a20778da3ef9b9216f35d02962c08d', 'user', 'text', 'answer 2', NULL, '2026-11-23 08:14:50.563188+00', '', '01a20778d99c70ab2fbd4269f3bb617e', 'sent', '', '', '', 'teams:dbaaa1825372bc31a59d93439ee3c61e3904ed53');
INSERT INTO public.messages VALUES ('01a20778dadb63a114d2f3cc4c6b8081', '01a20778da3ef9b9216f35d02962c08d', 'user', 'text', 'answer 3', NULL, '2026-11-23 08:14:50.587043+00', '', '01a20778d99c70ab2fbd4269f3bb617e', 'sent', '', '', '', 'teams:abc49ac832f9425e407ad910cc55af33bcb0c101');
INSERT INTO public.messages VALUES ('01a20778daead1de397e6acb31db2211', '01a20778da3ef9b9216f35d02962c08d', 'user', 'text', 'answer 4', NULL, '2026-11-23 08:14:50.602847+00', '', '01a20778d99c70ab2fbd4269f3bb617e', 'sent', '', '', '', 'teams:c70c995310c090076281a9093aaed89e7abacc07');
INSERT INTO public.messages VALUES ('01a20778db00f92626fbe4394578e80d', '01a20778da3ef9b9216f35d02962c08d', 'user', 'text', 'answer 5', NULL, '2026-11-23 08:14:50.624633+00', '', '01a20778d99c70ab2fbd4269f3bb617e', 'sent', '', '', '', 'teams:9deb351b69210beebfdb2775b4549fb9d41214a0');
INSERT INTO public.messages VALUES ('01a20778dba317d3f313c7e5389af143', '01a20778da3ef9b9216f35d02962c08d', 'user', 'text', 'answer 6', NULL, '2026-11-23 08:14:50.787853+00', '', '01a20778d99c70ab2fbd4269f3bb617e', 'queued', '', '', '', 'teams:1c39c45406f8b0e7a9f4760906cc51949b14cccb');
INSERT INTO public.messages VALUES ('01a20778da3ef9b9216f35d02962c08d.prompt.1', '01a20778da3ef9b9216f35d02962c08d', 'system', 'text', 'You have new messages from this sender. Please reply to the chat to resume the conversation and receive the latest messages.', NULL, '2026-11-23 08:14:50.787853+00', '', '', 'sent', '', 'prompt', '', '');
INSERT INTO public.outbox VALUES (1, 'teams/01a20778d99c70ab2fbd4269f3bb617e', 'card', '', '', '01a20778d99c70ab2fbd4269f3bb617e', '', 0, '', NULL, '{"card": "welcome", "reference": {"kind": "personal", "bot_id": "28:5f8a2c1e-7d34-4b19-9a60-2e0c4d8b7f13", "locale": "en-US", "user_id": "29:15w7n1yJ9uMDC01esvTgKXKDGCISc8ESw-mzPSgLJ2cdeUyOPKR04iLe_Iq0FCIIM55dxpaxU8Lo3dG6HMIFADQ", "timezone": "Europe/Berlin", "tenant_id": "c0a7e4d2-91b6-4f58-8d3a-6b1f2e9c5a07", "service_url": "http://127.0.0.1:43525/amer/", "conversation_id": "a:1__GCDIMePUS0a7Jmg4qAx1UqiIlAjflc48jY380zxv0NElT_DtAXhKwVwh27selLemj0snkPlXZiPr_m7b9UFw"}}', 'sent', 0, '1795421690407', '', '2026-11-23 08:14:50.368786+00', '2026-11-23 08:14:50.407981+00');
INSERT INTO public.outbox VALUES (2, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '', '01a20778d99c70ab2fbd4269f3bb617e', '', 0, '', NULL, '{"card": "policy"}', 'sent', 0, '1795421690479', '', '2026-11-23 08:14:50.430825+00', '2026-11-23 08:14:50.479377+00');
INSERT INTO public.outbox VALUES (3, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778da3ef9b9216f35d02962c08d', '01a20778d99c70ab2fbd4269f3bb617e', 'in.01a20778da3ef9b9216f35d02962c08d', 0, '', NULL, '{"card": "incoming", "resumed": false}', 'sent', 0, '1795421690511', '', '2026-11-23 08:14:50.430825+00', '2026-11-23 08:14:50.511587+00');
INSERT INTO public.outbox VALUES (4, 'wechat/01a20778da3ef9b9216f35d02962c08d', 'text', '01a20778da3ef9b9216f35d02962c08d', '01a20778da9fe0957defb62d7807ac13', '', '', 1, 'message', '2026-11-25 08:14:50+00', '{}', 'sent', 0, '', '', '2026-11-23 08:14:50.527092+00', '2026-11-23 08:14:50.596261+00');
INSERT INTO public.outbox VALUES (5, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778da9fe0957defb62d7807ac13', '01a20778d99c70ab2fbd4269f3bb617e', 'out.01a20778da9fe0957defb62d7807ac13', 0, '', NULL, '{"card": "confirmation"}', 'sent', 0, '1795421690573', '', '2026-11-23 08:14:50.527092+00', '2026-11-23 08:14:50.573569+00');
INSERT INTO public.outbox VALUES (6, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778da3ef9b9216f35d02962c08d', '01a20778d99c70ab2fbd4269f3bb617e', 'in.01a20778da3ef9b9216f35d02962c08d', 0, '', NULL, '{"card": "incoming"}', 'sent', 0, '1795421690511', '', '2026-11-23 08:14:50.527092+00', '2026-11-23 08:14:50.634116+00');
INSERT INTO public.outbox VALUES (7, 'wechat/01a20778da3ef9b9216f35d02962c08d', 'text', '01a20778da3ef9b9216f35d02962c08d', '01a20778dac3787aa29b1a148a3d0f18', '', '', 2, 'message', '2026-11-25 08:14:50+00', '{}', 'sent', 0, '', '', '2026-11-23 08:14:50.563188+00', '2026-11-23 08:14:50.661793+00');
INSERT INTO public.outbox VALUES (8, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778dac3787aa29b1a148a3d0f18', '01a20778d99c70ab2fbd4269f3bb617e', 'out.01a20778dac3787aa29b1a148a3d0f18', 0, '', NULL, '{"card": "confirmation"}', 'sent', 0, '1795421690678', '', '2026-11-23 08:14:50.563188+00', '2026-11-23 08:14:50.678657+00');
INSERT INTO public.outbox VALUES (9, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778da3ef9b9216f35d02962c08d', '01a20778d99c70ab2fbd4269f3bb617e', 'in.01a20778da3ef9b9216f35d02962c08d', 0, '', NULL, '{"card": "incoming"}', 'sent', 0, '1795421690511', '', '2026-11-23 08:14:50.563188+00', '2026-11-23 08:14:50.716721+00');
INSERT INTO public.outbox VALUES (10, 'wechat/01a20778da3ef9b9216f35d02962c08d', 'text', '01a20778da3ef9b9216f35d02962c08d', '01a20778dadb63a114d2f3cc4c6b8081', '', '', 3, 'message', '2026-11-25 08:14:50+00', '{}', 'sent', 0, '', '', '2026-11-23 08:14:50.587043+00', '2026-11-23 08:14:50.694046+00');
INSERT INTO public.outbox VALUES (11, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778dadb63a114d2f3cc4c6b8081', '01a20778d99c70ab2fbd4269f3bb617e', 'out.01a20778dadb63a114d2f3cc4c6b8081', 0, '', NULL, '{"card": "confirmation"}', 'sent', 0, '1795421690746', '', '2026-11-23 08:14:50.587043+00', '2026-11-23 08:14:50.746358+00');
INSERT INTO public.outbox VALUES (12, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778da3ef9b9216f35d02962c08d', '01a20778d99c70ab2fbd4269f3bb617e', 'in.01a20778da3ef9b9216f35d02962c08d', 0, '', NULL, '{"card": "incoming"}', 'sent', 0, '1795421690511', '', '2026-11-23 08:14:50.587043+00', '2026-11-23 08:14:50.792651+00');
INSERT INTO public.outbox VALUES (13, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778da9fe0957defb62d7807ac13', '01a20778d99c70ab2fbd4269f3bb617e', 'out.01a20778da9fe0957defb62d7807ac13', 0, '', NULL, '{"card": "confirmation"}', 'sent', 0, '1795421690573', '', '2026-11-23 08:14:50.596261+00', '2026-11-23 08:14:50.850658+00');
INSERT INTO public.outbox VALUES (14, 'wechat/01a20778da3ef9b9216f35d02962c08d', 'text', '01a20778da3ef9b9216f35d02962c08d', '01a20778daead1de397e6acb31db2211', '', '', 4, 'message', '2026-11-25 08:14:50+00', '{}', 'sent', 0, '', '', '2026-11-23 08:14:50.602847+00', '2026-11-23 08:14:50.721673+00');
INSERT INTO public.outbox VALUES (15, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778daead1de397e6acb31db2211', '01a20778d99c70ab2fbd4269f3bb617e', 'out.01a20778daead1de397e6acb31db2211', 0, '', NULL, '{"card": "confirmation"}', 'sent', 0, '1795421690877', '', '2026-11-23 08:14:50.602847+00', '2026-11-23 08:14:50.877762+00');
INSERT INTO public.outbox VALUES (16, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778da3ef9b9216f35d02962c08d', '01a20778d99c70ab2fbd4269f3bb617e', 'in.01a20778da3ef9b9216f35d02962c08d', 0, '', NULL, '{"card": "incoming"}', 'sent', 0, '1795421690511', '', '2026-11-23 08:14:50.602847+00', '2026-11-23 08:14:50.911268+00');
INSERT INTO public.outbox VALUES (17, 'wechat/01a20778da3ef9b9216f35d02962c08d', 'text', '01a20778da3ef9b9216f35d02962c08d', '01a20778db00f92626fbe4394578e80d', '', '', 5, 'message', '2026-11-25 08:14:50+00', '{}', 'sent', 0, '', '', '2026-11-23 08:14:50.624633+00', '2026-11-23 08:14:50.767102+00');
INSERT INTO public.outbox VALUES (18, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778db00f92626fbe4394578e80d', '01a20778d99c70ab2fbd4269f3bb617e', 'out.01a20778db00f92626fbe4394578e80d', 0, '', NULL, '{"card": "confirmation"}', 'sent', 0, '1795421690947', '', '2026-11-23 08:14:50.624633+00', '2026-11-23 08:14:50.950494+00');
INSERT INTO public.outbox VALUES (19, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '', '01a20778d99c70ab2fbd4269f3bb617e', 'inactive.01a20778da3ef9b9216f35d02962c08d.1.limit', 0, '', NULL, '{"why": "limit", "card": "inactive", "cause": null}', 'sent', 0, '1795421690997', '', '2026-11-23 08:14:50.624633+00', '2026-11-23 08:14:50.997872+00');
INSERT INTO public.outbox VALUES (20, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778da3ef9b9216f35d02962c08d', '01a20778d99c70ab2fbd4269f3bb617e', 'in.01a20778da3ef9b9216f35d02962c08d', 0, '', NULL, '{"card": "incoming"}', 'sent', 0, '1795421690511', '', '2026-11-23 08:14:50.624633+00', '2026-11-23 08:14:51.029989+00');
INSERT INTO public.outbox VALUES (21, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778dac3787aa29b1a148a3d0f18', '01a20778d99c70ab2fbd4269f3bb617e', 'out.01a20778dac3787aa29b1a148a3d0f18', 0, '', NULL, '{"card": "confirmation"}', 'sent', 0, '1795421690678', '', '2026-11-23 08:14:50.661793+00', '2026-11-23 08:14:51.080921+00');
INSERT INTO public.outbox VALUES (22, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778dadb63a114d2f3cc4c6b8081', '01a20778d99c70ab2fbd4269f3bb617e', 'out.01a20778dadb63a114d2f3cc4c6b8081', 0, '', NULL, '{"card": "confirmation"}', 'sent', 0, '1795421690746', '', '2026-11-23 08:14:50.694046+00', '2026-11-23 08:14:51.113869+00');
INSERT INTO public.outbox VALUES (23, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778daead1de397e6acb31db2211', '01a20778d99c70ab2fbd4269f3bb617e', 'out.01a20778daead1de397e6acb31db2211', 0, '', NULL, '{"card": "confirmation"}', 'sent', 0, '1795421690877', '', '2026-11-23 08:14:50.721673+00', '2026-11-23 08:14:51.146928+00');
INSERT INTO public.outbox VALUES (24, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778db00f92626fbe4394578e80d', '01a20778d99c70ab2fbd4269f3bb617e', 'out.01a20778db00f92626fbe4394578e80d', 0, '', NULL, '{"card": "confirmation"}', 'sent', 0, '1795421690947', '', '2026-11-23 08:14:50.767102+00', '2026-11-23 08:14:51.195154+00');
INSERT INTO public.outbox VALUES (25, 'wechat/01a20778da3ef9b9216f35d02962c08d', 'template', '01a20778da3ef9b9216f35d02962c08d', '01a20778da3ef9b9216f35d02962c08d.prompt.1', '', '', 0, 'prompt', NULL, '{}', 'sent', 0, '24000638213788182', '', '2026-11-23 08:14:50.787853+00', '2026-11-23 08:14:50.818497+00');
INSERT INTO public.outbox VALUES (26, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778dba317d3f313c7e5389af143', '01a20778d99c70ab2fbd4269f3bb617e', 'out.01a20778dba317d3f313c7e5389af143', 0, '', NULL, '{"card": "confirmation"}', 'sent', 0, '1795421691237', '', '2026-11-23 08:14:50.787853+00', '2026-11-23 08:14:51.237912+00');
INSERT INTO public.outbox VALUES (27, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '', '01a20778d99c70ab2fbd4269f3bb617e', 'inactive.01a20778da3ef9b9216f35d02962c08d.1.limit', 0, '', NULL, '{"card": "inactive"}', 'sent', 0, '1795421690997', '', '2026-11-23 08:14:50.787853+00', '2026-11-23 08:14:51.562192+00');
INSERT INTO public.outbox VALUES (28, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778da3ef9b9216f35d02962c08d', '01a20778d99c70ab2fbd4269f3bb617e', 'in.01a20778da3ef9b9216f35d02962c08d', 0, '', NULL, '{"card": "incoming"}', 'sent', 0, '1795421690511', '', '2026-11-23 08:14:50.787853+00', '2026-11-23 08:14:51.589129+00');
INSERT INTO public.outbox VALUES (29, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '', '01a20778d99c70ab2fbd4269f3bb617e', 'inactive.01a20778da3ef9b9216f35d02962c08d.1.limit', 0, '', NULL, '{"card": "inactive"}', 'sent', 0, '1795421690997', '', '2026-11-23 08:14:50.818497+00', '2026-11-23 08:14:51.619641+00');
INSERT INTO public.outbox VALUES (30, 'teams/01a20778da3ef9b9216f35d02962c08d', 'card', '01a20778da3ef9b9216f35d02962c08d', '01a20778da3ef9b9216f35d02962c08d', '01a20778d99c70ab2fbd4269f3bb617e', 'in.01a20778da3ef9b9216f35d02962c08d', 0, '', NULL, '{"card": "incoming"}', 'sent', 0, '1795421690511', '', '2026-11-23 08:14:50.818497+00', '2026-11-23 08:14:51.65455+00');
INSERT INTO public.posts VALUES ('01a20778d99c70ab2fbd4269f3bb617e', 'in.01a20778da3ef9b9216f35d02962c08d', '1795421690511');
INSERT INTO public.posts VALUES ('01a20778d99c70ab2fbd4269f3bb617e', 'out.01a20778da9fe0957defb62d7807ac13', '1795421690573');
INSERT INTO public.posts VALUES ('01a20778d99c70ab2fbd4269f3bb617e', 'out.01a20778dac3787aa29b1a148a3d0f18', '1795421690678');
INSERT INTO public.posts VALUES ('01a20778d99c70ab2fbd4269f3bb617e', 'out.01a20778dadb63a114d2f3cc4c6b8081', '1795421690746');
INSERT INTO public.posts VALUES ('01a20778d99c70ab2fbd4269f3bb617e', 'out.01a20778daead1de397e6acb31db2211', '1795421690877');
INSERT INTO public.posts VALUES ('01a20778d99c70ab2fbd4269f3bb617e', 'out.01a20778db00f92626fbe4394578e80d', '1795421690947');
INSERT INTO public.posts VALUES ('01a20778d99c70ab2fbd4269f3bb617e', 'inactive.01a20778da3ef9b9216f35d02962c08d.1.limit', '1795421690997');
INSERT INTO public.posts VALUES ('01a20778d99c70ab2fbd4269f3bb617e', 'out.01a20778dba317d3f313c7e5389af143', '1795421691237');
INSERT INTO public.threads VALUES ('01a20778da3ef9b9216f35d02962c08d', '01a20778da3ef9b9216f35d02962c08d', '01a20778d99c70ab2fbd4269f3bb617e', 'default', 'inactive', '2026-11-23 08:14:50.430825+00', '2026-11-23 08:14:50+00', NULL, '{"id": "01a20778da3ef9b9216f35d02962c08d", "why": "limit", "cause": null, "phase": "inactive", "queue": [{"at": "2026-11-23T08:14:50.787853+00:00", "message_id": "01a20778dba317d3f313c7e5389af143"}], "slots": [{"ref": "01a20778da9fe0957defb62d7807ac13", "use": "message", "spell": 1, "sent_at": "2026-11-23T08:14:50.596261+00:00"}, {"ref": "01a20778dac3787aa29b1a148a3d0f18", "use": "message", "spell": 1, "sent_at": "2026-11-23T08:14:50.661793+00:00"}, {"ref": "01a20778dadb63a114d2f3cc4c6b8081", "use": "message", "spell": 1, "sent_at": "2026-11-23T08:14:50.694046+00:00"}, {"ref": "01a20778daead1de397e6acb31db2211", "use": "message", "spell": 1, "sent_at": "2026-11-23T08:14:50.721673+00:00"}, {"ref": "01a20778db00f92626fbe4394578e80d", "use": "message", "spell": 1, "sent_at": "2026-11-23T08:14:50.767102+00:00"}], "spell": 1, "terms": {"prompt": "template", "release": "auto", "queue_limit": 5, "release_age": null, "reply_limit": 5, "warn_before": 14400000000, "on_uncertain": "hold", "reply_window": 172800000000}, "prompt": "asked", "warned": false, "heard_at": "2026-11-23T08:14:50+00:00", "heard_id": "01a20778da3ef9b9216f35d02962c08d", "prompt_at": "2026-11-23T08:14:50.818497+00:00", "uncertain": [], "prompt_why": "", "heard_order": 24000638213788181}');
INSERT INTO public.users VALUES ('01a20778d99c70ab2fbd4269f3bb617e', 'c0a7e4d2-91b6-4f58-8d3a-6b1f2e9c5a07', '4fdaf35a-9fb8-53c9-a823-14d6483719d1', 'Anna Schmidt', '+4915112345678', 'default', true, '', '{"kind": "personal", "bot_id": "28:5f8a2c1e-7d34-4b19-9a60-2e0c4d8b7f13", "locale": "en-US", "user_id": "29:15w7n1yJ9uMDC01esvTgKXKDGCISc8ESw-mzPSgLJ2cdeUyOPKR04iLe_Iq0FCIIM55dxpaxU8Lo3dG6HMIFADQ", "timezone": "Europe/Berlin", "tenant_id": "c0a7e4d2-91b6-4f58-8d3a-6b1f2e9c5a07", "service_url": "http://127.0.0.1:43525/amer/", "conversation_id": "a:1__GCDIMePUS0a7Jmg4qAx1UqiIlAjflc48jY380zxv0NElT_DtAXhKwVwh27selLemj0snkPlXZiPr_m7b9UFw"}');
SELECT pg_catalog.setval('public.outbox_id_seq', 30, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT pk_accounts PRIMARY KEY (name);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT pk_audit PRIMARY KEY (seq);
ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT pk_contacts PRIMARY KEY (id);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT pk_inbox PRIMARY KEY (key);
ALTER TABLE ONLY public.lanes
    ADD CONSTRAINT pk_lanes PRIMARY KEY (name);
ALTER TABLE ONLY public.messages
    ADD CONSTRAINT pk_messages PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (id);
ALTER TABLE ONLY public.policies
    ADD CONSTRAINT pk_policies PRIMARY KEY (name);
ALTER TABLE ONLY public.posts
    ADD CONSTRAINT pk_posts PRIMARY KEY (user_id, post);
ALTER TABLE ONLY public.threads
    ADD CONSTRAINT pk_threads PRIMARY KEY (id);
ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT pk_tokens PRIMARY KEY (name);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT pk_users PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT uq_contacts_account_openid UNIQUE (account, openid);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT uq_users_tenant_aad UNIQUE (tenant, aad);
CREATE INDEX ix_audit_thread_id ON public.audit USING btree (thread_id);
CREATE INDEX ix_lanes_user_id ON public.lanes USING btree (user_id) WHERE ((user_id)::text <> ''::text);
CREATE INDEX ix_lanes_way_due_at ON public.lanes USING btree (way, due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX ix_messages_activity_key ON public.messages USING btree (activity_key) WHERE ((activity_key)::text <> ''::text);
CREATE INDEX ix_messages_thread_id ON public.messages USING btree (thread_id);
CREATE INDEX ix_outbox_pending ON public.outbox USING btree (lane, id) WHERE ((state)::text = 'pending'::text);
CREATE INDEX ix_outbox_remote_id ON public.outbox USING btree (remote_id) WHERE ((kind)::text = 'template'::text);
CREATE INDEX ix_outbox_thread_id ON public.outbox USING btree (thread_id);
CREATE INDEX ix_threads_due_at ON public.threads USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX ix_threads_user_id ON public.threads USING btree (user_id);
CREATE UNIQUE INDEX uq_threads_open ON public.threads USING btree (contact_id) WHERE ((phase)::text <> 'left'::text);
CREATE UNIQUE INDEX uq_users_number ON public.users USING btree (number) WHERE ((number)::text <> ''::text);
CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION public.audit_append_only();
ALTER TABLE ONLY public.threads
    ADD CONSTRAINT fk_threads_contact_id FOREIGN KEY (contact_id) REFERENCES public.contacts(id);
ALTER TABLE ONLY public.threads
    ADD CONSTRAINT fk_threads_user_id FOREIGN KEY (user_id) REFERENCES public.users(id);
