-- Printed guest codes. What is printed on a card is signed and stands nowhere: this is who may still use it.

CREATE TABLE guest_code (
    -- A card has three bytes of its code for its number.
    id int GENERATED ALWAYS AS IDENTITY CONSTRAINT guest_code_pkey PRIMARY KEY
        CONSTRAINT guest_code_fits CHECK (id BETWEEN 1 AND 16777215),
    kind text NOT NULL CONSTRAINT guest_code_kind CHECK (kind IN ('wallet', 'pass')),
    code text NOT NULL,
    wallet text GENERATED ALWAYS AS (CASE WHEN kind = 'wallet' THEN code END) STORED
        CONSTRAINT guest_code_of_wallet REFERENCES wallet (code),
    pass text GENERATED ALWAYS AS (CASE WHEN kind = 'pass' THEN code END) STORED
        CONSTRAINT guest_code_of_pass REFERENCES sold_pass (code),
    issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    valid_until timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT guest_code_lives CHECK (valid_until > issued_at)
);
CREATE INDEX guest_code_by_code ON guest_code (code);

-- A card is issued and revoked, once each; whose it is and how long it holds never change.
CREATE FUNCTION guest_code_stays_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a revoked guest code stays revoked' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER guest_code_stays_revoked BEFORE UPDATE ON guest_code
    FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION guest_code_stays_revoked();
ALTER TABLE guest_code ENABLE ALWAYS TRIGGER guest_code_stays_revoked;

GRANT SELECT, INSERT ON guest_code TO stadtkasse_app;
GRANT UPDATE (revoked_at) ON guest_code TO stadtkasse_app;
REVOKE EXECUTE ON FUNCTION guest_code_stays_revoked FROM PUBLIC;
