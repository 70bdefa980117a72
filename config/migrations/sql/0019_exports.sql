-- Batches handed over to the city's finance system and to the bank: each entry once in each format, each payment
-- once. A batch, what is in it and its file are written in one transaction and never change afterwards.

-- number: counted in each format. first_day, last_day: of what is in it. entry_count: of payments in a file for the bank.
CREATE TABLE export_batch (
    format text NOT NULL CONSTRAINT export_batch_format CHECK (format ~ '^[a-z][a-z0-9_]{1,29}$'),
    number int NOT NULL CONSTRAINT export_batch_number CHECK (number > 0),
    first_day date NOT NULL,
    last_day date NOT NULL,
    entry_count bigint NOT NULL CONSTRAINT export_batch_is_not_empty CHECK (entry_count > 0),
    transfer_count bigint NOT NULL CONSTRAINT export_batch_transfers CHECK (transfer_count >= entry_count),
    amount_cents bigint NOT NULL CONSTRAINT export_batch_amount CHECK (amount_cents > 0),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT export_batch_pkey PRIMARY KEY (format, number),
    CONSTRAINT export_batch_has_maker UNIQUE (format, number, created_by),
    CONSTRAINT export_batch_days CHECK (first_day <= last_day)
);

-- The primary key is the rule: an entry is exported once in a format.
CREATE TABLE export_entry (
    format text NOT NULL,
    entry_id bigint NOT NULL CONSTRAINT export_entry_entry REFERENCES entry,
    number int NOT NULL,
    CONSTRAINT export_entry_pkey PRIMARY KEY (format, entry_id),
    CONSTRAINT export_entry_batch FOREIGN KEY (format, number) REFERENCES export_batch
);
CREATE INDEX export_entry_by_batch ON export_entry (format, number, entry_id);

-- The file as it was made, in parts; the row of the file comes last and closes the batch.
CREATE TABLE export_part (
    format text NOT NULL,
    number int NOT NULL,
    part int NOT NULL CONSTRAINT export_part_number CHECK (part > 0),
    content bytea NOT NULL CONSTRAINT export_part_size CHECK (octet_length(content) BETWEEN 1 AND 1048576),
    CONSTRAINT export_part_pkey PRIMARY KEY (format, number, part),
    CONSTRAINT export_part_batch FOREIGN KEY (format, number) REFERENCES export_batch
);
CREATE TABLE export_file (
    format text NOT NULL,
    number int NOT NULL,
    name text NOT NULL CONSTRAINT export_file_name CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$'),
    sha256 bytea NOT NULL CONSTRAINT export_file_hash CHECK (octet_length(sha256) = 32),
    byte_count bigint NOT NULL CONSTRAINT export_file_size CHECK (byte_count > 0),
    CONSTRAINT export_file_pkey PRIMARY KEY (format, number),
    CONSTRAINT export_file_batch FOREIGN KEY (format, number) REFERENCES export_batch
);

-- What became of it outside: sent, taken or not.
CREATE TABLE export_step (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT export_step_pkey PRIMARY KEY,
    format text NOT NULL,
    number int NOT NULL,
    kind text NOT NULL CONSTRAINT export_step_kind CHECK (kind IN ('sent', 'accepted', 'rejected')),
    at timestamptz NOT NULL,
    staff text NOT NULL,
    words text CONSTRAINT export_step_words CHECK (length(words) BETWEEN 1 AND 300),
    CONSTRAINT export_step_batch FOREIGN KEY (format, number) REFERENCES export_batch,
    CONSTRAINT export_step_no_is_explained CHECK (kind <> 'rejected' OR words IS NOT NULL)
);
CREATE INDEX export_step_by_batch ON export_step (format, number, id);

-- A file for the bank moves money: somebody else than its maker lets it go, or does not.
CREATE TABLE export_decision (
    format text NOT NULL,
    number int NOT NULL,
    created_by text NOT NULL,
    decision text NOT NULL CONSTRAINT export_decision_kind CHECK (decision IN ('released', 'refused')),
    decided_by text NOT NULL CONSTRAINT export_decision_by REFERENCES staff (code),
    decided_at timestamptz NOT NULL,
    words text CONSTRAINT export_decision_words CHECK (length(words) BETWEEN 1 AND 300),
    CONSTRAINT export_decision_pkey PRIMARY KEY (format, number),
    CONSTRAINT export_decision_batch FOREIGN KEY (format, number, created_by)
        REFERENCES export_batch (format, number, created_by),
    CONSTRAINT export_decision_by_second_person CHECK (decided_by <> created_by),
    CONSTRAINT export_decision_no_is_explained CHECK (decision <> 'refused' OR words IS NOT NULL)
);

