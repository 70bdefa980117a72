-- Devices that call the API. The token itself is nowhere: 256 random bits need no salt and no slow hash.

CREATE TABLE device (
    id int GENERATED ALWAYS AS IDENTITY CONSTRAINT device_pkey PRIMARY KEY,
    name text NOT NULL CONSTRAINT device_name_once UNIQUE CONSTRAINT device_name_length CHECK (length(name) BETWEEN 1 AND 64),
    role text NOT NULL CONSTRAINT device_role CHECK (role IN ('till', 'finance', 'auditor', 'administrator')),
    facility text CONSTRAINT device_at_facility REFERENCES facility (code),
    till text CONSTRAINT device_at_till REFERENCES till (code),
    token_hash bytea NOT NULL CONSTRAINT device_token_once UNIQUE CONSTRAINT device_token_hash CHECK (octet_length(token_hash) = 32),
    added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    revoked_at timestamptz,
    -- Who takes money does so at one facility; who looks at all of it is bound to none.
    CONSTRAINT device_has_its_place CHECK ((role = 'till') = (facility IS NOT NULL) AND (till IS NULL OR role = 'till'))
);

-- A device is added and revoked, once each; its role, its place and its token never change.
CREATE FUNCTION device_stays_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a revoked device stays revoked' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER device_stays_revoked BEFORE UPDATE ON device
    FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION device_stays_revoked();
ALTER TABLE device ENABLE ALWAYS TRIGGER device_stays_revoked;

GRANT SELECT, INSERT ON device TO stadtkasse_app;
GRANT UPDATE (revoked_at) ON device TO stadtkasse_app;
REVOKE EXECUTE ON FUNCTION device_stays_revoked FROM PUBLIC;
