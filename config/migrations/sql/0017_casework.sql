-- Casework on differences: who did what, and what a second person released.

-- The history of a case, added to and never changed. number: the case's version after this step; whoever acts names
-- the one they saw, and of two who act at once the second is told. undoes: the step it takes back, once.
CREATE TABLE difference_step (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT difference_step_pkey PRIMARY KEY,
    difference text NOT NULL CONSTRAINT difference_step_of REFERENCES difference,
    number int NOT NULL CONSTRAINT difference_step_number CHECK (number > 0),
    kind text NOT NULL CONSTRAINT difference_step_kind CHECK (kind IN
        ('assigned', 'note', 'due', 'file_requested', 'accepted', 'rejected', 'matched', 'split', 'written_off',
         'release_asked', 'release_refused', 'release_withdrawn', 'undone', 'reopened')),
    person text NOT NULL CONSTRAINT difference_step_person REFERENCES staff (code),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    detail jsonb NOT NULL DEFAULT '{}' CONSTRAINT difference_step_detail CHECK (jsonb_typeof(detail) = 'object'),
    entry_id bigint CONSTRAINT difference_step_entry REFERENCES entry CONSTRAINT difference_step_entry_once UNIQUE,
    undoes bigint CONSTRAINT difference_step_undoes REFERENCES difference_step CONSTRAINT difference_step_undone_once UNIQUE,
    CONSTRAINT difference_step_once UNIQUE (difference, number),
    CONSTRAINT difference_step_undoes_what CHECK ((kind = 'undone') = (undoes IS NOT NULL))
);
CREATE INDEX difference_step_by_person ON difference_step (person, id);

-- What people said about matching; it outranks every rule and survives every run. pair: these rows are explained
-- together, or by themselves where one side is empty; no rule takes them and none reports them. reject: no rule
-- proposes this combination again. Codes as in `difference`.
CREATE TABLE match_decision (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT match_decision_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT match_decision_kind CHECK (kind IN ('pair', 'reject')),
    expected_codes text[] NOT NULL DEFAULT '{}',
    provider_codes text[] NOT NULL DEFAULT '{}',
    bank_codes text[] NOT NULL DEFAULT '{}',
    step bigint NOT NULL CONSTRAINT match_decision_step REFERENCES difference_step,
    decided_by text NOT NULL CONSTRAINT match_decision_by REFERENCES staff (code),
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    CONSTRAINT match_decision_ends_after CHECK (ended_at >= decided_at)
);
CREATE INDEX match_decision_live ON match_decision (kind) WHERE ended_at IS NULL;
CREATE INDEX match_decision_of_step ON match_decision (step);

-- 4723: a row is explained once, whoever decides at the same moment.
CREATE FUNCTION match_decision_exclusive() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held text;
BEGIN
    held := pg_advisory_xact_lock(4723, 0);
    IF EXISTS (SELECT FROM public.match_decision m WHERE m.kind = 'pair' AND m.ended_at IS NULL
                  AND (m.expected_codes && NEW.expected_codes OR m.provider_codes && NEW.provider_codes
                       OR m.bank_codes && NEW.bank_codes)) THEN
        RAISE EXCEPTION 'a row is explained once' USING ERRCODE = '23514', CONSTRAINT = 'match_decision_exclusive';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER match_decision_exclusive BEFORE INSERT ON match_decision
    FOR EACH ROW WHEN (NEW.kind = 'pair') EXECUTE FUNCTION match_decision_exclusive();

CREATE FUNCTION match_decision_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL THEN
        RAISE EXCEPTION 'a decision ends once' USING ERRCODE = '23514', CONSTRAINT = 'match_decision_only_ends';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER match_decision_only_ends BEFORE UPDATE ON match_decision FOR EACH ROW EXECUTE FUNCTION match_decision_only_ends();

-- What one person asks and another one releases: money that leaves, or is given up. postings: as they will be booked,
-- [{"event", "amounts", "roles"}]; nothing else is booked on release. receipt: unclear money that goes back.
CREATE TABLE release_request (
    id uuid CONSTRAINT release_request_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT release_request_kind CHECK (kind IN ('accept', 'match', 'split', 'write_off', 'send_back')),
    difference text CONSTRAINT release_request_difference REFERENCES difference,
    receipt bigint CONSTRAINT release_request_receipt REFERENCES entry,
    amount_cents bigint NOT NULL CONSTRAINT release_request_amount CHECK (amount_cents > 0),
    postings jsonb NOT NULL CONSTRAINT release_request_postings CHECK (jsonb_typeof(postings) = 'array'),
    codes jsonb NOT NULL DEFAULT '{}' CONSTRAINT release_request_codes CHECK (jsonb_typeof(codes) = 'object'),
    reason text NOT NULL CONSTRAINT release_request_reason CHECK (length(reason) BETWEEN 1 AND 500),
    asked_by text NOT NULL CONSTRAINT release_request_by REFERENCES staff (code),
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT release_request_asker UNIQUE (id, asked_by),
    CONSTRAINT release_request_about CHECK (num_nonnulls(difference, receipt) = 1),
    CONSTRAINT release_request_sends_back CHECK ((kind = 'send_back') = (receipt IS NOT NULL))
);
CREATE INDEX release_request_by_difference ON release_request (difference) WHERE difference IS NOT NULL;
CREATE INDEX release_request_by_receipt ON release_request (receipt) WHERE receipt IS NOT NULL;