-- A mandate to collect by SEPA direct debit. IBAN and holder are forgotten once it has ended.
CREATE TABLE mandate (
    id text CONSTRAINT mandate_pkey PRIMARY KEY CONSTRAINT mandate_id CHECK (id ~ '^[A-Z0-9][A-Z0-9+?/:().,-]{0,34}$'),
    wallet text NOT NULL CONSTRAINT mandate_wallet REFERENCES wallet (code),
    iban text CONSTRAINT mandate_iban CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$'),
    holder text CONSTRAINT mandate_holder CHECK (length(holder) BETWEEN 1 AND 70),
    signed_on date NOT NULL,
    added_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT mandate_has_account CHECK (num_nonnulls(iban, holder) = 2 OR (num_nonnulls(iban, holder) = 0 AND ended_at IS NOT NULL))
);
CREATE INDEX mandate_by_wallet ON mandate (wallet);

-- An order to the bank: money out that stands on 371300, or a collection. subject: what it is about, by its own id.
-- requested_by: NULL where the payer asked. IBAN and holder are forgotten once the money has arrived.
CREATE TABLE payment_order (
    id uuid CONSTRAINT payment_order_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT payment_order_kind CHECK (kind IN ('closing_payout', 'refund', 'sent_back', 'collection')),
    subject text NOT NULL CONSTRAINT payment_order_subject CHECK (length(subject) BETWEEN 1 AND 80),
    bank_account text NOT NULL CONSTRAINT payment_order_bank REFERENCES bank_account (account),
    amount_cents bigint NOT NULL CONSTRAINT payment_order_amount CHECK (amount_cents BETWEEN 1 AND 99999999999),
    iban text CONSTRAINT payment_order_iban CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$'),
    holder text CONSTRAINT payment_order_holder CHECK (length(holder) BETWEEN 1 AND 70),
    purpose text NOT NULL CONSTRAINT payment_order_purpose CHECK (length(purpose) BETWEEN 1 AND 140),
    end_to_end_id text NOT NULL CONSTRAINT payment_order_end_to_end_once UNIQUE
        CONSTRAINT payment_order_end_to_end CHECK (end_to_end_id ~ '^[0-9a-f]{32}$'),
    booked_entry bigint CONSTRAINT payment_order_booked REFERENCES entry,
    mandate text CONSTRAINT payment_order_mandate REFERENCES mandate,
    sequence text CONSTRAINT payment_order_sequence CHECK (sequence IN ('FRST', 'RCUR', 'OOFF', 'FNAL')),
    due_on date,
    requested_by text CONSTRAINT payment_order_requested_by REFERENCES staff (code),
    requested_at timestamptz NOT NULL,
    released_by text CONSTRAINT payment_order_released_by REFERENCES staff (code),
    released_at timestamptz,
    state text NOT NULL CONSTRAINT payment_order_state CHECK (
        state IN ('requested', 'released', 'submitted', 'paid', 'returned', 'stopped')),
    changed_at timestamptz NOT NULL,
    submitted_entry bigint CONSTRAINT payment_order_submitted REFERENCES entry CONSTRAINT payment_order_submitted_once UNIQUE,
    paid_entry bigint CONSTRAINT payment_order_paid REFERENCES entry CONSTRAINT payment_order_paid_once UNIQUE,
    returned_entry bigint CONSTRAINT payment_order_returned REFERENCES entry CONSTRAINT payment_order_returned_once UNIQUE,
    CONSTRAINT payment_order_once UNIQUE (kind, subject),
    CONSTRAINT payment_order_by_second_person CHECK (released_by <> requested_by),
    CONSTRAINT payment_order_released_whole CHECK ((released_by IS NULL) = (released_at IS NULL)),
    CONSTRAINT payment_order_out_is_released CHECK (
        kind = 'collection' OR released_by IS NOT NULL OR state IN ('requested', 'stopped')),
    CONSTRAINT payment_order_in_or_out CHECK (
        CASE kind WHEN 'collection' THEN num_nonnulls(mandate, sequence, due_on) = 3 AND booked_entry IS NULL
        ELSE num_nonnulls(mandate, sequence, due_on) = 0 AND booked_entry IS NOT NULL END),
    CONSTRAINT payment_order_has_account CHECK (
        num_nonnulls(iban, holder) = 2 OR (num_nonnulls(iban, holder) = 0 AND state IN ('paid', 'returned', 'stopped')))
);
CREATE INDEX payment_order_waiting ON payment_order (requested_at) WHERE state IN ('requested', 'released');
CREATE INDEX payment_order_by_entry ON payment_order (booked_entry) WHERE booked_entry IS NOT NULL;

