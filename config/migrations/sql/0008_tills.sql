-- The centre's side of the tills: how they enrol, what they sent, their shifts, bags and card totals, and what needs a
-- second person. What a till sent is only ever added to; an attempt, a shift and an enrolment come to their end once.

CREATE TABLE enrolment (
    code_hash bytea CONSTRAINT enrolment_pkey PRIMARY KEY CONSTRAINT enrolment_code_hash CHECK (octet_length(code_hash) = 32),
    till text NOT NULL CONSTRAINT enrolment_till REFERENCES till (code),
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    token_hash bytea CONSTRAINT enrolment_token_hash CHECK (octet_length(token_hash) = 32),
    CONSTRAINT enrolment_ends CHECK (expires_at > made_at),
    CONSTRAINT enrolment_used_by_a_token CHECK ((used_at IS NULL) = (token_hash IS NULL))
);

-- Everything a till ever sent with what came of it. key: the till's own; where it had none, or one that was taken, made
-- from the content. body: as it was sent; one that jsonb cannot hold is kept as the text it was.
CREATE TABLE till_item (
    key uuid CONSTRAINT till_item_pkey PRIMARY KEY,
    device text NOT NULL CONSTRAINT till_item_device REFERENCES device (name),
    till text NOT NULL CONSTRAINT till_item_till REFERENCES till (code),
    seq bigint NOT NULL,
    kind text NOT NULL,
    happened_at timestamptz,
    body jsonb NOT NULL,
    request_hash bytea NOT NULL CONSTRAINT till_item_hash CHECK (octet_length(request_hash) = 32),
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    state text NOT NULL CONSTRAINT till_item_state CHECK (state IN ('taken', 'refused', 'conflict', 'invalid')),
    code text,
    data jsonb,
    entry_id bigint CONSTRAINT till_item_entry REFERENCES entry,
    CONSTRAINT till_item_says_why CHECK ((state = 'taken') = (code IS NULL)),
    CONSTRAINT till_item_refused_books_nothing CHECK (state = 'taken' OR entry_id IS NULL)
);
CREATE INDEX till_item_by_till ON till_item (till, received_at);
CREATE INDEX till_item_not_taken ON till_item (received_at) WHERE state <> 'taken';

-- The newest state of each try to take or give back money; the items are its history.
CREATE TABLE till_attempt (
    attempt uuid CONSTRAINT till_attempt_pkey PRIMARY KEY,
    till text NOT NULL CONSTRAINT till_attempt_till REFERENCES till (code),
    basket uuid,
    kind text NOT NULL CONSTRAINT till_attempt_kind CHECK (kind IN ('payment', 'reversal', 'refund')),
    amount_cents bigint NOT NULL CONSTRAINT till_attempt_amount CHECK (amount_cents > 0),
    terminal text,
    adapter text,
    state text NOT NULL CONSTRAINT till_attempt_state CHECK (state IN ('started', 'unknown', 'approved', 'declined', 'aborted')),
    started_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    reason text,
    statement text CONSTRAINT till_attempt_statement CHECK (statement IN ('paid', 'not_paid', 'dont_know')),
    statement_by text
);
CREATE INDEX till_attempt_not_clear ON till_attempt (started_at) WHERE state IN ('started', 'unknown');

CREATE FUNCTION till_attempt_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.attempt, NEW.till, NEW.kind, NEW.amount_cents) IS DISTINCT FROM (OLD.attempt, OLD.till, OLD.kind, OLD.amount_cents)
       OR (OLD.state NOT IN ('started', 'unknown') AND NEW.state <> OLD.state)
       OR (OLD.state = 'unknown' AND NEW.state = 'started') THEN
        RAISE EXCEPTION 'an attempt moves forward: started, unknown, decided' USING ERRCODE = '23514', CONSTRAINT = 'till_attempt_moves_forward';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER till_attempt_moves_forward BEFORE UPDATE ON till_attempt FOR EACH ROW EXECUTE FUNCTION till_attempt_moves_forward();

