-- Online payments: what was begun, what the provider said, and what of it was booked. The provider is asked after a row
-- is committed, never before; what it says moves rows forward, and every fact of its is booked once (online_booking).

-- Whom the provider knows by a customer id of its own. payer: our code, never a name.
CREATE TABLE online_customer (
    payer text CONSTRAINT online_customer_pkey PRIMARY KEY,
    customer text NOT NULL CONSTRAINT online_customer_once UNIQUE,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- A way to pay that a payer let us keep: the provider's id of it, and what a person knows it by ("visa 4242").
CREATE TABLE online_way (
    payer text CONSTRAINT online_way_pkey PRIMARY KEY CONSTRAINT online_way_payer REFERENCES online_customer (payer),
    method text NOT NULL,
    kind text NOT NULL CONSTRAINT online_way_kind CHECK (kind IN ('card', 'sepa_debit')),
    label text NOT NULL CONSTRAINT online_way_label CHECK (length(label) <= 60),
    saved_at timestamptz NOT NULL
);

-- kind: on the provider's page, or with a way that was kept. page_until: asked for, so that the same call can be made
-- again. due_at: not asked of the provider before; method: the way that was kept and is charged. reason: the newest decline or failure, in the provider's word.
CREATE TABLE online_payment (
    id uuid CONSTRAINT online_payment_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT online_payment_kind CHECK (kind IN ('page', 'saved')),
    purpose text NOT NULL CONSTRAINT online_payment_purpose CHECK (purpose ~ '^[a-z_]{1,40}$'),
    subject text NOT NULL CONSTRAINT online_payment_subject CHECK (length(subject) BETWEEN 1 AND 64),
    amount_cents bigint NOT NULL CONSTRAINT online_payment_amount CHECK (amount_cents BETWEEN 1 AND 99999999),
    title text NOT NULL,
    locale text NOT NULL CONSTRAINT online_payment_locale CHECK (locale ~ '^[a-z]{2}$'),
    ways text[] NOT NULL CONSTRAINT online_payment_ways CHECK (cardinality(ways) > 0 AND ways <@ ARRAY['card', 'sepa_debit']),
    payer text CONSTRAINT online_payment_payer REFERENCES online_customer (payer),
    keeps_way boolean NOT NULL,
    back_url text,
    cancelled_url text,
    page_until timestamptz,
    begun_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    state text NOT NULL CONSTRAINT online_payment_state CHECK (
        state IN ('begun', 'open', 'processing', 'paid', 'failed', 'expired', 'cancelled')),
    way text,
    page text,
    method text,
    session text CONSTRAINT online_payment_session UNIQUE,
    intent text CONSTRAINT online_payment_intent UNIQUE,
    reason text,
    ended_at timestamptz,
    credited_at timestamptz,
    has_fee boolean NOT NULL DEFAULT false,
    CONSTRAINT online_payment_has_a_page CHECK (
        num_nulls(back_url, cancelled_url, page_until) = CASE kind WHEN 'page' THEN 0 ELSE 3 END),
    CONSTRAINT online_payment_keeps_a_payers_way CHECK (payer IS NOT NULL OR (kind = 'page' AND NOT keeps_way)),
    CONSTRAINT online_payment_ended CHECK ((ended_at IS NULL) = (state IN ('begun', 'open', 'processing')))
);
CREATE INDEX online_payment_by_subject ON online_payment (purpose, subject, begun_at);
CREATE INDEX online_payment_not_ended ON online_payment (begun_at) WHERE ended_at IS NULL;
CREATE INDEX online_payment_by_end ON online_payment (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX online_payment_without_fee ON online_payment (ended_at) WHERE state = 'paid' AND NOT has_fee;
-- At most one is on its way for a wallet that fills itself up.
CREATE UNIQUE INDEX online_payment_one_by_itself ON online_payment (subject) WHERE kind = 'saved' AND ended_at IS NULL;

-- What is asked for stays; the state moves forward, and what was paid stays paid.
CREATE FUNCTION online_payment_rank(state text) RETURNS int LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE state WHEN 'begun' THEN 0 WHEN 'open' THEN 1 WHEN 'processing' THEN 2 WHEN 'paid' THEN 4 ELSE 3 END
$$;
CREATE FUNCTION online_payment_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.kind, NEW.purpose, NEW.subject, NEW.amount_cents, NEW.payer, NEW.begun_at)
       IS DISTINCT FROM (OLD.id, OLD.kind, OLD.purpose, OLD.subject, OLD.amount_cents, OLD.payer, OLD.begun_at)
       OR (NEW.state <> OLD.state AND public.online_payment_rank(NEW.state) <= public.online_payment_rank(OLD.state))
       OR (OLD.session IS NOT NULL AND NEW.session IS DISTINCT FROM OLD.session)
       OR (OLD.intent IS NOT NULL AND NEW.intent IS DISTINCT FROM OLD.intent) THEN
        RAISE EXCEPTION 'a payment moves forward' USING ERRCODE = '23514', CONSTRAINT = 'online_payment_moves_forward';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER online_payment_moves_forward BEFORE UPDATE ON online_payment
    FOR EACH ROW EXECUTE FUNCTION online_payment_moves_forward();

-- The keys a payment was asked for by: two forms that mean the same share one.
CREATE TABLE online_payment_key (
    key uuid CONSTRAINT online_payment_key_pkey PRIMARY KEY,
    payment uuid NOT NULL CONSTRAINT online_payment_key_payment REFERENCES online_payment (id),
    request_hash bytea NOT NULL CONSTRAINT online_payment_key_hash CHECK (octet_length(request_hash) = 32)
);

-- Every fact of the provider's that was booked, once: ref is its id of the fact. entry_id: none where the fact moves nothing.
CREATE TABLE online_booking (
    kind text NOT NULL CONSTRAINT online_booking_kind CHECK (kind IN (
        'promised', 'promise_broken', 'received', 'fee', 'refund_out', 'refund_back', 'dispute', 'dispute_lost')),
    ref text NOT NULL,
    payment uuid CONSTRAINT online_booking_payment REFERENCES online_payment (id),
    amount_cents bigint NOT NULL,
    entry_id bigint CONSTRAINT online_booking_entry REFERENCES entry,
    booked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT online_booking_pkey PRIMARY KEY (kind, ref)
);
CREATE INDEX online_booking_of_payment ON online_booking (payment);

-- Money that goes back, asked for by us or found at the provider. source: what its amount was taken from when it was asked
-- for. Above the limit a second person releases it.
CREATE TABLE online_refund (
    id uuid CONSTRAINT online_refund_pkey PRIMARY KEY,
    payment uuid NOT NULL CONSTRAINT online_refund_payment REFERENCES online_payment (id),
    amount_cents bigint NOT NULL CONSTRAINT online_refund_amount CHECK (amount_cents > 0),
    source text NOT NULL CONSTRAINT online_refund_source CHECK (source IN ('subject', 'unclear', 'booked', 'elsewhere')),
    reason text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    state text NOT NULL CONSTRAINT online_refund_state CHECK (
        state IN ('waiting', 'asked', 'pending', 'succeeded', 'failed', 'turned_down')),
    refund text CONSTRAINT online_refund_once UNIQUE,
    failure text,
    changed_at timestamptz NOT NULL,
    released_by text CONSTRAINT online_refund_by_second_person CHECK (released_by <> asked_by),
    entry_id bigint CONSTRAINT online_refund_entry REFERENCES entry,
    CONSTRAINT online_refund_found CHECK (source <> 'elsewhere' OR refund IS NOT NULL)
);
CREATE INDEX online_refund_of_payment ON online_refund (payment);
CREATE INDEX online_refund_not_ended ON online_refund (asked_at) WHERE state IN ('waiting', 'asked', 'pending');

CREATE FUNCTION online_refund_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE states text[] := ARRAY['waiting', 'asked', 'pending', 'succeeded', 'failed', 'turned_down'];
BEGIN
    IF (NEW.id, NEW.payment, NEW.amount_cents, NEW.source, NEW.asked_by, NEW.asked_at)
       IS DISTINCT FROM (OLD.id, OLD.payment, OLD.amount_cents, OLD.source, OLD.asked_by, OLD.asked_at)
       OR array_position(states, NEW.state) < array_position(states, OLD.state)
       OR (OLD.state = 'failed' AND NEW.state <> 'failed')
       OR (NEW.state = 'turned_down' AND OLD.state NOT IN ('waiting', 'turned_down'))
       OR (OLD.refund IS NOT NULL AND NEW.refund IS DISTINCT FROM OLD.refund) THEN
        RAISE EXCEPTION 'a refund moves forward' USING ERRCODE = '23514', CONSTRAINT = 'online_refund_moves_forward';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER online_refund_moves_forward BEFORE UPDATE ON online_refund
    FOR EACH ROW EXECUTE FUNCTION online_refund_moves_forward();

-- A payment that its payer took back at the bank. id: the provider's. due_by: until when evidence is heard.
CREATE TABLE online_dispute (
    id text CONSTRAINT online_dispute_pkey PRIMARY KEY,
    payment uuid NOT NULL CONSTRAINT online_dispute_payment REFERENCES online_payment (id),
    amount_cents bigint NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    due_by timestamptz,
    opened_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX online_dispute_of_payment ON online_dispute (payment);

-- What the provider told us, as it was sent. The payload is forgotten after a while, that it came is not.
CREATE TABLE provider_event (
    id text CONSTRAINT provider_event_pkey PRIMARY KEY CONSTRAINT provider_event_id CHECK (length(id) BETWEEN 1 AND 255),
    type text NOT NULL,
    object_id text,
    created timestamptz NOT NULL,
    payload text,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    state text NOT NULL DEFAULT 'new' CONSTRAINT provider_event_state CHECK (state IN ('new', 'done', 'ignored', 'unknown')),
    worked_at timestamptz,
    tries int NOT NULL DEFAULT 0,
    trouble text,
    CONSTRAINT provider_event_worked CHECK ((state = 'new') = (worked_at IS NULL))
);
CREATE INDEX provider_event_new ON provider_event (received_at) WHERE state = 'new';
CREATE INDEX provider_event_of_object ON provider_event (object_id);
CREATE INDEX provider_event_kept ON provider_event (received_at) WHERE payload IS NOT NULL;

CREATE FUNCTION provider_event_worked_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.type, NEW.object_id, NEW.created) IS DISTINCT FROM (OLD.id, OLD.type, OLD.object_id, OLD.created)
       OR (NEW.payload IS NOT NULL AND NEW.payload IS DISTINCT FROM OLD.payload)
       OR (OLD.state <> 'new' AND NEW.state <> OLD.state) THEN
        RAISE EXCEPTION 'an event is worked once' USING ERRCODE = '23514', CONSTRAINT = 'provider_event_worked_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER provider_event_worked_once BEFORE UPDATE ON provider_event
    FOR EACH ROW EXECUTE FUNCTION provider_event_worked_once();

-- What a person has to look at: one for each kind and reference.
CREATE TABLE online_case (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT online_case_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT online_case_kind CHECK (kind IN (
        'amount_differs', 'money_without_use', 'unknown_reference', 'refund_elsewhere', 'refund_failed',
        'disputed', 'claim_left', 'won_after_lost')),
    ref text NOT NULL,
    payment uuid CONSTRAINT online_case_payment REFERENCES online_payment (id),
    amount_cents bigint,
    detail jsonb NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_by text,
    answer text,
    CONSTRAINT online_case_once UNIQUE (kind, ref),
    CONSTRAINT online_case_closed CHECK (num_nulls(closed_at, closed_by, answer) IN (0, 3))
);
CREATE INDEX online_case_open ON online_case (opened_at) WHERE closed_at IS NULL;

-- A wallet that fills itself up. decline_count: in a row.
CREATE TABLE auto_top_up (
    wallet text CONSTRAINT auto_top_up_pkey PRIMARY KEY CONSTRAINT auto_top_up_wallet REFERENCES wallet (code),
    payer text NOT NULL,
    threshold_cents bigint NOT NULL CONSTRAINT auto_top_up_threshold CHECK (threshold_cents BETWEEN 0 AND 100000),
    amount_cents bigint NOT NULL CONSTRAINT auto_top_up_amount CHECK (amount_cents BETWEEN 100 AND 100000),
    month_cap_cents bigint NOT NULL CONSTRAINT auto_top_up_cap CHECK (month_cap_cents >= amount_cents),
    state text NOT NULL CONSTRAINT auto_top_up_state CHECK (
        state IN ('waiting_for_way', 'active', 'paused', 'stopped', 'waiting_for_bank', 'ended')),
    paused_until date,
    decline_count int NOT NULL DEFAULT 0,
    reason text,
    changed_at timestamptz NOT NULL,
    CONSTRAINT auto_top_up_pause CHECK (paused_until IS NULL OR state = 'paused')
);

-- What a payer agreed to, word by word by its version; never changed, only followed by the next.
CREATE TABLE auto_consent (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT auto_consent_pkey PRIMARY KEY,
    wallet text NOT NULL CONSTRAINT auto_consent_wallet REFERENCES wallet (code),
    payer text NOT NULL,
    threshold_cents bigint NOT NULL,
    amount_cents bigint NOT NULL,
    month_cap_cents bigint NOT NULL,
    text_version text NOT NULL,
    given_at timestamptz NOT NULL
);
CREATE INDEX auto_consent_of_wallet ON auto_consent (wallet, id);

DO $$
DECLARE
    name text;
    rule record;
BEGIN
    FOREACH name IN ARRAY ARRAY['online_customer', 'online_payment_key', 'online_booking', 'auto_consent'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', name || '_stays', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['online_payment', 'online_refund', 'online_dispute', 'provider_event', 'online_case'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', name || '_is_kept', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['online_customer', 'online_payment_key', 'online_booking', 'auto_consent', 'online_payment', 'online_refund',
                                'online_dispute', 'provider_event', 'online_case'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION deny_change()', name || '_is_not_emptied', name);
        FOR rule IN SELECT tgname FROM pg_trigger WHERE tgrelid = name::regclass AND NOT tgisinternal LOOP
            EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, rule.tgname);
        END LOOP;
    END LOOP;
END $$;

GRANT SELECT, INSERT ON online_payment, online_payment_key, online_refund, online_dispute, online_way, auto_top_up TO stadtkasse_app;
GRANT SELECT ON online_customer, online_booking, provider_event, online_case, auto_consent TO stadtkasse_app;
-- Column by column where a time or a number is the database's and nobody else's.
GRANT INSERT (payer, customer) ON online_customer TO stadtkasse_app;
GRANT INSERT (kind, ref, payment, amount_cents, entry_id) ON online_booking TO stadtkasse_app;
GRANT INSERT (id, type, object_id, created, payload) ON provider_event TO stadtkasse_app;
GRANT INSERT (kind, ref, payment, amount_cents, detail, opened_at) ON online_case TO stadtkasse_app;
GRANT INSERT (wallet, payer, threshold_cents, amount_cents, month_cap_cents, text_version, given_at) ON auto_consent TO stadtkasse_app;
GRANT UPDATE (state, way, page, method, session, intent, reason, ended_at, credited_at, has_fee) ON online_payment TO stadtkasse_app;
GRANT UPDATE (state, refund, failure, changed_at, released_by) ON online_refund TO stadtkasse_app;
GRANT UPDATE (state, amount_cents, reason, due_by, changed_at) ON online_dispute TO stadtkasse_app;
GRANT UPDATE (payload, state, worked_at, tries, trouble) ON provider_event TO stadtkasse_app;
GRANT UPDATE (closed_at, closed_by, answer) ON online_case TO stadtkasse_app;
GRANT UPDATE (method, kind, label, saved_at), DELETE ON online_way TO stadtkasse_app;
GRANT UPDATE (payer, threshold_cents, amount_cents, month_cap_cents, state, paused_until, decline_count, reason, changed_at)
    ON auto_top_up TO stadtkasse_app;
REVOKE EXECUTE ON FUNCTION online_payment_moves_forward, online_refund_moves_forward, provider_event_worked_once FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION online_payment_rank FROM PUBLIC;
GRANT EXECUTE ON FUNCTION online_payment_rank TO stadtkasse_app;
