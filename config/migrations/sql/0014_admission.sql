-- Admission: tickets, gates, what they let in, and visits taken back.

ALTER TABLE device DROP CONSTRAINT device_role;
ALTER TABLE device ADD CONSTRAINT device_role
    CHECK (role IN ('till', 'gate', 'finance', 'auditor', 'administrator'));
-- Who takes money or lets people in does so at one facility.
ALTER TABLE device DROP CONSTRAINT device_has_its_place;
ALTER TABLE device ADD CONSTRAINT device_has_its_place
    CHECK ((role IN ('till', 'gate')) = (facility IS NOT NULL) AND (till IS NULL OR role = 'till'));

-- What somebody without an account wants to buy; its charge has the same key. token: of the page with the tickets.
CREATE TABLE ticket_order (
    id uuid CONSTRAINT ticket_order_pkey PRIMARY KEY,
    token text NOT NULL CONSTRAINT ticket_order_token_once UNIQUE CONSTRAINT ticket_order_token CHECK (token ~ '^[A-Za-z0-9_-]{22}$'),
    facility text NOT NULL CONSTRAINT ticket_order_facility REFERENCES facility (code),
    lines jsonb NOT NULL CONSTRAINT ticket_order_lines CHECK (jsonb_typeof(lines) = 'array'),
    total_cents bigint NOT NULL CONSTRAINT ticket_order_total CHECK (total_cents >= 0),
    language text NOT NULL CONSTRAINT ticket_order_language CHECK (length(language) = 2),
    email text CONSTRAINT ticket_order_email CHECK (length(email) BETWEEN 3 AND 254),
    ordered_at timestamptz NOT NULL
);

-- A single admission. code: what stands below the QR code. line: of its charge; number: of all tickets of the charge.
CREATE TABLE ticket (
    code text CONSTRAINT ticket_pkey PRIMARY KEY CONSTRAINT ticket_code CHECK (code ~ '^[0-9A-HJ-NP-X]{8}$'),
    charge uuid NOT NULL CONSTRAINT ticket_charge REFERENCES charge,
    line smallint NOT NULL CONSTRAINT ticket_line CHECK (line > 0),
    number smallint NOT NULL CONSTRAINT ticket_number CHECK (number > 0),
    product text NOT NULL CONSTRAINT ticket_product REFERENCES product (code),
    facility text NOT NULL CONSTRAINT ticket_facility REFERENCES facility (code),
    price_cents bigint NOT NULL CONSTRAINT ticket_price CHECK (price_cents >= 0),
    valid_from date NOT NULL,
    valid_until date NOT NULL,
    issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT ticket_number_once UNIQUE (charge, number),
    CONSTRAINT ticket_validity CHECK (valid_until >= valid_from)
);