-- A shift at a till. summary: what its report says beside the drawer (takings by way, voids, guests, receipts, counts).
CREATE TABLE till_shift (
    till text NOT NULL CONSTRAINT till_shift_till REFERENCES till (code),
    shift text NOT NULL,
    opened_at timestamptz NOT NULL,
    opened_by text NOT NULL,
    float_cents bigint NOT NULL CONSTRAINT till_shift_float CHECK (float_cents >= 0),
    float_entry bigint CONSTRAINT till_shift_float_entry REFERENCES entry,
    closed_at timestamptz,
    closed_by text,
    business_day date,
    expected_cents bigint,
    counted_cents bigint,
    difference_cents bigint,
    reason text,
    z_number bigint,
    summary jsonb,
    CONSTRAINT till_shift_pkey PRIMARY KEY (till, shift),
    CONSTRAINT till_shift_closed_at_once CHECK (
        num_nulls(closed_at, closed_by, business_day, expected_cents, counted_cents, difference_cents, summary) IN (0, 7)),
    CONSTRAINT till_shift_difference CHECK (difference_cents = counted_cents - expected_cents)
);
CREATE INDEX till_shift_open ON till_shift (till) WHERE closed_at IS NULL;

CREATE FUNCTION till_shift_closed_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a closed shift stays as it was counted' USING ERRCODE = '23514', CONSTRAINT = 'till_shift_closed_once';
END $$;
CREATE TRIGGER till_shift_closed_once BEFORE UPDATE ON till_shift
    FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION till_shift_closed_once();

-- number: printed on the bag; the bank counts by it, so it is given once.
CREATE TABLE cash_bag (
    number text CONSTRAINT cash_bag_pkey PRIMARY KEY CONSTRAINT cash_bag_number CHECK (length(number) BETWEEN 1 AND 64),
    till text NOT NULL CONSTRAINT cash_bag_till REFERENCES till (code),
    shift text NOT NULL,
    amount_cents bigint NOT NULL CONSTRAINT cash_bag_amount CHECK (amount_cents > 0),
    counts jsonb NOT NULL,
    dropped_at timestamptz NOT NULL,
    dropped_by text NOT NULL,
    witness text,
    entry_id bigint NOT NULL CONSTRAINT cash_bag_entry REFERENCES entry CONSTRAINT cash_bag_entry_once UNIQUE
);

-- What a card terminal said at the end of its day, frozen; the acquirer pays by it.
CREATE TABLE terminal_total (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT terminal_total_pkey PRIMARY KEY,
    terminal text NOT NULL CONSTRAINT terminal_total_terminal REFERENCES terminal (code),
    till text NOT NULL CONSTRAINT terminal_total_till REFERENCES till (code),
    day date NOT NULL,
    number text NOT NULL,
    amount_cents bigint NOT NULL,
    expected_cents bigint NOT NULL,
    agrees boolean NOT NULL,
    totals jsonb NOT NULL CONSTRAINT terminal_total_totals CHECK (jsonb_typeof(totals) = 'array'),
    reported_at timestamptz NOT NULL,
    CONSTRAINT terminal_total_once UNIQUE (terminal, day, number)
);

-- Something that needs a second person. amount_cents: of a cash difference negative where money is missing.
-- limit_cents: the limit in force when it was asked; up to it the rule itself approves.
CREATE TABLE approval (
    id uuid CONSTRAINT approval_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT approval_kind CHECK (kind IN ('refund', 'cash_difference')),
    subject text NOT NULL,
    facility text NOT NULL CONSTRAINT approval_facility REFERENCES facility (code),
    till text NOT NULL CONSTRAINT approval_till REFERENCES till (code),
    amount_cents bigint NOT NULL CONSTRAINT approval_amount CHECK (amount_cents > 0 OR (amount_cents < 0 AND kind = 'cash_difference')),
    limit_cents bigint NOT NULL CONSTRAINT approval_limit CHECK (limit_cents >= 0),
    reason text NOT NULL CONSTRAINT approval_reason CHECK (length(reason) BETWEEN 1 AND 200),
    requested_by text NOT NULL CONSTRAINT approval_requested_by REFERENCES staff (code),
    requested_at timestamptz NOT NULL,
    CONSTRAINT approval_has_requester UNIQUE (id, requested_by)
);
CREATE INDEX approval_by_till ON approval (till, requested_at);

