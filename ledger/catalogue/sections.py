"""The sections of a city's files, each turned from fields into the nouns of the model.

Whether the values fit together is not asked here but in `checking`.
"""

import re
from datetime import date

from ledger.catalogue.fields import Fields
from ledger.catalogue.model import (
    ACCOUNT_KINDS,
    FACILITY_KINDS,
    PRODUCT_KINDS,
    SPHERES,
    SUB_LEDGERS,
    TAX_KINDS,
    Account,
    Authority,
    BankAccount,
    Closing,
    Concession,
    Facility,
    FederalShare,
    PostingRule,
    Price,
    Product,
    ProductGroup,
    RuleRole,
    Share,
    TaxCode,
    Terminal,
    Till,
)
from ledger.money import Money
from ledger.rules import BadRule, rule_from

_MONTH_AND_DAY = re.compile(r"(\d\d)-(\d\d)")
_LEAP_YEAR = 2024  # so that 29 February may open or end a season


def read_bank_account(row: Fields) -> BankAccount:
    """A bank account of the city and the ledger account that mirrors it."""
    return BankAccount(
        account=row.text("account"),
        name=row.text("name"),
        iban=row.text("iban"),
        bank=row.text("bank"),
        place=row.place,
    )


def read_authority(row: Fields) -> Authority:
    """Who pays subsidised lunches, with the account of the claim."""
    return Authority(
        code=row.text("code"),
        name=row.text("name"),
        account=row.text("account"),
        place=row.place,
    )


def read_account(row: Fields) -> Account:
    """One account of the chart."""
    return Account(
        number=row.text("number"),
        name=row.text("name"),
        name_en=row.text("name_en"),
        kind=row.choice("kind", ACCOUNT_KINDS),
        sub_ledger=row.choice("sub_ledger", SUB_LEDGERS),
        guarded=row.flag("guarded"),
        floor_cents=row.cents("floor_cents", 0),
        clearing=row.flag("clearing"),
        place=row.place,
    )


def read_tax_code(row: Fields) -> TaxCode:
    """One period of a tax code."""
    return TaxCode(
        code=row.text("code"),
        name=row.text("name"),
        kind=row.choice("kind", TAX_KINDS),
        rate_percent=row.number("rate_percent", 0),
        account=row.optional_text("account"),
        sphere=row.choice("sphere", SPHERES),
        legal_basis=row.text("legal_basis"),
        valid_from=row.day("valid_from"),
        valid_until=row.optional_day("valid_until"),
        place=row.place,
    )


def read_concession(row: Fields) -> Concession:
    """A reduction and the proof it asks for."""
    return Concession(
        code=row.text("code"),
        name=row.text("name"),
        name_en=row.text("name_en"),
        proof=row.text("proof"),
        place=row.place,
    )


def read_group(row: Fields) -> ProductGroup:
    """A group of products on a till."""
    return ProductGroup(
        code=row.text("code"),
        name=row.text("name"),
        name_en=row.text("name_en"),
        place=row.place,
    )


def read_facility(row: Fields) -> Facility:
    """A facility with its tills and terminals."""
    code = row.text("code")
    row.optional_text("source")  # where the figures come from, for whoever reads the file
    return Facility(
        code=code,
        kind=row.choice("kind", FACILITY_KINDS),
        name=row.text("name"),
        cost_centre=row.text("cost_centre"),
        budget_product=row.text("budget_product"),
        children=row.number("children", 0),
        season=_season(row),
        closings=tuple(_closing(inner) for inner in row.rows("closings")),
        tills=tuple(_till(inner, code) for inner in row.rows("tills")),
        terminals=tuple(_terminal(inner, code) for inner in row.rows("terminals")),
        place=row.place,
    )


def _season(row: Fields) -> tuple[tuple[int, int], tuple[int, int]] | None:
    season = row.table("season")
    if season is None:
        return None
    first, last = _month_and_day(season, "first"), _month_and_day(season, "last")
    season.done()
    return first, last


