-- The people who work with the books: how they prove who they are, where they are signed in, and what they did.
-- Passwords and PINs are argon2id hashes; of a session's token only the SHA-256 is here (256 random bits need no more).

-- login: what is typed at sign-in. password_until: a one-time password of the administrator's is good until then; NULL: the person's own.
-- totp_secret: base32 (RFC 6238). totp_last_step: the newest step of 30 s that was used; none is taken twice.
CREATE SEQUENCE staff_number CACHE 1;
CREATE TABLE staff (
    code text CONSTRAINT staff_pkey PRIMARY KEY CONSTRAINT staff_code CHECK (code ~ '^S-[0-9]{4,8}$'),
    login text NOT NULL CONSTRAINT staff_login_once UNIQUE CONSTRAINT staff_login CHECK (login ~ '^[a-z0-9][a-z0-9._-]{1,39}$'),
    name text NOT NULL CONSTRAINT staff_name CHECK (length(name) BETWEEN 1 AND 80),
    role text NOT NULL CONSTRAINT staff_role CHECK (
        role IN ('cashier', 'site_manager', 'finance', 'finance_approver', 'auditor', 'administrator')),
    facility text CONSTRAINT staff_at_facility REFERENCES facility (code),
    password_hash text,
    password_until timestamptz,
    totp_secret text,
    totp_last_step bigint,
    is_active boolean NOT NULL DEFAULT true,
    added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT staff_has_its_place CHECK ((role IN ('cashier', 'site_manager')) = (facility IS NOT NULL)),
    CONSTRAINT staff_password_until CHECK (password_until IS NULL OR password_hash IS NOT NULL),
    CONSTRAINT staff_totp_step CHECK (totp_last_step IS NULL OR totp_secret IS NOT NULL)
);

-- The six digits at a till. No two people of one site have the same: whoever sets one compares, under a lock of the site.
CREATE TABLE staff_pin (
    staff text CONSTRAINT staff_pin_pkey PRIMARY KEY CONSTRAINT staff_pin_of REFERENCES staff (code),
    pin_hash text NOT NULL,
    set_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- stage: what was proven so far. Before 'open' nothing is open but the next question: the code, then perhaps a new password.
CREATE TABLE staff_session (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT staff_session_pkey PRIMARY KEY,
    token_hash bytea NOT NULL CONSTRAINT staff_session_token_once UNIQUE CONSTRAINT staff_session_token_hash CHECK (octet_length(token_hash) = 32),
    staff text NOT NULL CONSTRAINT staff_session_of REFERENCES staff (code),
    stage text NOT NULL CONSTRAINT staff_session_stage CHECK (stage IN ('password', 'code', 'open')),
    signed_in_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    address text NOT NULL,
    browser text NOT NULL,
    CONSTRAINT staff_session_ends CHECK (expires_at > signed_in_at)
);
CREATE INDEX staff_session_by_staff ON staff_session (staff, signed_in_at);

-- login: as it was typed, of a person or of nobody; the throttle cannot tell and need not.
CREATE TABLE sign_in_attempt (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT sign_in_attempt_pkey PRIMARY KEY,
    at timestamptz NOT NULL,
    login text NOT NULL,
    address text NOT NULL,
    is_success boolean NOT NULL
);
CREATE INDEX sign_in_attempt_by_login ON sign_in_attempt (login, at);
CREATE INDEX sign_in_attempt_by_address ON sign_in_attempt (address, at);
CREATE INDEX sign_in_attempt_by_age ON sign_in_attempt (at);

-- who: a person's or a device's name. what: subject.verb ('staff.added', 'approval.decided').
CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_log_pkey PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    who text NOT NULL,
    role text NOT NULL,
    what text NOT NULL CONSTRAINT audit_log_what CHECK (what ~ '^[a-z_]+\.[a-z_]+$'),
    about text,
    detail jsonb NOT NULL DEFAULT '{}' CONSTRAINT audit_log_detail CHECK (jsonb_typeof(detail) = 'object')
);
CREATE INDEX audit_log_by_who ON audit_log (who, id);
CREATE INDEX audit_log_by_what ON audit_log (what, id);

CREATE TRIGGER audit_log_stays BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION deny_change();
CREATE TRIGGER audit_log_is_not_emptied BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION deny_change();
CREATE TRIGGER staff_is_kept BEFORE DELETE ON staff FOR EACH ROW EXECUTE FUNCTION deny_change();

CREATE FUNCTION staff_session_stays_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a revoked session stays revoked' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER staff_session_stays_revoked BEFORE UPDATE ON staff_session
    FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION staff_session_stays_revoked();

-- A step of the clock that was used is used for good; a new secret starts anew.
CREATE FUNCTION staff_totp_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a code is taken once' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER staff_totp_moves_on BEFORE UPDATE OF totp_last_step ON staff
    FOR EACH ROW WHEN (NEW.totp_secret = OLD.totp_secret AND OLD.totp_last_step IS NOT NULL
                       AND (NEW.totp_last_step IS NULL OR NEW.totp_last_step <= OLD.totp_last_step))
    EXECUTE FUNCTION staff_totp_moves_on();

-- ALWAYS: also under session_replication_role = replica.
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_stays;
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_is_not_emptied;
ALTER TABLE staff ENABLE ALWAYS TRIGGER staff_is_kept;
ALTER TABLE staff ENABLE ALWAYS TRIGGER staff_totp_moves_on;
ALTER TABLE staff_session ENABLE ALWAYS TRIGGER staff_session_stays_revoked;

GRANT SELECT ON staff, audit_log TO stadtkasse_app;
GRANT USAGE ON SEQUENCE staff_number TO stadtkasse_app;
GRANT INSERT (code, login, name, role, facility, password_hash, password_until) ON staff TO stadtkasse_app;
GRANT UPDATE (name, role, facility, password_hash, password_until, totp_secret, totp_last_step, is_active) ON staff TO stadtkasse_app;
GRANT SELECT, INSERT, DELETE ON staff_pin TO stadtkasse_app; -- a PIN goes with the person
GRANT UPDATE (pin_hash, set_at) ON staff_pin TO stadtkasse_app;
GRANT SELECT, INSERT, DELETE ON staff_session, sign_in_attempt TO stadtkasse_app; -- old ones are forgotten
GRANT UPDATE (seen_at, revoked_at) ON staff_session TO stadtkasse_app;
-- The time of the log is the database's clock and nobody else's.
GRANT INSERT (who, role, what, about, detail) ON audit_log TO stadtkasse_app;
REVOKE EXECUTE ON FUNCTION staff_session_stays_revoked, staff_totp_moves_on FROM PUBLIC;