CREATE TABLE release_decision (
    request uuid CONSTRAINT release_decision_pkey PRIMARY KEY,
    asked_by text NOT NULL,
    decision text NOT NULL CONSTRAINT release_decision_kind CHECK (decision IN ('released', 'refused', 'withdrawn')),
    decided_by text NOT NULL CONSTRAINT release_decided_by REFERENCES staff (code),
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    reason text CONSTRAINT release_decision_reason CHECK (length(reason) BETWEEN 1 AND 500),
    entry_id bigint CONSTRAINT release_decision_entry REFERENCES entry CONSTRAINT release_decision_entry_once UNIQUE,
    CONSTRAINT release_decision_of FOREIGN KEY (request, asked_by) REFERENCES release_request (id, asked_by),
    -- Who asked may withdraw, and nobody else; who decides is somebody else.
    CONSTRAINT release_by_second_person CHECK ((decision = 'withdrawn') = (decided_by = asked_by)),
    CONSTRAINT release_books CHECK ((decision = 'released') = (entry_id IS NOT NULL)),
    CONSTRAINT release_no_is_explained CHECK (decision <> 'refused' OR reason IS NOT NULL)
);

-- 4722: one request at a time waits for a case or a receipt.
CREATE FUNCTION release_request_alone() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held text;
BEGIN
    held := pg_advisory_xact_lock(4722, hashtext(coalesce(NEW.difference, NEW.receipt::text)));
    IF EXISTS (SELECT FROM public.release_request r WHERE (r.difference = NEW.difference OR r.receipt = NEW.receipt)
                  AND NOT EXISTS (SELECT FROM public.release_decision d WHERE d.request = r.id)) THEN
        RAISE EXCEPTION 'one request waits already' USING ERRCODE = '23514', CONSTRAINT = 'release_request_alone';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER release_request_alone BEFORE INSERT ON release_request FOR EACH ROW EXECUTE FUNCTION release_request_alone();

-- Filters a person keeps; they are gone with a click.
CREATE TABLE kept_filter (
    person text NOT NULL CONSTRAINT kept_filter_person REFERENCES staff (code),
    name text NOT NULL CONSTRAINT kept_filter_name CHECK (length(name) BETWEEN 1 AND 40),
    query text NOT NULL CONSTRAINT kept_filter_query CHECK (length(query) <= 500),
    CONSTRAINT kept_filter_pkey PRIMARY KEY (person, name)
);

DO $$
DECLARE facts text;
BEGIN
    FOREACH facts IN ARRAY ARRAY['difference_step', 'release_request', 'release_decision'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', facts || '_stays', facts);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', facts, facts || '_stays');
    END LOOP;
    EXECUTE 'CREATE TRIGGER match_decision_is_kept BEFORE DELETE ON match_decision FOR EACH ROW EXECUTE FUNCTION deny_change()';
    FOREACH facts IN ARRAY ARRAY['difference_step', 'match_decision', 'release_request', 'release_decision'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION deny_change()', facts || '_is_not_emptied', facts);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', facts, facts || '_is_not_emptied');
    END LOOP;
    EXECUTE 'ALTER TABLE match_decision ENABLE ALWAYS TRIGGER match_decision_is_kept';
    EXECUTE 'ALTER TABLE match_decision ENABLE ALWAYS TRIGGER match_decision_only_ends';
    EXECUTE 'ALTER TABLE match_decision ENABLE ALWAYS TRIGGER match_decision_exclusive';
    EXECUTE 'ALTER TABLE release_request ENABLE ALWAYS TRIGGER release_request_alone';
END $$;

GRANT SELECT ON difference_step, match_decision, release_request, release_decision TO stadtkasse_app;
GRANT SELECT, INSERT, DELETE ON kept_filter TO stadtkasse_app;
GRANT UPDATE (query) ON kept_filter TO stadtkasse_app;
-- Column by column where a time is the database's clock and nobody else's.
GRANT INSERT (difference, number, kind, person, detail, entry_id, undoes) ON difference_step TO stadtkasse_app;
GRANT INSERT (kind, expected_codes, provider_codes, bank_codes, step, decided_by) ON match_decision TO stadtkasse_app;
GRANT UPDATE (ended_at) ON match_decision TO stadtkasse_app;
GRANT INSERT (id, kind, difference, receipt, amount_cents, postings, codes, reason, asked_by) ON release_request TO stadtkasse_app;
GRANT INSERT (request, asked_by, decision, decided_by, reason, entry_id) ON release_decision TO stadtkasse_app;
REVOKE EXECUTE ON FUNCTION match_decision_exclusive, match_decision_only_ends, release_request_alone FROM PUBLIC;