-- Which payments are in which file: one file at a time, so a payment is never ordered twice. payment_info: PmtInfId.
CREATE TABLE export_payment (
    format text NOT NULL,
    number int NOT NULL,
    payment_order uuid NOT NULL CONSTRAINT export_payment_order REFERENCES payment_order,
    payment_info text NOT NULL CONSTRAINT export_payment_info CHECK (length(payment_info) BETWEEN 1 AND 35),
    is_live boolean NOT NULL DEFAULT true,
    CONSTRAINT export_payment_pkey PRIMARY KEY (format, number, payment_order),
    CONSTRAINT export_payment_batch FOREIGN KEY (format, number) REFERENCES export_batch
);
CREATE UNIQUE INDEX export_payment_once ON export_payment (payment_order) WHERE is_live;
CREATE INDEX export_payment_by_info ON export_payment (payment_info);

-- Whoever comes with the file's row in place comes too late.
CREATE FUNCTION export_still_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT format, number FROM n) added
                JOIN public.export_file f USING (format, number)) THEN
        RAISE EXCEPTION 'a batch that has its file takes nothing more' USING ERRCODE = '23514', CONSTRAINT = 'export_is_closed';
    END IF;
    RETURN NULL;
END $$;

-- At the end of the transaction a batch has its file and holds what it says, or was never there.
CREATE FUNCTION export_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.export_file f WHERE (f.format, f.number) = (NEW.format, NEW.number))
       OR NEW.entry_count <> (SELECT count(*) FROM public.export_entry e WHERE (e.format, e.number) = (NEW.format, NEW.number))
                           + (SELECT count(*) FROM public.export_payment p WHERE (p.format, p.number) = (NEW.format, NEW.number)) THEN
        RAISE EXCEPTION 'batch % of % is not whole', NEW.number, NEW.format USING ERRCODE = '23514', CONSTRAINT = 'export_is_whole';
    END IF;
    RETURN NULL;
END $$;

-- Money goes out of a released order alone, and into the file it belongs into.
CREATE FUNCTION export_payment_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ordered record;
BEGIN
    SELECT kind, state INTO ordered FROM public.payment_order WHERE id = NEW.payment_order FOR SHARE;
    IF (ordered.kind = 'collection') <> (NEW.format = 'pain008')
       OR ordered.state <> (CASE ordered.kind WHEN 'collection' THEN 'requested' ELSE 'released' END) OR NOT NEW.is_live THEN
        RAISE EXCEPTION 'this payment is not for this file' USING ERRCODE = '23514', CONSTRAINT = 'export_payment_released';
    END IF;
    RETURN NEW;
END $$;

-- Payments of a file that was refused may go into another one.
CREATE FUNCTION export_payment_freed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.is_live OR (NEW.format, NEW.number, NEW.payment_order, NEW.payment_info)
                      IS DISTINCT FROM (OLD.format, OLD.number, OLD.payment_order, OLD.payment_info)
       OR NOT EXISTS (SELECT FROM public.export_decision d
                       WHERE (d.format, d.number) = (OLD.format, OLD.number) AND d.decision = 'refused') THEN
        RAISE EXCEPTION 'a payment leaves a refused file alone' USING ERRCODE = '23514', CONSTRAINT = 'export_payment_refused';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION export_step_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.format IN ('pain001', 'pain008') AND NOT EXISTS (
        SELECT FROM public.export_decision d
         WHERE (d.format, d.number) = (NEW.format, NEW.number) AND d.decision = 'released') THEN
        RAISE EXCEPTION 'a second person releases a file for the bank first'
            USING ERRCODE = '23514', CONSTRAINT = 'export_step_released';
    END IF;
    RETURN NEW;
END $$;

