-- The city as data: what is sold where, at which price and tax, and what each event books.
-- Prices are only ever added; what describes a thing may be told better, what it is may not change.

CREATE TABLE bank_account (
    account text CONSTRAINT bank_account_key PRIMARY KEY CONSTRAINT bank_account_in_chart REFERENCES account (code),
    name text NOT NULL,
    iban text NOT NULL CONSTRAINT bank_account_iban_once UNIQUE,
    bank text NOT NULL
);

-- A code may have several periods, one after the other; the day of sale picks one.
CREATE TABLE tax_code (
    code text NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    name text NOT NULL,
    kind text NOT NULL CONSTRAINT tax_code_kind CHECK (kind IN ('taxable', 'exempt', 'not_taxable', 'to_decide')),
    rate_percent smallint NOT NULL CONSTRAINT tax_code_rate CHECK (rate_percent BETWEEN 0 AND 99),
    account text CONSTRAINT tax_code_account_in_chart REFERENCES account (code),
    sphere text NOT NULL CONSTRAINT tax_code_sphere CHECK (sphere IN ('sovereign', 'commercial')),
    legal_basis text NOT NULL,
    CONSTRAINT tax_code_key PRIMARY KEY (code, valid_from),
    CONSTRAINT tax_code_period CHECK (valid_until >= valid_from),
    CONSTRAINT tax_code_taxed CHECK ((kind = 'taxable') = (rate_percent > 0) AND (kind = 'taxable') = (account IS NOT NULL))
);

CREATE TABLE concession (
    code text CONSTRAINT concession_key PRIMARY KEY,
    name text NOT NULL,
    name_en text NOT NULL,
    proof text NOT NULL
);

CREATE TABLE product_group (
    code text CONSTRAINT product_group_key PRIMARY KEY,
    name text NOT NULL,
    name_en text NOT NULL,
    position int NOT NULL
);

CREATE TABLE facility (
    code text CONSTRAINT facility_key PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL,
    cost_centre text NOT NULL,
    budget_product text NOT NULL,
    children int NOT NULL CONSTRAINT facility_children CHECK (children >= 0),
    season jsonb,
    closings jsonb NOT NULL
);

CREATE TABLE till (
    code text CONSTRAINT till_key PRIMARY KEY,
    facility text NOT NULL CONSTRAINT till_at_facility REFERENCES facility (code),
    name text NOT NULL,
    float_cents bigint NOT NULL,
    cash_limit_cents bigint NOT NULL,
    CONSTRAINT till_float CHECK (float_cents BETWEEN 0 AND cash_limit_cents)
);

-- Without a till: a machine that takes cards only.
CREATE TABLE terminal (
    code text CONSTRAINT terminal_key PRIMARY KEY,
    facility text NOT NULL CONSTRAINT terminal_at_facility REFERENCES facility (code),
    till text CONSTRAINT terminal_at_till REFERENCES till (code),
    name text NOT NULL
);

-- terms: what only some kinds have (visits, shares, federal share, ...).
CREATE TABLE product (
    code text CONSTRAINT product_key PRIMARY KEY,
    facility_kind text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL,
    product_group text NOT NULL CONSTRAINT product_in_group REFERENCES product_group (code),
    position int NOT NULL,
    tax_code text NOT NULL,
    sphere text NOT NULL CONSTRAINT product_sphere CHECK (sphere IN ('sovereign', 'commercial')),
    revenue_account text NOT NULL CONSTRAINT product_revenue_in_chart REFERENCES account (code),
    concession text CONSTRAINT product_for_concession REFERENCES concession (code),
    deferred_account text CONSTRAINT product_deferred_in_chart REFERENCES account (code),
    facilities text[] NOT NULL,
    sold_until date,
    terms jsonb NOT NULL
);

-- A price holds until the next one of its product, or until the product is sold no more.
CREATE TABLE price (
    product text NOT NULL CONSTRAINT price_of_product REFERENCES product (code),
    valid_from date NOT NULL,
    amount_cents bigint NOT NULL CONSTRAINT price_not_negative CHECK (amount_cents >= 0),
    legal_basis text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT price_key PRIMARY KEY (product, valid_from)
);

CREATE TABLE posting_role (
    name text CONSTRAINT posting_role_key PRIMARY KEY,
    accounts text[] NOT NULL CONSTRAINT posting_role_accounts CHECK (cardinality(accounts) > 0)
);

CREATE TABLE posting_rule (
    event text CONSTRAINT posting_rule_key PRIMARY KEY,
    body jsonb NOT NULL CONSTRAINT posting_rule_body CHECK (jsonb_typeof(body) = 'object')
);

CREATE TRIGGER price_stays BEFORE UPDATE OR DELETE ON price FOR EACH ROW EXECUTE FUNCTION deny_change();
CREATE TRIGGER price_is_not_emptied BEFORE TRUNCATE ON price FOR EACH STATEMENT EXECUTE FUNCTION deny_change();
-- ALWAYS: also under session_replication_role = replica.
ALTER TABLE price ENABLE ALWAYS TRIGGER price_stays;
ALTER TABLE price ENABLE ALWAYS TRIGGER price_is_not_emptied;

GRANT SELECT, INSERT ON
    bank_account, tax_code, concession, product_group, facility, till, terminal, product, price, posting_role, posting_rule
    TO stadtkasse_app;
GRANT UPDATE (name, iban, bank) ON bank_account TO stadtkasse_app;
GRANT UPDATE (name, valid_until, legal_basis) ON tax_code TO stadtkasse_app;
GRANT UPDATE (name, name_en, proof) ON concession TO stadtkasse_app;
GRANT UPDATE (name, name_en, position) ON product_group TO stadtkasse_app;
GRANT UPDATE (name, cost_centre, budget_product, children, season, closings) ON facility TO stadtkasse_app;
GRANT UPDATE (name, float_cents, cash_limit_cents) ON till TO stadtkasse_app;
GRANT UPDATE (name, till) ON terminal TO stadtkasse_app;
GRANT UPDATE (name, name_en, product_group, position, tax_code, sphere, revenue_account, concession, deferred_account,
    facilities, sold_until, terms) ON product TO stadtkasse_app;
GRANT UPDATE (accounts) ON posting_role TO stadtkasse_app;
GRANT UPDATE (body) ON posting_rule TO stadtkasse_app;
