"""What the pages about hand-overs say, in German."""

from collections.abc import Mapping

from reconciliation.exports import Settings, load
from reconciliation.exports.handover import Batch
from reconciliation.exports.sepa.payments import SEPA
from reconciliation.exports.settings import usable

BANK_FORMATS = {"pain001": "Überweisungen (pain.001)", "pain008": "Lastschriften (pain.008)"}
SHARES = {
    "ready": "bereit",
    "day_open": "Tag noch nicht abgeschlossen",
    "not_sealed": "noch nicht versiegelt",
}
KINDS = {
    "closing_payout": "Auszahlung eines geschlossenen Kontos",
    "refund": "Erstattung",
    "sent_back": "Rücksendung",
    "collection": "Lastschrift",
}
STEPS = {"sent": "gesendet", "accepted": "angenommen", "rejected": "abgelehnt"}
DECISIONS = {"released": "freigegeben", "refused": "nicht freigegeben"}
FOR_BANK = "Wer eine Datei für die Bank erstellt hat, gibt sie nicht selbst frei."
NO_ROLE = "Dafür fehlt Ihnen die Rolle „Freigabe Finanzen“."
OWN_ORDER = "Von Ihnen beantragt. Eine andere Person muss freigeben."
OWN = "Von Ihnen erstellt. Eine andere Person muss freigeben."


def format_words() -> dict[str, str]:
    """Every format there is with its title: those of the journal, then those for the bank."""
    return {name: export.title for name, export in load().items()} | BANK_FORMATS


def offered(settings: Mapping[str, Settings]) -> dict[str, str]:
    """The formats this city's settings do for, with their titles."""
    titles = {name: load()[name].title for name in usable(settings)}
    return titles | (BANK_FORMATS if SEPA in settings else {})


def headline(without_receipt: int, to_release: int, rejected: int) -> str:
    """The answer of the list in one sentence."""
    parts = []
    if rejected:
        parts.append(f"{rejected} abgelehnt")
    if to_release:
        parts.append(f"{to_release} {'wartet' if to_release == 1 else 'warten'} auf Freigabe")
    if without_receipt:
        parts.append(f"{without_receipt} ohne Quittung")
    if not parts:
        return "Alle Übergaben sind quittiert."
    return f"Übergaben: {', '.join(parts)}."


def receipt(batch: Batch) -> tuple[str, str]:
    """Shape and words of where a batch stands: for `state` of the desk's shared parts."""
    if batch.moves_money and batch.decision is None:
        return "suggestion", "wartet: Freigabe"
    if batch.decision == "refused":
        return "locked", "nicht freigegeben"
    last = batch.steps[-1] if batch.steps else None
    if last is None:
        return "open", "noch nicht gesendet"
    if last.kind == "rejected":
        return "break", f"abgelehnt: {last.words}"
    return ("closed", "angenommen") if last.kind == "accepted" else ("in_time", "wartet: Quittung")


def title(batch: Batch) -> str:
    """The answer of one batch's page in one sentence."""
    _, told = receipt(batch)
    if told.startswith("wartet: "):
        return f"Stapel {batch.number} wartet auf {told.removeprefix('wartet: ')}."
    end = "" if told.endswith((".", "!", "?")) else "."
    return f"Stapel {batch.number} ist {told}{end}"


def masked(iban: str | None) -> str:
    """An IBAN as people may see it in a list: `DE89 •• 3000`."""
    return f"{iban[:4]} •• {iban[-4:]}" if iban else "vergessen"
