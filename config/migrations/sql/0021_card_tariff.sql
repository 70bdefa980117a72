-- What providers may keep of a payment by card, by contract. A rate is recorded once and stays: from
-- another day on there is another row.

CREATE TABLE card_tariff (
    provider text NOT NULL CONSTRAINT card_tariff_provider CHECK (provider IN ('acquirer', 'stripe')),
    kind text NOT NULL,
    valid_from date NOT NULL,
    basis_points int NOT NULL CONSTRAINT card_tariff_share CHECK (basis_points BETWEEN 0 AND 10000),
    fixed_cents int NOT NULL CONSTRAINT card_tariff_fixed CHECK (fixed_cents >= 0),
    contract text NOT NULL,
    CONSTRAINT card_tariff_key PRIMARY KEY (provider, kind, valid_from)
);

GRANT SELECT, INSERT ON card_tariff TO stadtkasse_app;
GRANT UPDATE (contract) ON card_tariff TO stadtkasse_app;