-- The primary key is the rule: decided once. requested_by is here so that the second person is a promise of the database.
CREATE TABLE approval_decision (
    approval uuid CONSTRAINT approval_decision_pkey PRIMARY KEY,
    requested_by text NOT NULL,
    decision text NOT NULL CONSTRAINT approval_decision_kind CHECK (decision IN ('approved', 'refused', 'withdrawn')),
    is_by_rule boolean NOT NULL,
    decided_by text CONSTRAINT approval_decided_by REFERENCES staff (code),
    decided_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    reason text CONSTRAINT approval_decision_reason CHECK (length(reason) BETWEEN 1 AND 200),
    entry_id bigint CONSTRAINT approval_decision_entry REFERENCES entry CONSTRAINT approval_decision_entry_once UNIQUE,
    CONSTRAINT approval_decision_of FOREIGN KEY (approval, requested_by) REFERENCES approval (id, requested_by),
    CONSTRAINT approval_decision_is UNIQUE (approval, decision),
    CONSTRAINT approval_decided_by_somebody CHECK ((decided_by IS NULL) = is_by_rule),
    CONSTRAINT approval_rule_only_approves CHECK (NOT is_by_rule OR decision = 'approved'),
    -- Who asked may withdraw, and nobody else; who decides is somebody else.
    CONSTRAINT approval_by_second_person CHECK (is_by_rule OR (decision = 'withdrawn') = (decided_by = requested_by)),
    CONSTRAINT approval_no_is_explained CHECK (decision <> 'refused' OR reason IS NOT NULL)
);

CREATE FUNCTION approval_rule_keeps_its_limit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT abs(a.amount_cents) > a.limit_cents FROM public.approval a WHERE a.id = NEW.approval) THEN
        RAISE EXCEPTION 'above its limit no rule approves' USING ERRCODE = '23514', CONSTRAINT = 'approval_rule_keeps_its_limit';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approval_rule_keeps_its_limit BEFORE INSERT ON approval_decision
    FOR EACH ROW WHEN (NEW.is_by_rule) EXECUTE FUNCTION approval_rule_keeps_its_limit();

-- lines: of the charge, each with the quantity and the cents that go back.
CREATE TABLE refund (
    id uuid CONSTRAINT refund_pkey PRIMARY KEY CONSTRAINT refund_approval REFERENCES approval,
    charge uuid NOT NULL CONSTRAINT refund_charge REFERENCES charge,
    amount_cents bigint NOT NULL CONSTRAINT refund_amount CHECK (amount_cents > 0),
    lines jsonb NOT NULL CONSTRAINT refund_lines CHECK (jsonb_typeof(lines) = 'array')
);
CREATE INDEX refund_by_charge ON refund (charge);

-- Paid once, and only what was approved: both by constraint.
CREATE TABLE refund_payment (
    refund uuid CONSTRAINT refund_payment_pkey PRIMARY KEY CONSTRAINT refund_payment_of REFERENCES refund,
    decision text NOT NULL GENERATED ALWAYS AS ('approved') STORED,
    way text NOT NULL,
    attempt uuid,
    paid_at timestamptz NOT NULL,
    paid_by text NOT NULL,
    approved_entry bigint NOT NULL CONSTRAINT refund_payment_approved REFERENCES entry CONSTRAINT refund_payment_approved_once UNIQUE,
    paid_entry bigint NOT NULL CONSTRAINT refund_payment_paid REFERENCES entry CONSTRAINT refund_payment_paid_once UNIQUE,
    CONSTRAINT refund_payment_was_approved FOREIGN KEY (refund, decision) REFERENCES approval_decision (approval, decision)
);

-- 4719 and the charge: refunds and the reversal of one charge go one after the other. The functions read what their
-- caller may read, so they run as the caller: names are qualified instead of a search_path.
CREATE FUNCTION refunded_of(of_charge uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(r.amount_cents), 0)::bigint
      FROM public.refund r LEFT JOIN public.approval_decision d ON d.approval = r.id
     WHERE r.charge = of_charge AND coalesce(d.decision, 'pending') IN ('pending', 'approved')
