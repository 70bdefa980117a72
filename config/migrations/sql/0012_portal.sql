-- The portal: who pays for children, how they prove who they are, whom they share with, and the letters to them.
-- What is personal stands here alone and can be forgotten: nothing in the books leads to a name or an address.

-- email: lower case; NULL once erased. handle: whose passkey it is, as authenticators keep it. low_mark_cents: below it a
-- reminder is written. dismissed: offers that are not made again. erased_at: what was personal is gone, the code stays.
CREATE SEQUENCE payer_number CACHE 1;
CREATE TABLE payer (
    code text CONSTRAINT payer_pkey PRIMARY KEY CONSTRAINT payer_code CHECK (code ~ '^Z-[0-9]{6,10}$'),
    email text CONSTRAINT payer_email_once UNIQUE CONSTRAINT payer_email CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
    language text NOT NULL CONSTRAINT payer_language CHECK (language ~ '^[a-z]{2}$'),
    wallet text NOT NULL,
    wallet_kind text NOT NULL GENERATED ALWAYS AS ('kita') STORED,
    handle uuid NOT NULL CONSTRAINT payer_handle_once UNIQUE,
    password_hash text,
    tells_low boolean NOT NULL DEFAULT true,
    low_mark_cents bigint NOT NULL DEFAULT 1500 CONSTRAINT payer_low_mark CHECK (low_mark_cents BETWEEN 500 AND 5000),
    tells_arrived boolean NOT NULL DEFAULT true,
    tells_menu boolean NOT NULL DEFAULT false,
    tells_closed boolean NOT NULL DEFAULT true,
    dismissed text[] NOT NULL DEFAULT '{}',
    registered_at timestamptz NOT NULL,
    erased_at timestamptz,
    CONSTRAINT payer_wallet FOREIGN KEY (wallet, wallet_kind) REFERENCES wallet (code, kind),
    CONSTRAINT payer_has_email CHECK ((email IS NULL) = (erased_at IS NOT NULL)),
    CONSTRAINT payer_erased_is_empty CHECK (erased_at IS NULL OR password_hash IS NULL)
);
CREATE UNIQUE INDEX payer_alone_with_wallet ON payer (wallet) WHERE erased_at IS NULL;

CREATE FUNCTION payer_stays_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'who was forgotten stays forgotten' USING ERRCODE = '23514', CONSTRAINT = 'payer_stays_erased';
END $$;
CREATE TRIGGER payer_stays_erased BEFORE UPDATE ON payer
    FOR EACH ROW WHEN (OLD.erased_at IS NOT NULL) EXECUTE FUNCTION payer_stays_erased();
CREATE TRIGGER payer_is_kept BEFORE DELETE ON payer FOR EACH ROW EXECUTE FUNCTION deny_change();

-- How a payer calls a child, and the sign it goes by; nobody else sees either.
CREATE TABLE payer_child (
    payer text NOT NULL CONSTRAINT payer_child_payer REFERENCES payer (code),
    child text NOT NULL CONSTRAINT payer_child_child REFERENCES child (code),
    nickname text CONSTRAINT payer_child_nickname CHECK (length(nickname) BETWEEN 1 AND 40),
    sign text NOT NULL CONSTRAINT payer_child_sign CHECK (sign IN ('boat', 'apple', 'star', 'leaf', 'fish', 'sun')),
    CONSTRAINT payer_child_pkey PRIMARY KEY (payer, child)
);

