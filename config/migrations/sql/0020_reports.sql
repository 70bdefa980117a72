-- Sums the reports read instead of a year of transfers; drawn anew for every day that was open
-- when they were drawn, and never again for one that was closed.

CREATE TABLE takings_day (
    day date NOT NULL,
    facility text NOT NULL CONSTRAINT takings_day_facility REFERENCES facility (code),
    channel text NOT NULL,
    cents bigint NOT NULL,
    is_final boolean NOT NULL,
    CONSTRAINT takings_day_pkey PRIMARY KEY (day, facility, channel)
);

-- What handling cash took at one place on one day. wrong_cents: short and over, without sign.
CREATE TABLE cash_day (
    day date NOT NULL,
    facility text NOT NULL CONSTRAINT cash_day_facility REFERENCES facility (code),
    shifts int NOT NULL CONSTRAINT cash_day_shifts CHECK (shifts >= 0),
    bags int NOT NULL CONSTRAINT cash_day_bags CHECK (bags >= 0),
    wrong_cents bigint NOT NULL CONSTRAINT cash_day_wrong CHECK (wrong_cents >= 0),
    is_final boolean NOT NULL,
    CONSTRAINT cash_day_pkey PRIMARY KEY (day, facility)
);

-- Somebody stands at a till and counts. What was expected is frozen before the count and shown
-- after it; a protocol, once finished, stays as it is.
CREATE TABLE till_audit (
    number bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT till_audit_pkey PRIMARY KEY,
    key uuid NOT NULL CONSTRAINT till_audit_once UNIQUE,
    till text NOT NULL CONSTRAINT till_audit_till REFERENCES till (code),
    frozen_at timestamptz NOT NULL,
    frozen jsonb NOT NULL,
    expected_cents bigint NOT NULL,
    auditor text NOT NULL,
    counts jsonb,
    counted_cents bigint,
    difference_cents bigint GENERATED ALWAYS AS (counted_cents - expected_cents) STORED,
    remarks text CONSTRAINT till_audit_remarks CHECK (length(remarks) <= 2000),
    finished_at timestamptz,
    CONSTRAINT till_audit_finished_whole CHECK (num_nulls(counts, counted_cents, remarks, finished_at) IN (0, 4)),
    CONSTRAINT till_audit_in_order CHECK (finished_at >= frozen_at)
);
CREATE INDEX till_audit_by_till ON till_audit (till, number);

CREATE FUNCTION till_audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.finished_at IS NOT NULL
       OR (NEW.number, NEW.key, NEW.till, NEW.frozen_at, NEW.frozen, NEW.expected_cents, NEW.auditor)
          IS DISTINCT FROM (OLD.number, OLD.key, OLD.till, OLD.frozen_at, OLD.frozen, OLD.expected_cents, OLD.auditor) THEN
        RAISE EXCEPTION 'what was frozen and counted in an audit stays' USING ERRCODE = '42501', CONSTRAINT = 'till_audit_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER till_audit_stays BEFORE UPDATE ON till_audit FOR EACH ROW EXECUTE FUNCTION till_audit_stays();
CREATE TRIGGER till_audit_is_kept BEFORE DELETE ON till_audit FOR EACH ROW EXECUTE FUNCTION deny_change();
ALTER TABLE till_audit ENABLE ALWAYS TRIGGER till_audit_stays;
ALTER TABLE till_audit ENABLE ALWAYS TRIGGER till_audit_is_kept;

GRANT SELECT, INSERT, DELETE ON takings_day, cash_day TO stadtkasse_app;
GRANT UPDATE (cents, is_final) ON takings_day TO stadtkasse_app;
GRANT UPDATE (shifts, bags, wrong_cents, is_final) ON cash_day TO stadtkasse_app;
GRANT SELECT, INSERT ON till_audit TO stadtkasse_app;
GRANT UPDATE (counts, counted_cents, remarks, finished_at) ON till_audit TO stadtkasse_app;