$$;
CREATE FUNCTION refund_within_charge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held text;
BEGIN
    held := pg_advisory_xact_lock(4719, hashtext(NEW.charge::text));
    IF EXISTS (SELECT FROM public.charge_reversal v WHERE v.charge = NEW.charge)
       OR NEW.amount_cents > (SELECT c.total_cents FROM public.charge c WHERE c.key = NEW.charge) - public.refunded_of(NEW.charge) THEN
        RAISE EXCEPTION 'a refund stays within what is left of its charge' USING ERRCODE = '23514', CONSTRAINT = 'refund_within_charge';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refund_within_charge BEFORE INSERT ON refund FOR EACH ROW EXECUTE FUNCTION refund_within_charge();
CREATE FUNCTION charge_reversal_not_refunded() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held text;
BEGIN
    held := pg_advisory_xact_lock(4719, hashtext(NEW.charge::text));
    IF public.refunded_of(NEW.charge) > 0 THEN
        RAISE EXCEPTION 'what was refunded is not reversed as well' USING ERRCODE = '23514', CONSTRAINT = 'charge_reversal_not_refunded';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER charge_reversal_not_refunded BEFORE INSERT ON charge_reversal FOR EACH ROW EXECUTE FUNCTION charge_reversal_not_refunded();
ALTER TABLE charge_reversal ENABLE ALWAYS TRIGGER charge_reversal_not_refunded;

-- An enrolment is made and used, once; neither its till nor its end ever changes.
CREATE FUNCTION enrolment_used_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a code is used once' USING ERRCODE = '23514', CONSTRAINT = 'enrolment_used_once';
END $$;
CREATE TRIGGER enrolment_used_once BEFORE UPDATE ON enrolment
    FOR EACH ROW WHEN (OLD.used_at IS NOT NULL) EXECUTE FUNCTION enrolment_used_once();

DO $$
DECLARE
    name text;
    rule record;
BEGIN
    FOREACH name IN ARRAY ARRAY['till_item', 'cash_bag', 'terminal_total', 'approval', 'approval_decision', 'refund', 'refund_payment'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', name || '_stays', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['till_attempt', 'till_shift', 'enrolment'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', name || '_is_kept', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['till_item', 'cash_bag', 'terminal_total', 'approval', 'approval_decision', 'refund', 'refund_payment',
                                'till_attempt', 'till_shift', 'enrolment'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION deny_change()', name || '_is_not_emptied', name);
        FOR rule IN SELECT tgname FROM pg_trigger WHERE tgrelid = name::regclass AND NOT tgisinternal LOOP
            EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, rule.tgname);
        END LOOP;
    END LOOP;
END $$;

GRANT SELECT, INSERT ON enrolment, till_attempt, till_shift, cash_bag, terminal_total, approval, refund TO stadtkasse_app;
GRANT SELECT ON till_item, approval_decision, refund_payment TO stadtkasse_app;
-- Column by column where a time is the database's clock and nobody else's.
GRANT INSERT (key, device, till, seq, kind, happened_at, body, request_hash, state, code, data, entry_id) ON till_item TO stadtkasse_app;
GRANT INSERT (approval, requested_by, decision, is_by_rule, decided_by, decided_at, reason, entry_id) ON approval_decision TO stadtkasse_app;
GRANT INSERT (refund, way, attempt, paid_at, paid_by, approved_entry, paid_entry) ON refund_payment TO stadtkasse_app;
GRANT UPDATE (used_at, token_hash) ON enrolment TO stadtkasse_app;
GRANT UPDATE (state, changed_at, reason, statement, statement_by) ON till_attempt TO stadtkasse_app;
GRANT UPDATE (closed_at, closed_by, business_day, expected_cents, counted_cents, difference_cents, reason, z_number, summary) ON till_shift TO stadtkasse_app;
REVOKE EXECUTE ON FUNCTION till_attempt_moves_forward, till_shift_closed_once, approval_rule_keeps_its_limit, refund_within_charge,
    charge_reversal_not_refunded, enrolment_used_once, refunded_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refunded_of TO stadtkasse_app;
