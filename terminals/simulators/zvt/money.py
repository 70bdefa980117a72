"""Payment, reversal and refund: what the guest does, what the host says, when it is final."""

import asyncio
from dataclasses import dataclass

from terminals.simulators.zvt import messages, receipts
from terminals.simulators.zvt.book import Kind, State, Transaction
from terminals.simulators.zvt.codec import Frame, Malformed, value
from terminals.simulators.zvt.dialogue import Dialogue, Stopped
from terminals.simulators.zvt.line import LineLost
from terminals.simulators.zvt.scenarios import Script

STOPPED, ALREADY_REVERSED, NOT_REVERSIBLE = 0x6C, 0xB4, 0xB5
_AGAIN, _PART = "849C", "849D"  # answers to 04 0F: ask me later; the guest gets less
_AGAIN_SECONDS = 2.0
_GIVES_AMOUNT_AT = 1  # behind the number of field 04


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the register made of 04 0F; amount_cents: less than asked, else None."""

    is_accepted: bool
    amount_cents: int | None = None


async def pay(dialogue: Dialogue) -> None:
    """06 01: take a card for an amount."""
    await _transact(dialogue, "payment", value(dialogue.fields[0x04]), None)


async def refund(dialogue: Dialogue) -> None:
    """06 31: give money back to a card."""
    await _transact(dialogue, "refund", value(dialogue.fields[0x04]), None)


async def reverse(dialogue: Dialogue) -> None:
    """06 30: take back a payment of the open batch, named by its receipt."""
    book = dialogue.terminal.book
    if dialogue.terminal.settings.reverses_last_only:
        payment = book.last_payment()
    else:
        payment = book.payment(value(dialogue.fields[0x87]))
    if payment is None:
        await _refuse(dialogue, NOT_REVERSIBLE)
    elif book.is_reversed(payment):
        await _refuse(dialogue, ALREADY_REVERSED)
    elif 0x04 in dialogue.fields and value(dialogue.fields[0x04]) != payment.amount_cents:
        await _refuse(dialogue, NOT_REVERSIBLE)
    else:
        await _transact(dialogue, "reversal", payment.amount_cents, payment)


async def refuse_locked(dialogue: Dialogue) -> None:
    """F0: no money moves before an end of day."""
    await _refuse(dialogue, 0xF0, "Kassenschnitt\ndurchführen")


async def _transact(
    dialogue: Dialogue, kind: Kind, amount_cents: int, original: Transaction | None
) -> None:
    script = dialogue.script
    transaction = Transaction(
        0, 0, 0, amount_cents, kind, "pending",
        original.card if original else script.card, script.entry, dialogue.terminal.now(),
        original=original.number if original else None,
    )  # fmt: skip
    try:
        await _card(dialogue, transaction)
    except Stopped:
        await _decline(dialogue, transaction, STOPPED, "Abbruch durch Kunde")
        return
    dialogue.may_abort = False
    await _host(dialogue)
    if script.result:
        await _decline(dialogue, transaction, script.result, script.text or "Nicht möglich")
        return
    await _approve(dialogue, dialogue.terminal.book.open(transaction))
    if script.second_register_cents:
        dialogue.terminal.second_register(script.second_register_cents)


async def _card(dialogue: Dialogue, transaction: Transaction) -> None:
    """The guest's part, up to the moment the host is asked. Raises Stopped."""
    script = dialogue.script
    amount = f"{transaction.amount_cents // 100},{transaction.amount_cents % 100:02d} EUR"
    await dialogue.status(0x0A, f"{amount}\nKarte vorhalten oder\neinstecken")
    await dialogue.card()
    await dialogue.status(0x0E, "Bitte warten")
    if script.entry == "chip" and transaction.kind == "payment":
        await dialogue.status(0x01, f"{amount}\nPIN eingeben")
        await dialogue.idle(1.5)
        if script.earlier:
            await dialogue.status(0x15, "PIN falsch")
            wrong = messages.declined(dialogue, script, script.earlier, "PIN falsch")
            await dialogue.tell(dialogue.frame("040F", wrong))
            await dialogue.status(0x01, f"{amount}\nPIN eingeben")
            await dialogue.idle(1.5)
    share = script.silence / (script.statuses + 1)
    for _ in range(script.statuses):
        await dialogue.idle(share)
        await dialogue.status(0x17, "Bitte warten")
    await dialogue.idle(share)


