"""What the terminal's guest, host and wire do next: a script for one command, by its name."""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from terminals.simulators.zvt.cards import CARDS
from terminals.simulators.zvt.settings import coerced

CHOICES = {
    "card": tuple(CARDS),
    "entry": ("contactless", "chip"),
    "abort": ("accept", "refuse", "ignore", "promise", "cross"),
    "drop": ("", "before_status", "after_status", "after_ack"),
    "on": ("money", "registration", "end_of_day", "repeat", "any"),
}


@dataclass(frozen=True, slots=True)
class Script:
    """What happens at one command; the plain one approves a girocard held to the reader.

    on: the kind of command it is for. result: of the last 04 0F (decimal), code: of 06 1E where
    it differs. earlier: result of a 04 0F before the last. waits: nobody holds a card until told
    (a 06 B0 that is not accepted counts as that). silence: seconds without a word, statuses: 04 FF
    repeated; both scaled by the pace. late_seconds: before 04 0F, as they are. drop: when the
    socket goes. repeats: of an answered 04 0F. abort: what 06 B0 meets: taken; refused; no answer
    at all; a yes without effect; an approval that crosses it. refusal: the answer to the command
    in hexadecimal, `times` in a row. second_register_cents: another register's payment right
    after. bare: 04 0F is `27 00` and nothing else. has_status, has_receipt: of a repeated receipt.
    deaf_seconds: after the command, as they are.
    """

    on: str = "money"
    card: str = "girocard"
    entry: str = "contactless"
    result: int = 0
    code: int = -1
    text: str = ""
    earlier: int = 0
    waits: bool = False
    silence: float = 0.0
    statuses: int = 0
    late_seconds: float = 0.0
    drop: str = ""
    repeats: int = 0
    abort: str = "accept"
    refusal: str = ""
    times: int = 1
    signature: bool = False
    unknown: bool = False
    bare: bool = False
    extended: bool = False
    has_status: bool = True
    has_receipt: bool = True
    completes_early: bool = False
    second_register_cents: int = 0
    deaf_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A script the staff may choose by its German title."""

    title: str
    script: Script = field(default=Script())


_CHIP = Script(entry="chip")
_STOP = Script(result=0x6C, text="Abbruch durch Kunde")

SCENARIOS: Mapping[str, Scenario] = {
    "approve": Scenario("Genehmigt, kontaktlos (girocard)"),
    "approve_chip": Scenario("Genehmigt, Chip und PIN (girocard)", _CHIP),
    "approve_visa": Scenario("Genehmigt, kontaktlos (Visa)", Script(card="visa")),
    "approve_mastercard": Scenario("Genehmigt, Chip (Mastercard)",
                                   replace(_CHIP, card="mastercard")),
    "signature": Scenario("Genehmigt mit Unterschrift",
                          replace(_CHIP, card="visa", signature=True)),
    "decline": Scenario("Abgelehnt", Script(result=5, text="Abgelehnt")),
    "expired": Scenario("Karte abgelaufen", Script(result=0x78, text="Karte verfallen")),
    "wrong_pin": Scenario("Falsche PIN, dann genehmigt", replace(_CHIP, earlier=0x37)),
    "stop_key": Scenario("Gast drückt Stopp", _STOP),
    "pin_timeout": Scenario("Keine PIN-Eingabe", replace(_STOP, entry="chip", silence=120.0)),
    "silence": Scenario("Lange Stille, dann genehmigt", replace(_CHIP, silence=120.0)),
    "long_wait": Scenario("Minutenlang „Bitte warten“", Script(statuses=48, silence=240.0)),
    "host_cut": Scenario("Netzbetreiber nicht erreichbar",
                         Script(result=0x9B, text="Keine Verbindung")),
    "wait_for_card": Scenario("Wartet auf die Karte", Script(waits=True)),
    "abort_refused": Scenario("Abbruch der Kasse abgelehnt", Script(waits=True, abort="refuse")),
    "abort_ignored": Scenario("Abbruch der Kasse ohne Antwort",
                              Script(waits=True, abort="ignore")),
    "abort_promised": Scenario("Abbruch bestätigt, trotzdem bezahlt",
                               Script(waits=True, abort="promise")),
    "abort_crossing": Scenario("Abbruch kreuzt die Genehmigung",
                               Script(waits=True, abort="cross")),
    "busy": Scenario("Beschäftigt", Script(on="any", refusal="849C00")),
    "not_ready": Scenario("Nicht bereit (A0)", Script(on="any", refusal="84A000")),
    "unsupported": Scenario("Funktion nicht möglich (83)", Script(refusal="848300")),
    "refused_with_data": Scenario("Ablehnung 84 1E 7D", Script(refusal="841E017D")),
    "drop_before_status": Scenario("Leitung weg vor dem Ergebnis", Script(drop="before_status")),
    "drop_after_status": Scenario("Leitung weg vor der Bestätigung", Script(drop="after_status")),
    "drop_after_ack": Scenario("Leitung weg nach der Bestätigung", Script(drop="after_ack")),
    "repeat_status": Scenario("Ergebnis doppelt", Script(repeats=1)),
    "late_status": Scenario("Ergebnis verspätet", Script(late_seconds=5.0)),
    "unknown_fields": Scenario("Unbekannte Felder im Ergebnis", Script(unknown=True)),
    "bare_status": Scenario("Ergebnis ohne jede Angabe", Script(bare=True)),
    "extended_length": Scenario("Lange Längenangaben", Script(extended=True)),
    "no_receipt": Scenario("Ohne Belegtext", Script(has_receipt=False)),
    "completes_early": Scenario("Abschluss vor dem Beleg", Script(completes_early=True)),
    "second_register": Scenario("Danach zahlt eine andere Kasse",
                                Script(second_register_cents=1500)),
    "slow_registration": Scenario("Langsame Anmeldung",
                                  Script(on="registration", statuses=3, silence=9.0)),
    "end_of_day_fails": Scenario("Kassenschnitt nicht möglich (77)",
                                 Script(on="end_of_day", result=0x77)),
    "end_of_day_update": Scenario("Kassenschnitt, dann Fernwartung",
                                  Script(on="end_of_day", code=0xE0, deaf_seconds=20.0)),
    "repeat_without_status": Scenario("Belegkopie ohne Ergebnis",
                                      Script(on="repeat", has_status=False)),
    "repeat_empty": Scenario("Belegkopie ohne alles",
                             Script(on="repeat", has_status=False, has_receipt=False)),
}  # fmt: skip


@dataclass(slots=True)
class Queue:
    """The scripts that wait for their command; without one a command meets the plain script."""

    scripts: deque[tuple[str, Script]] = field(default_factory=deque)

    def add(self, name: str, options: Mapping[str, Any]) -> None:
        """Queue a scenario, some of its script changed. Raises ValueError with a sentence."""
        self.scripts.append((name, scripted(name, options)))

    def take(self, on: str) -> Script:
        """The next script for this kind of command."""
        for place, (name, script) in enumerate(self.scripts):
            if script.on not in (on, "any"):
                continue
            if script.refusal and script.times > 1:
                self.scripts[place] = (name, replace(script, times=script.times - 1))
            else:
                del self.scripts[place]
            return script
        return Script(on=on)


def scripted(name: str, options: Mapping[str, Any]) -> Script:
    """The script of a scenario with some of its values changed. Raises ValueError."""
    if name not in SCENARIOS:
        raise ValueError(f"There is no scenario {name!r}: {', '.join(SCENARIOS)}.")
    script = SCENARIOS[name].script
    usual = {each.name: each.default for each in fields(Script)}
    changes: dict[str, Any] = {}
    for option, given in options.items():
        if option not in usual:
            raise ValueError(f"A scenario has no {option!r}: {', '.join(sorted(usual))}.")
        changes[option] = coerced(option, given, usual[option], CHOICES.get(option, ()))
    if not re.fullmatch(r"(84([0-9A-F]{2})+)?", changes.get("refusal", "")):
        raise ValueError("A refusal is 84 and more bytes, in hexadecimal.")
    return replace(script, **changes)
