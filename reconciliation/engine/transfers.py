"""Transfers of payers: two claims at once, too much or little, mistyped, or nobody's."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from reconciliation.engine.bank import Credit
from reconciliation.engine.candidates import is_one_slip
from reconciliation.engine.claims import Claim, OpenClaims
from reconciliation.engine.context import Run
from reconciliation.engine.findings import Finding
from reconciliation.engine.statements import Gap
from reconciliation.engine.waiting import find_hidden_claims, last_day
from reconciliation.engine.words import day, euro, listed


def explain_transfers(run: Run, opened: OpenClaims, credits: dict[int, Credit]) -> None:
    """Explain what names a claim, then what may be meant; takes both out of what is open."""
    _named(run, opened, credits)
    _guessed(run, opened, credits)


def _named(run: Run, opened: OpenClaims, credits: dict[int, Credit]) -> None:
    for line, named in sorted(opened.names.items(), key=lambda each: credits[each[0]].code):
        claims = [claim for claim in named if claim.id in opened.claims]
        if line not in credits or not claims or claims[0].kind != "invoice":
            continue
        credit = credits[line]
        if len(claims) > 1:
            _several_claims(run, tuple(claims), credit)
            came: tuple[Credit, ...] = (credit,)
        else:
            came = tuple(each for each in opened.named_by[claims[0].id] if each.id in credits)
            _one_claim(run, claims[0], came)
        for claim in claims:
            del opened.claims[claim.id]
        for each in came:
            del credits[each.id]


def _several_claims(run: Run, claims: tuple[Claim, ...], credit: Credit) -> None:
    over = credit.cents - sum(claim.cents for claim in claims)
    refs = listed(tuple(claim.ref or claim.code for claim in claims))
    if over == 0:
        words = (
            f"Eine Überweisung über {euro(credit.cents)} nennt {len(claims)} Kassenzeichen: {refs}."
        )
        reasons = ((True, "Alle Kassenzeichen genannt"), (True, "Summe gleich"))
        run.found.append(
            _finding("TRANSFER_COMBINED", claims, (credit,), words, tier=2, reasons=reasons)
        )
        return
    kind = "TRANSFER_OVERPAID" if over > 0 else "TRANSFER_UNDERPAID"
    words = f"Überweisung über {euro(credit.cents)} für {refs}: {_by(over)}."
    run.found.append(_finding(kind, claims, (credit,), words))


def _one_claim(run: Run, claim: Claim, credits: tuple[Credit, ...]) -> None:
    came = sum(credit.cents for credit in credits)
    over = came - claim.cents
    if over == 0:
        words = f"Kassenzeichen {claim.ref} wurde in {len(credits)} Überweisungen bezahlt."
        reasons = ((True, "Kassenzeichen gleich"), (True, "Summe gleich"))
        run.found.append(
            _finding("SPLIT_PAYMENT", (claim,), credits, words, tier=2, reasons=reasons)
        )
        return
    kind = "TRANSFER_OVERPAID" if over > 0 else "TRANSFER_UNDERPAID"
    words = (
        f"Kassenzeichen {claim.ref}: gefordert {euro(claim.cents)}, "
        f"bezahlt {euro(came)}, {_by(over)}."
    )
    run.found.append(_finding(kind, (claim,), credits, words))


def _by(over: int) -> str:
    return f"{euro(abs(over))} zu {'viel' if over > 0 else 'wenig'}"


def _guessed(run: Run, opened: OpenClaims, credits: dict[int, Credit]) -> None:
    """A slip in the reference before a name alone; nearest day first, codes decide the rest."""
    by_cents = defaultdict(list)
    for claim in opened.claims.values():
        if claim.kind == "invoice":
            by_cents[claim.cents, claim.currency].append(claim)
    likely = sorted(
        (tier, (credit.day - claim.day).days, claim.code, credit.code, claim, credit)
        for credit in credits.values() if credit.cents > 0
        for claim in by_cents.get((credit.cents, credit.currency), ()) if claim.day <= credit.day
        for tier in _fit(claim, credit)
    )  # fmt: skip
    for tier, *_, claim, credit in likely:
        if (claim.code, credit.code) in run.rejected:
            continue
        if claim.id in opened.claims and credit.id in credits:
            run.found.append(_guess(claim, credit, tier))
            del opened.claims[claim.id], credits[credit.id]


def _fit(claim: Claim, credit: Credit) -> Iterator[int]:
    if claim.ref and _is_mistyped(claim.digits, credit):
        yield 3
    elif claim.payer and _same_name(claim.payer, credit):
        yield 4


def _is_mistyped(digits: str, credit: Credit) -> bool:
    written = "".join(each for each in credit.text if each.isdigit())
    lengths = (len(digits), len(digits) - 1, len(digits) + 1)
    return len(digits) >= 6 and any(
        is_one_slip(digits, written[start : start + length])
        for length in lengths
        for start in range(len(written) - length + 1)
    )


def _same_name(payer: str, credit: Credit) -> bool:
    """The words of the name, in any order, in the payer's name or the text."""
    wanted = set(_words(payer))
    return bool(wanted) and (
        wanted <= set(_words(credit.name)) or wanted <= set(_words(credit.text))
    )


