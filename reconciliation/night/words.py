"""What the steps of a night are called on screens."""

_STEPS = {
    "files": "Dateien aufnehmen", "provider": "Anbieter fragen", "expected": "Erwartetes sammeln",
    "matching": "Zuordnen", "payouts": "Auszahlungen buchen", "bookings": "Bankzeilen buchen",
    "totals": "Kontrollsummen", "differences": "Differenzen", "clearing": "Verrechnungskonten",
    "channels": "Kanäle", "": "Fertig",
}  # fmt: skip


def step_word(step: str) -> str:
    """What a step does, as the screen calls it."""
    return _STEPS.get(step, step)