async def _host(dialogue: Dialogue) -> None:
    await dialogue.status(0x04, "Verbindung zum\nNetzbetreiber")
    await dialogue.pause(0.8)
    if dialogue.script.entry == "chip":
        await dialogue.status(0x0B, "Karte entnehmen")
        await dialogue.pause(0.5)


async def _approve(dialogue: Dialogue, transaction: Transaction) -> None:
    """The host has approved. It is final once the register says that it knows."""
    terminal, script = dialogue.terminal, dialogue.script
    if script.drop == "before_status":
        dialogue.line.lose("close")
    await asyncio.sleep(script.late_seconds)
    frame = dialogue.frame("040F", messages.approved(dialogue, transaction, script))
    heard = await _deliver(dialogue, frame)
    for _ in range(script.repeats if heard.is_accepted else 0):
        heard = await _deliver(dialogue, frame)
    if heard.is_accepted and script.completes_early:
        await dialogue.tell(dialogue.frame("060F"))
    if not heard.is_accepted or not await _print(dialogue, transaction):
        await _take_back(dialogue, transaction)
        return
    transaction = terminal.book.settle(transaction, "approved", heard.amount_cents)
    terminal.last = transaction, script
    terminal.display = "Zahlung erfolgt"
    if script.drop == "after_ack":
        dialogue.line.lose("close")
    if not script.completes_early:
        await dialogue.complete()


async def _deliver(dialogue: Dialogue, frame: bytes) -> _Heard:
    """Say 04 0F until it is answered, as often as the settings allow."""
    try:
        for _ in range(dialogue.terminal.settings.status_repeats + 1):
            if dialogue.script.drop == "after_status":
                await dialogue.line.say(frame)
                dialogue.line.lose("close")
            answer = await dialogue.ask(frame)
            if answer is not None and answer.control == _AGAIN:
                await dialogue.pause(_AGAIN_SECONDS)
            elif answer is not None:
                return _heard(answer)
    except LineLost:
        return _Heard(False)
    dialogue.line.lose("close")
    return _Heard(False)


def _heard(answer: Frame) -> _Heard:
    if answer.control in ("8000", "8400"):
        return _Heard(True)
    if answer.control == _PART and len(answer.data) == 7 and answer.data[0] == 0x04:
        try:
            return _Heard(True, value(answer.data[_GIVES_AMOUNT_AT:]))
        except Malformed:
            return _Heard(False)
    return _Heard(False)


async def _print(dialogue: Dialogue, transaction: Transaction) -> bool:
    """Bring the receipt to the register; False where that takes the payment back."""
    if not dialogue.script.has_receipt:
        return True
    copies = receipts.of_transaction(transaction, dialogue.script, dialogue.terminal.terminal_id)
    # Once 06 0F was said nothing takes a payment back.
    is_early = dialogue.script.completes_early
    is_binding = dialogue.terminal.settings.binding_prints and not is_early
    for frame in receipts.frames(dialogue, copies):
        try:
            answer = await dialogue.ask(frame)
        except LineLost:
            return not is_binding
        if answer is None or answer.control not in ("8000", "8400"):
            return not is_binding
    return True


async def _take_back(dialogue: Dialogue, transaction: Transaction) -> None:
    """The automatic reversal: nobody has confirmed the payment."""
    terminal = dialogue.terminal
    terminal.display = "Automatisches Storno"
    await asyncio.sleep(terminal.settings.reversal_seconds)
    terminal.book.settle(transaction, "auto_reversed")
    await dialogue.status(0x05, "Automatisches Storno")
    await dialogue.abort(STOPPED)


async def _decline(dialogue: Dialogue, transaction: Transaction, code: int, text: str) -> None:
    state: State = "declined"
    terminal = dialogue.terminal
    terminal.book.settle(terminal.book.open(transaction), state)
    await _refuse(dialogue, code, text)


async def _refuse(dialogue: Dialogue, code: int, text: str = "Nicht möglich") -> None:
    """Say why not, then give the master right back."""
    script: Script = dialogue.script
    dialogue.terminal.display = text
    if script.drop in ("before_status", "after_status"):
        dialogue.line.lose("close")
    said = messages.declined(dialogue, script, code, text)
    await dialogue.tell(dialogue.frame("040F", said))
    await dialogue.abort(code if script.code < 0 else script.code)