-- The code of a daycare letter, kept as a slow hash: its 40 bits alone would be found by trying.
CREATE TABLE activation_code (
    code_hash bytea CONSTRAINT activation_code_pkey PRIMARY KEY CONSTRAINT activation_code_hash CHECK (octet_length(code_hash) = 32),
    child text NOT NULL CONSTRAINT activation_code_child REFERENCES child (code),
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CONSTRAINT activation_code_lives CHECK (expires_at > made_at),
    used_at timestamptz,
    used_by text CONSTRAINT activation_code_used_by REFERENCES payer (code),
    revoked_at timestamptz,
    CONSTRAINT activation_code_used_by_somebody CHECK ((used_at IS NULL) = (used_by IS NULL)),
    CONSTRAINT activation_code_one_end CHECK (used_at IS NULL OR revoked_at IS NULL)
);
CREATE UNIQUE INDEX activation_code_in_hand ON activation_code (child) WHERE used_at IS NULL AND revoked_at IS NULL;

CREATE FUNCTION activation_code_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a code is used once' USING ERRCODE = '23514', CONSTRAINT = 'activation_code_ends_once';
END $$;
CREATE TRIGGER activation_code_ends_once BEFORE UPDATE ON activation_code
    FOR EACH ROW WHEN (OLD.used_at IS NOT NULL OR OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION activation_code_ends_once();
CREATE TRIGGER activation_code_is_kept BEFORE DELETE ON activation_code FOR EACH ROW EXECUTE FUNCTION deny_change();

-- browser: in short, for the list of devices; mark_hash: of the mark it keeps, by which it is known again. No address of
-- the network is kept.
CREATE TABLE payer_session (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT payer_session_pkey PRIMARY KEY,
    token_hash bytea NOT NULL CONSTRAINT payer_session_token_once UNIQUE CONSTRAINT payer_session_token_hash CHECK (octet_length(token_hash) = 32),
    payer text NOT NULL CONSTRAINT payer_session_of REFERENCES payer (code),
    way text NOT NULL CONSTRAINT payer_session_way CHECK (way IN ('link', 'password', 'passkey')),
    signed_in_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    browser text NOT NULL,
    mark_hash bytea NOT NULL CONSTRAINT payer_session_mark CHECK (octet_length(mark_hash) = 32),
    CONSTRAINT payer_session_ends CHECK (expires_at > signed_in_at)
);
CREATE INDEX payer_session_by_payer ON payer_session (payer, signed_in_at);

CREATE FUNCTION payer_session_stays_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a revoked session stays revoked' USING ERRCODE = '23514', CONSTRAINT = 'payer_session_stays_revoked';
END $$;
CREATE TRIGGER payer_session_stays_revoked BEFORE UPDATE ON payer_session
    FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION payer_session_stays_revoked();

-- A link to sign in by, asked for by whoever typed an address.
-- browser_hash: of the mark in the browser it was asked for in. code_hash: the code to be used up with it.
CREATE TABLE sign_in_link (
    id uuid CONSTRAINT sign_in_link_pkey PRIMARY KEY,
    token_hash bytea NOT NULL CONSTRAINT sign_in_link_token_once UNIQUE CONSTRAINT sign_in_link_token_hash CHECK (octet_length(token_hash) = 32),
    browser_hash bytea NOT NULL CONSTRAINT sign_in_link_browser CHECK (octet_length(browser_hash) = 32),
    email text NOT NULL CONSTRAINT sign_in_link_email CHECK (email = lower(email)),
    language text NOT NULL,
    code_hash bytea CONSTRAINT sign_in_link_code REFERENCES activation_code,
    next_page text NOT NULL DEFAULT '',
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CONSTRAINT sign_in_link_lives CHECK (expires_at > made_at),
    used_at timestamptz
);
CREATE INDEX sign_in_link_by_browser ON sign_in_link (browser_hash, made_at);
CREATE INDEX sign_in_link_by_age ON sign_in_link (made_at);

CREATE FUNCTION sign_in_link_used_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a link is used once' USING ERRCODE = '23514', CONSTRAINT = 'sign_in_link_used_once';
END $$;
CREATE TRIGGER sign_in_link_used_once BEFORE UPDATE ON sign_in_link
    FOR EACH ROW WHEN (OLD.used_at IS NOT NULL) EXECUTE FUNCTION sign_in_link_used_once();

CREATE TABLE passkey (
    id uuid CONSTRAINT passkey_pkey PRIMARY KEY,
    credential bytea NOT NULL CONSTRAINT passkey_credential_once UNIQUE CONSTRAINT passkey_credential CHECK (octet_length(credential) BETWEEN 1 AND 1023),
    payer text NOT NULL CONSTRAINT passkey_payer REFERENCES payer (code),
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL CONSTRAINT passkey_sign_count CHECK (sign_count >= 0),
    name text NOT NULL,
    added_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX passkey_by_payer ON passkey (payer);

-- What a browser has to sign, once and soon. payer: who adds a passkey; NULL where somebody signs in by one.
CREATE TABLE passkey_challenge (
    challenge bytea CONSTRAINT passkey_challenge_pkey PRIMARY KEY CONSTRAINT passkey_challenge_length CHECK (octet_length(challenge) >= 32),
    payer text CONSTRAINT passkey_challenge_payer REFERENCES payer (code),
    expires_at timestamptz NOT NULL
);

-- What counts against whoever tries too often. about: the hash of an address that was typed, where it is about one.
CREATE TABLE portal_try (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT portal_try_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT portal_try_kind CHECK (kind IN ('code', 'link', 'password', 'passkey', 'invitation')),
    source text NOT NULL,
    about bytea CONSTRAINT portal_try_about CHECK (octet_length(about) = 32),
    at timestamptz NOT NULL
);
CREATE INDEX portal_try_by_source ON portal_try (kind, source, at);
CREATE INDEX portal_try_by_about ON portal_try (kind, about, at);
CREATE INDEX portal_try_by_age ON portal_try (at);

-- A second household asked to pay for a child on some days. email: until it was answered.
CREATE TABLE invitation (
    id uuid CONSTRAINT invitation_pkey PRIMARY KEY,
    token_hash bytea NOT NULL CONSTRAINT invitation_token_once UNIQUE CONSTRAINT invitation_token_hash CHECK (octet_length(token_hash) = 32),
    payer text NOT NULL CONSTRAINT invitation_payer REFERENCES payer (code),
    child text NOT NULL CONSTRAINT invitation_child REFERENCES child (code),
    pattern jsonb NOT NULL CONSTRAINT invitation_pattern CHECK (jsonb_typeof(pattern) = 'object'),
    email text,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CONSTRAINT invitation_lives CHECK (expires_at > made_at),
    state text NOT NULL DEFAULT 'invited' CONSTRAINT invitation_state CHECK (state IN ('invited', 'accepted', 'declined', 'revoked', 'ended')),
    changed_at timestamptz NOT NULL,
    accepted_by text CONSTRAINT invitation_accepted_by REFERENCES payer (code),
    CONSTRAINT invitation_by_another CHECK (accepted_by <> payer),
    CONSTRAINT invitation_accepted CHECK ((state IN ('accepted', 'ended')) = (accepted_by IS NOT NULL)),
    CONSTRAINT invitation_forgets CHECK (state = 'invited' OR email IS NULL)
);
CREATE UNIQUE INDEX invitation_one_at_a_time ON invitation (child) WHERE state IN ('invited', 'accepted');
CREATE INDEX invitation_by_payer ON invitation (payer, made_at);

-- An account somebody wants to close, until the link in the letter says that it was really them. Then it is gone.
CREATE TABLE closing_wish (
    payer text CONSTRAINT closing_wish_pkey PRIMARY KEY CONSTRAINT closing_wish_payer REFERENCES payer (code),
    token_hash bytea NOT NULL CONSTRAINT closing_wish_token_once UNIQUE CONSTRAINT closing_wish_token_hash CHECK (octet_length(token_hash) = 32),
    key uuid NOT NULL,
    last_day date NOT NULL,
    iban text,
    holder text,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CONSTRAINT closing_wish_lives CHECK (expires_at > made_at),
    CONSTRAINT closing_wish_iban_has_holder CHECK ((iban IS NULL) = (holder IS NULL))
);

-- Mail on its way. key: also its Message-ID, so that a letter that went out twice is seen to be one.
-- Once it is sent what it said is gone. trouble: what the server answered last, without the address.
CREATE TABLE letter (
    key uuid CONSTRAINT letter_pkey PRIMARY KEY,
    recipient text,
    language text NOT NULL,
    subject text,
    paragraphs jsonb,
    button jsonb,
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    tries int NOT NULL DEFAULT 0 CONSTRAINT letter_tries CHECK (tries >= 0),
    next_try_at timestamptz DEFAULT clock_timestamp(),
    sent_at timestamptz,
    given_up_at timestamptz,
    trouble text,
    CONSTRAINT letter_state CHECK (num_nonnulls(next_try_at, sent_at, given_up_at) = 1),
    CONSTRAINT letter_says_something CHECK (
        (next_try_at IS NOT NULL) = (recipient IS NOT NULL) AND num_nonnulls(recipient, subject, paragraphs) IN (0, 3)),
    CONSTRAINT letter_forgets_its_button CHECK (next_try_at IS NOT NULL OR button IS NULL)
);
CREATE INDEX letter_due ON letter (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX letter_given_up ON letter (given_up_at) WHERE given_up_at IS NOT NULL;
CREATE INDEX letter_by_age ON letter (written_at);

ALTER TABLE payer ENABLE ALWAYS TRIGGER payer_stays_erased;
ALTER TABLE payer ENABLE ALWAYS TRIGGER payer_is_kept;
ALTER TABLE activation_code ENABLE ALWAYS TRIGGER activation_code_ends_once;
ALTER TABLE activation_code ENABLE ALWAYS TRIGGER activation_code_is_kept;
ALTER TABLE payer_session ENABLE ALWAYS TRIGGER payer_session_stays_revoked;
ALTER TABLE sign_in_link ENABLE ALWAYS TRIGGER sign_in_link_used_once;

GRANT USAGE ON SEQUENCE payer_number TO stadtkasse_app;
GRANT SELECT ON payer, letter TO stadtkasse_app;
GRANT INSERT (code, email, language, wallet, handle, registered_at) ON payer TO stadtkasse_app;
GRANT UPDATE (email, language, password_hash, tells_low, low_mark_cents, tells_arrived, tells_menu, tells_closed, dismissed, erased_at)
    ON payer TO stadtkasse_app;
GRANT SELECT, INSERT ON activation_code, invitation TO stadtkasse_app;
GRANT UPDATE (used_at, used_by, revoked_at) ON activation_code TO stadtkasse_app;
GRANT UPDATE (email, state, changed_at, accepted_by) ON invitation TO stadtkasse_app;
-- What is personal goes with the person; links, tries and ended sessions are forgotten after a while.
GRANT SELECT, INSERT, DELETE ON payer_child, payer_session, sign_in_link, passkey, passkey_challenge, portal_try TO stadtkasse_app;
GRANT UPDATE (nickname, sign) ON payer_child TO stadtkasse_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON closing_wish TO stadtkasse_app;
GRANT UPDATE (seen_at, revoked_at) ON payer_session TO stadtkasse_app;
GRANT UPDATE (used_at) ON sign_in_link TO stadtkasse_app;
GRANT UPDATE (sign_count, used_at) ON passkey TO stadtkasse_app;
GRANT INSERT (key, recipient, language, subject, paragraphs, button) ON letter TO stadtkasse_app;
GRANT UPDATE (recipient, subject, paragraphs, button, tries, next_try_at, sent_at, given_up_at, trouble) ON letter TO stadtkasse_app;
GRANT DELETE ON letter TO stadtkasse_app;
REVOKE EXECUTE ON FUNCTION payer_stays_erased, activation_code_ends_once, payer_session_stays_revoked, sign_in_link_used_once FROM PUBLIC;