_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "-": " ", ",": " ", ".": " "})


def _words(name: str) -> list[str]:
    return name.lower().translate(_PLAIN).split()


def _guess(claim: Claim, credit: Credit, tier: int) -> Finding:
    if tier == 3:
        words = (
            f"Überweisung über {euro(credit.cents)} von {credit.name}: das Kassenzeichen weicht "
            f"um einen Tippfehler von {claim.ref} ab, der Betrag passt."
        )
        slip = f"Kassenzeichen weicht von {claim.ref} ab"
        reasons: tuple[tuple[bool, str], ...] = ((True, "Betrag gleich"), (False, slip))
        return _finding("TRANSFER_REF_TYPO", (claim,), (credit,), words, tier=3, reasons=reasons)
    words = (
        f"Überweisung über {euro(credit.cents)} von {credit.name} ohne Kassenzeichen; "
        f"Name und Betrag passen zu {claim.ref}."
    )
    reasons = ((True, "Name gleich"), (True, "Betrag gleich"), (False, "Kassenzeichen fehlt"))
    return _finding("NAME_ONLY_TRANSFER", (claim,), (credit,), words, tier=4, reasons=reasons)


def find_unknown_credits(run: Run, credits: dict[int, Credit]) -> None:
    """Money nobody expects; what left the account is no case here."""
    for credit in credits.values():
        if credit.cents > 0:
            words = (
                f"{euro(credit.cents)} von {credit.name or 'unbekannt'} am {day(credit.day)} "
                f"passen zu keiner Forderung."
            )
            run.found.append(
                Finding(
                    "UNKNOWN_CREDIT",
                    credit.code,
                    credit.day,
                    words,
                    expected_cents=0,
                    confirmed_cents=credit.cents,
                    bank=(credit.code,),
                    channel="transfer",
                    reference=credit.code,
                )
            )  # fmt: skip


def find_open_invoices(run: Run, opened: OpenClaims, gaps: list[Gap]) -> list[Claim]:
    """Claims nobody has paid: in time, or overdue; returns those a missing statement may hold."""
    unpaid = [claim for claim in opened.claims.values() if claim.kind == "invoice"]
    hidden = find_hidden_claims(run, unpaid, gaps)
    may_hide = {claim.id for claim in hidden}
    for claim in unpaid:
        age = (run.today - claim.day).days
        if last_day(claim.day, run.knowledge.claim_days) >= run.today:
            words = f"Kassenzeichen {claim.ref} über {euro(claim.cents)} ist noch nicht fällig."
            run.found.append(_finding("IN_TRANSIT", (claim,), (), words))
        elif claim.id not in may_hide:
            words = f"Kassenzeichen {claim.ref}: {euro(claim.cents)} sind seit {age} Tagen offen."
            run.found.append(_finding("TRANSFER_MISSING", (claim,), (), words))
    return hidden


def _finding(
    kind: str, claims: tuple[Claim, ...], credits: tuple[Credit, ...], words: str, *,
    tier: int = 1, reasons: tuple[tuple[bool, str], ...] = (),
) -> Finding:  # fmt: skip
    first = claims[0]
    since: date = credits[0].day if credits else first.day
    return Finding(
        kind, first.code, since, words, expected_cents=sum(claim.cents for claim in claims),
        confirmed_cents=sum(credit.cents for credit in credits),
        expected=tuple(claim.code for claim in claims), bank=tuple(each.code for each in credits),
        channel="transfer", place=first.office, reference=first.ref, tier=tier, reasons=reasons,
    )  # fmt: skip