-- What is paid out stands on 371300, by the entry named, and not twice.
CREATE FUNCTION payment_order_covered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind <> 'collection' THEN
        PERFORM pg_advisory_xact_lock(4740, hashint8(NEW.booked_entry));
        IF NEW.amount_cents
           + coalesce((SELECT sum(o.amount_cents) FROM public.payment_order o
                        WHERE o.booked_entry = NEW.booked_entry AND o.state NOT IN ('returned', 'stopped')), 0)
           > coalesce((SELECT sum(t.amount_cents) FROM public.transfer t JOIN public.account a ON a.id = t.credit_account
                        WHERE t.entry_id = NEW.booked_entry AND a.code = '371300'), 0) THEN
            RAISE EXCEPTION 'more is ordered than the entry put aside' USING ERRCODE = '23514', CONSTRAINT = 'payment_order_covered';
        END IF;
    END IF;
    RETURN NEW;
END $$;

-- An order goes forward only; its release is once, and what is forgotten stays forgotten.
CREATE FUNCTION payment_order_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
           ('requested', 'released'), ('requested', 'stopped'), ('requested', 'submitted'), ('released', 'submitted'),
           ('released', 'stopped'), ('submitted', 'paid'), ('submitted', 'returned'), ('paid', 'returned'))
       AND OLD.state <> NEW.state
       OR OLD.released_by IS NOT NULL AND (NEW.released_by, NEW.released_at) IS DISTINCT FROM (OLD.released_by, OLD.released_at)
       OR NEW.iban IS NOT NULL AND (NEW.iban, NEW.holder) IS DISTINCT FROM (OLD.iban, OLD.holder) THEN
        RAISE EXCEPTION 'a payment order goes forward only' USING ERRCODE = '23514', CONSTRAINT = 'payment_order_forward';
    END IF;
    RETURN NEW;
END $$;

CREATE CONSTRAINT TRIGGER export_is_whole AFTER INSERT ON export_batch DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION export_whole();
CREATE TRIGGER export_payment_allowed BEFORE INSERT ON export_payment FOR EACH ROW EXECUTE FUNCTION export_payment_allowed();
CREATE TRIGGER export_payment_freed BEFORE UPDATE ON export_payment FOR EACH ROW EXECUTE FUNCTION export_payment_freed();
CREATE TRIGGER export_step_allowed BEFORE INSERT ON export_step FOR EACH ROW EXECUTE FUNCTION export_step_allowed();
CREATE TRIGGER payment_order_covered BEFORE INSERT ON payment_order FOR EACH ROW EXECUTE FUNCTION payment_order_covered();
CREATE TRIGGER payment_order_moves_on BEFORE UPDATE ON payment_order FOR EACH ROW EXECUTE FUNCTION payment_order_moves_on();

DO $$
DECLARE
    name text;
    rule record;
BEGIN
    FOREACH name IN ARRAY ARRAY['export_entry', 'export_part', 'export_payment'] LOOP
        EXECUTE format('CREATE TRIGGER %I AFTER INSERT ON %I REFERENCING NEW TABLE AS n FOR EACH STATEMENT '
                       'EXECUTE FUNCTION export_still_open()', name || '_in_time', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['export_batch', 'export_entry', 'export_part', 'export_file', 'export_step', 'export_decision'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', name || '_stays', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['export_payment', 'payment_order', 'mandate'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', name || '_is_kept', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['export_batch', 'export_entry', 'export_part', 'export_file', 'export_step', 'export_decision',
                                'export_payment', 'payment_order', 'mandate'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION deny_change()', name || '_is_not_emptied', name);
        FOR rule IN SELECT tgname FROM pg_trigger WHERE tgrelid = name::regclass AND NOT tgisinternal LOOP
            EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, rule.tgname);
        END LOOP;
    END LOOP;
END $$;

GRANT SELECT, INSERT ON export_batch, export_entry, export_part, export_file, export_step, export_decision, export_payment,
    payment_order, mandate TO stadtkasse_app;
GRANT UPDATE (is_live) ON export_payment TO stadtkasse_app;
GRANT UPDATE (iban, holder, released_by, released_at, state, changed_at, submitted_entry, paid_entry, returned_entry)
    ON payment_order TO stadtkasse_app;
GRANT UPDATE (iban, holder, ended_at) ON mandate TO stadtkasse_app;
REVOKE EXECUTE ON FUNCTION export_still_open, export_whole, export_payment_allowed, export_payment_freed, export_step_allowed,
    payment_order_covered, payment_order_moves_on FROM PUBLIC;