def _month_and_day(row: Fields, key: str) -> tuple[int, int]:
    text = row.text(key)
    found = _MONTH_AND_DAY.fullmatch(text)
    if found is not None:
        month, day = int(found[1]), int(found[2])
        try:
            date(_LEAP_YEAR, month, day)
        except ValueError:
            found = None
    if found is None:
        if text:
            row.fault(f'"{key}" is month and day such as "05-01", not {text!r}', key)
        return 1, 1
    return month, day


def _closing(row: Fields) -> Closing:
    closing = Closing(row.day("first"), row.day("last"))
    if closing.last < closing.first:
        row.fault(f"the closing ends on {closing.last}, before it begins", "last")
    row.done()
    return closing


def _till(row: Fields, facility: str) -> Till:
    till = Till(
        code=row.text("code"),
        facility=facility,
        name=row.text("name"),
        float_cents=row.cents("float_cents"),
        cash_limit_cents=row.cents("cash_limit_cents"),
        place=row.place,
    )
    row.done()
    return till


def _terminal(row: Fields, facility: str) -> Terminal:
    terminal = Terminal(
        code=row.text("code"),
        facility=facility,
        name=row.text("name"),
        till=row.optional_text("till"),
        place=row.place,
    )
    row.done()
    return terminal


def read_product(row: Fields, facility_kind: str) -> Product:
    """One product of a file, all of whose products are of one kind of facility."""
    row.optional_text("source")
    return Product(
        code=row.text("code"),
        facility_kind=facility_kind,
        kind=row.choice("kind", PRODUCT_KINDS),
        name=row.text("name"),
        name_en=row.text("name_en"),
        group=row.text("group"),
        tax_code=row.text("tax_code"),
        sphere=row.choice("sphere", SPHERES),
        revenue_account=row.text("revenue_account"),
        concession=row.optional_text("concession"),
        prices=tuple(_price(inner) for inner in row.rows("prices")),
        facilities=row.texts("facilities"),
        visits=row.optional_number("visits"),
        visits_per_day=row.optional_number("visits_per_day"),
        valid_months=row.optional_number("valid_months"),
        valid_days=row.optional_number("valid_days"),
        deferred_account=row.optional_text("deferred_account"),
        shares=_shares(row),
        federal_share=_federal_share(row),
        applies_to=row.texts("applies_to"),
        doubles=row.flag("doubles"),
        place=row.place,
    )


def _price(row: Fields) -> Price:
    row.optional_text("source")
    price = Price(
        valid_from=row.day("valid_from"),
        amount=Money(row.cents("cents")),
        legal_basis=row.text("legal_basis"),
        valid_until=row.optional_day("valid_until"),
        place=row.place,
    )
    row.done()
    return price


def _shares(row: Fields) -> tuple[Share, ...]:
    shares = row.table("shares")
    if shares is None:
        return ()
    return tuple(Share(house, shares.number(house)) for house in shares.names())


def _federal_share(row: Fields) -> FederalShare | None:
    share = row.table("federal_share")
    if share is None:
        return None
    federal = FederalShare(share.number("parts"), share.number("of"), share.text("account"))
    share.done()
    return federal


def read_rules(document: Fields) -> tuple[tuple[PostingRule, ...], tuple[RuleRole, ...]]:
    """The posting rules and the roles they book to; nothing if a single one cannot be read."""
    rules = [_rule(row) for row in document.rows("rule")]
    roles = _roles(document)
    readable = tuple(rule for rule in rules if rule is not None)
    return (readable, roles) if len(readable) == len(rules) else ((), ())


def _rule(row: Fields) -> PostingRule | None:
    body = row.raw()
    try:
        return PostingRule(rule_from(body), body, row.place)
    except BadRule as fault:
        row.fault(str(fault), "event")
        return None


def _roles(document: Fields) -> tuple[RuleRole, ...]:
    table = document.table("roles")
    if table is None:
        return ()
    roles = []
    for name in table.names():
        row = table.table(name)
        if row is not None:
            roles.append(RuleRole(name, row.texts("accounts"), row.place))
            row.done()
    return tuple(roles)
