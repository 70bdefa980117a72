"""German words for the codes the books use; a code without a word is shown as it is."""

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    # kinds of facility
    "daycare": "Kitas",
    "pool": "Bäder",
    "museum": "Museen",
    "citizens_office": "Bürgerservice",
    # ways to pay
    "cash": "Bar",
    "girocard": "girocard",
    "credit_card": "Kreditkarte",
    "wallet": "Guthaben",
    "online": "Online",
    "e_payment": "E-Payment",
    "invoice": "Bescheid",
    "subsidy": "Zuschuss",
    # kinds of account
    "asset": "Vermögen und Forderungen",
    "liability": "Verbindlichkeiten und Abgrenzung",
    "income": "Erträge",
    "expense": "Aufwendungen",
    # roles
    "anonymous": "ohne Anmeldung",
    "till": "Kasse",
    "cashier": "Kasse",
    "site_manager": "Leitung der Stelle",
    "finance": "Finanzbuchhaltung",
    "finance_approver": "Freigabe Finanzen",
    "auditor": "Revision",
    "administrator": "Verwaltung der Zugänge",
    "operator": "Betrieb",
    "command line": "Kommandozeile",
    "approved": "genehmigt",
    "refused": "abgelehnt",
    "withdrawn": "zurückgezogen",
    # places of a parameter
    "path": "Pfad",
    "query": "Abfrage",
    "header": "Kopfzeile",
    "cookie": "Cookie",
}


def word(code: str) -> str:
    """`pool` → `Bäder`."""
    return WORDS.get(code, code)