-- The primary key is the rule: a ticket comes to its end once. returned: money back; blocked: its money went away again.
CREATE TABLE ticket_end (
    ticket text CONSTRAINT ticket_end_pkey PRIMARY KEY CONSTRAINT ticket_end_ticket REFERENCES ticket,
    kind text NOT NULL CONSTRAINT ticket_end_kind CHECK (kind IN ('returned', 'blocked')),
    key uuid NOT NULL,
    entry_id bigint CONSTRAINT ticket_end_entry REFERENCES entry,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ticket_end_recorded ON ticket_end (recorded_at);

-- A gate opened. state "conflict": it opened, and should not have; reason says why, other is what it contradicts.
-- turn: how many admissions of this ticket were withdrawn before.
CREATE TABLE admission (
    key uuid CONSTRAINT admission_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT admission_kind CHECK (kind IN ('ticket', 'pass', 'unread')),
    code text NOT NULL,
    state text NOT NULL CONSTRAINT admission_state CHECK (state IN ('admitted', 'conflict')),
    ticket text GENERATED ALWAYS AS (CASE WHEN kind = 'ticket' AND state = 'admitted' THEN code END) STORED
        CONSTRAINT admission_of_ticket REFERENCES ticket,
    pass text GENERATED ALWAYS AS (CASE WHEN kind = 'pass' AND state = 'admitted' THEN code END) STORED
        CONSTRAINT admission_of_pass REFERENCES sold_pass,
    turn int NOT NULL DEFAULT 0,
    facility text NOT NULL CONSTRAINT admission_facility REFERENCES facility (code),
    gate text NOT NULL CONSTRAINT admission_gate CHECK (length(gate) BETWEEN 1 AND 40),
    device text NOT NULL CONSTRAINT admission_device REFERENCES device (name),
    admitted_at timestamptz NOT NULL,
    day date NOT NULL,
    was_offline boolean NOT NULL,
    reason text,
    data jsonb,
    other uuid CONSTRAINT admission_other REFERENCES admission,
    visit uuid, -- key of the pass's visit
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT admission_says_why CHECK ((state = 'conflict') = (reason IS NOT NULL)),
    CONSTRAINT admission_unread_is_none CHECK (kind <> 'unread' OR state = 'conflict')
);
CREATE UNIQUE INDEX admission_once ON admission (ticket, turn) WHERE ticket IS NOT NULL;
CREATE INDEX admission_by_code ON admission (code);
CREATE INDEX admission_by_visit ON admission (visit) WHERE visit IS NOT NULL;
CREATE INDEX admission_by_device ON admission (device, recorded_at);
CREATE INDEX admission_of_day ON admission (device, day);
CREATE INDEX admission_recorded ON admission (recorded_at);
CREATE INDEX admission_conflicts ON admission (recorded_at) WHERE state = 'conflict';

-- A key whose gate did not open after all, or opened by mistake. Written first, it keeps the admission from ever coming.
CREATE TABLE admission_withdrawal (
    admission uuid CONSTRAINT admission_withdrawal_pkey PRIMARY KEY,
    key uuid NOT NULL CONSTRAINT admission_withdrawal_key_once UNIQUE,
    device text NOT NULL CONSTRAINT admission_withdrawal_device REFERENCES device (name),
    reason text NOT NULL CONSTRAINT admission_withdrawal_reason CHECK (reason IN ('not_opened', 'mistake')),
    withdrawn_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX admission_withdrawal_recorded ON admission_withdrawal (recorded_at);

CREATE FUNCTION admission_turn_is_current() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'admitted' AND NEW.kind = 'ticket' AND NEW.turn <> (
        SELECT count(*) FROM public.admission a JOIN public.admission_withdrawal w ON w.admission = a.key
         WHERE a.code = NEW.code AND a.kind = 'ticket' AND a.state = 'admitted')
       OR EXISTS (SELECT FROM public.admission_withdrawal w WHERE w.admission = NEW.key) THEN
        RAISE EXCEPTION 'a ticket lets in once' USING ERRCODE = '23514', CONSTRAINT = 'admission_turn_is_current';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER admission_turn_is_current BEFORE INSERT ON admission FOR EACH ROW EXECUTE FUNCTION admission_turn_is_current();

-- A charge whose ticket was used or given back is not reversed as a whole.
CREATE FUNCTION charge_reversal_tickets_unused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM public.ticket t JOIN public.ticket_end e ON e.ticket = t.code WHERE t.charge = NEW.charge)
       OR EXISTS (SELECT FROM public.ticket t JOIN public.admission a ON a.ticket = t.code
                   WHERE t.charge = NEW.charge AND NOT EXISTS (SELECT FROM public.admission_withdrawal w WHERE w.admission = a.key)) THEN
        RAISE EXCEPTION 'tickets that were used or returned are not reversed' USING ERRCODE = '23514', CONSTRAINT = 'charge_reversal_tickets_unused';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER charge_reversal_tickets_unused BEFORE INSERT ON charge_reversal FOR EACH ROW EXECUTE FUNCTION charge_reversal_tickets_unused();
ALTER TABLE charge_reversal ENABLE ALWAYS TRIGGER charge_reversal_tickets_unused;

-- When a pass changed, as its gates ask for it. turn: how many visits of the pass were taken back before this one.
ALTER TABLE sold_pass ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT clock_timestamp();
ALTER TABLE pass_end ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT clock_timestamp();
ALTER TABLE pass_visit
    ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN turn int NOT NULL DEFAULT 0,
    DROP CONSTRAINT pass_visit_pkey, ADD CONSTRAINT pass_visit_pkey PRIMARY KEY (pass, number, turn),
    DROP CONSTRAINT pass_visit_of_day, ADD CONSTRAINT pass_visit_of_day UNIQUE (pass, day, number_of_day, turn),
    DROP CONSTRAINT pass_visit_house_once, ADD CONSTRAINT pass_visit_house_once UNIQUE (pass, house, turn);
ALTER TABLE pass_release
    ADD COLUMN turn int NOT NULL DEFAULT 0,
    DROP CONSTRAINT pass_release_pkey, ADD CONSTRAINT pass_release_pkey PRIMARY KEY (pass, number, turn);
CREATE INDEX sold_pass_recorded ON sold_pass (recorded_at);
CREATE INDEX pass_end_recorded ON pass_end (recorded_at);
CREATE INDEX pass_visit_recorded ON pass_visit (recorded_at);

-- The last visit of a pass did not take place. Each one ends a turn, so numbers may come again.
CREATE TABLE pass_visit_taken_back (
    pass text NOT NULL,
    turn int NOT NULL CONSTRAINT pass_visit_taken_back_turn CHECK (turn >= 0),
    number int NOT NULL,
    visit uuid NOT NULL CONSTRAINT pass_visit_taken_back_once UNIQUE,
    visit_turn int NOT NULL,
    key uuid NOT NULL CONSTRAINT pass_visit_taken_back_key_once UNIQUE,
    entry_id bigint CONSTRAINT pass_visit_taken_back_entry REFERENCES entry CONSTRAINT pass_visit_taken_back_entry_once UNIQUE,
    taken_back_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT pass_visit_taken_back_pkey PRIMARY KEY (pass, turn),
    CONSTRAINT pass_visit_taken_back_visit FOREIGN KEY (pass, number, visit_turn) REFERENCES pass_visit (pass, number, turn)
);
CREATE INDEX pass_visit_taken_back_recorded ON pass_visit_taken_back (recorded_at);

CREATE FUNCTION pass_turn_is_current() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE turns int;
BEGIN
    SELECT count(*) INTO turns FROM public.pass_visit_taken_back b WHERE b.pass = NEW.pass;
    IF NEW.turn <> turns THEN
        RAISE EXCEPTION 'another visit was taken back meanwhile' USING ERRCODE = '23514', CONSTRAINT = 'pass_turn_is_current';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pass_visit_turn BEFORE INSERT ON pass_visit FOR EACH ROW EXECUTE FUNCTION pass_turn_is_current();
CREATE TRIGGER pass_release_turn BEFORE INSERT ON pass_release FOR EACH ROW EXECUTE FUNCTION pass_turn_is_current();
CREATE TRIGGER pass_visit_taken_back_turn BEFORE INSERT ON pass_visit_taken_back FOR EACH ROW EXECUTE FUNCTION pass_turn_is_current();

-- With turns a number may stand twice; in force it stands once.
CREATE FUNCTION pass_number_in_force_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'pass_release' AND EXISTS (
        SELECT FROM public.pass_release r WHERE r.pass = NEW.pass AND r.number = NEW.number AND NOT EXISTS (
            SELECT FROM public.pass_visit_taken_back b WHERE b.pass = r.pass AND b.visit = r.key AND b.visit_turn = r.turn))
       OR TG_TABLE_NAME = 'pass_visit' AND EXISTS (
        SELECT FROM public.pass_visit v WHERE v.pass = NEW.pass AND v.number = NEW.number AND NOT EXISTS (
            SELECT FROM public.pass_visit_taken_back b WHERE b.pass = v.pass AND b.number = v.number AND b.visit_turn = v.turn)) THEN
        RAISE EXCEPTION 'this visit was counted' USING ERRCODE = '23514', CONSTRAINT = 'pass_number_in_force_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pass_visit_in_force_once BEFORE INSERT ON pass_visit
    FOR EACH ROW WHEN (NEW.turn > 0) EXECUTE FUNCTION pass_number_in_force_once();
CREATE TRIGGER pass_release_in_force_once BEFORE INSERT ON pass_release
    FOR EACH ROW WHEN (NEW.turn > 0) EXECUTE FUNCTION pass_number_in_force_once();

DO $$
DECLARE
    name text;
    rule record;
BEGIN
    FOREACH name IN ARRAY ARRAY['ticket', 'ticket_end', 'admission', 'admission_withdrawal', 'pass_visit_taken_back'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', name || '_stays', name);
    END LOOP;
    EXECUTE 'CREATE TRIGGER ticket_order_is_kept BEFORE DELETE ON ticket_order FOR EACH ROW EXECUTE FUNCTION deny_change()';
    FOREACH name IN ARRAY ARRAY['ticket_order', 'ticket', 'ticket_end', 'admission', 'admission_withdrawal', 'pass_visit_taken_back'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION deny_change()', name || '_is_not_emptied', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['ticket_order', 'ticket', 'ticket_end', 'admission', 'admission_withdrawal', 'pass_visit_taken_back',
                                'pass_visit', 'pass_release'] LOOP
        FOR rule IN SELECT tgname FROM pg_trigger WHERE tgrelid = name::regclass AND NOT tgisinternal LOOP
            EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, rule.tgname);
        END LOOP;
    END LOOP;
END $$;

GRANT SELECT, INSERT ON ticket_order TO stadtkasse_app;
GRANT UPDATE (email) ON ticket_order TO stadtkasse_app; -- forgotten once the tickets are over
GRANT SELECT ON ticket, ticket_end, admission, admission_withdrawal, pass_visit_taken_back TO stadtkasse_app;
-- Column by column where a time is the database's clock and nobody else's.
GRANT INSERT (code, charge, line, number, product, facility, price_cents, valid_from, valid_until) ON ticket TO stadtkasse_app;
GRANT INSERT (ticket, kind, key, entry_id) ON ticket_end TO stadtkasse_app;
GRANT INSERT (key, kind, code, state, turn, facility, gate, device, admitted_at, day, was_offline, reason, data, other, visit)
    ON admission TO stadtkasse_app;
GRANT INSERT (admission, key, device, reason, withdrawn_at) ON admission_withdrawal TO stadtkasse_app;
GRANT INSERT (pass, turn, number, visit, visit_turn, key, entry_id, taken_back_at) ON pass_visit_taken_back TO stadtkasse_app;
REVOKE EXECUTE ON FUNCTION admission_turn_is_current, charge_reversal_tickets_unused, pass_turn_is_current,
    pass_number_in_force_once FROM PUBLIC;
