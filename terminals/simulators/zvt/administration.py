"""Everything a register asks that moves no money: registration, end of day, copies, diagnosis."""

from terminals.simulators.zvt import messages, receipts
from terminals.simulators.zvt.book import Settlement
from terminals.simulators.zvt.codec import CHARSETS, container, tag, tags, value
from terminals.simulators.zvt.dialogue import Dialogue
from terminals.simulators.zvt.registration import Registration

NO_END_OF_DAY, NOTHING_THERE, OPEN_RESERVATIONS = 0x77, 0x83, 0xB8
_SENDS_STATUS, _NO_PRINT = 0x01, 0x02  # service byte of 06 20


async def register(dialogue: Dialogue) -> None:
    """06 00: how this register wants to be spoken to, until it logs off."""
    terminal, script = dialogue.terminal, dialogue.script
    wanted = terminal.registration = _registration(dialogue)
    for _ in range(script.statuses):
        await dialogue.pause(script.silence / script.statuses)
        await dialogue.status(0x06, "Nachbuchungen")
    answer = b"\x19\x00\x29" + bytes.fromhex(terminal.terminal_id)
    if 0x49 in dialogue.fields:
        answer += b"\x49" + messages.EURO
    if wanted.has_tlv and wanted.charset == terminal.charset and wanted.names_charset:
        answer += container([tag("27", tag("14", bytes.fromhex(CHARSETS[wanted.charset][1])))])
    await dialogue.pause(0.3)
    await dialogue.complete(answer)


def _registration(dialogue: Dialogue) -> Registration:
    asked = dict(tags(dialogue.fields.get(0x06, b"")))
    commands = [content for name, content in tags(asked.get("26", b"")) if name == "0A"]
    charset = dict(tags(asked.get("27", b""))).get("14", b"").hex().upper()
    named = {code: name for name, (_, code) in CHARSETS.items()}
    return Registration(
        is_done=True,
        config=dialogue.request.data[3],
        has_tlv=0x06 in dialogue.fields,
        takes_blocks=b"\x06\xd3" in commands,
        charset=named.get(charset, "cp437"),
        names_charset=charset in named,
    )


async def end_of_day(dialogue: Dialogue) -> None:
    """06 50: close the batch. The host has done it before the register hears of it."""
    terminal, script = dialogue.terminal, dialogue.script
    await dialogue.status(0x0E, "Kassenschnitt")
    await dialogue.pause(1.0)
    await dialogue.status(0x06, "Nachbuchungen")
    await dialogue.pause(1.0)
    if script.result:
        terminal.is_locked = True
        data = messages.result(script.result) + messages.moment(terminal.now())
        await dialogue.tell(dialogue.frame("040F", data))
        await dialogue.abort(script.result)
        return
    settlement = terminal.book.close_batch(terminal.now())
    terminal.is_locked = False
    await dialogue.tell(dialogue.frame("040F", messages.totals(settlement)))
    await _print_admin(dialogue, settlement, "Kassenschnitt")
    await dialogue.complete(b"" if script.code < 0 else messages.result(script.code))


async def turnover(dialogue: Dialogue) -> None:
    """06 10: the open batch so far; it stays open."""
    terminal = dialogue.terminal
    so_far = Settlement(len(terminal.book.settlements) + 1, terminal.now(), terminal.book.batch)
    await dialogue.tell(dialogue.frame("040F", messages.totals(so_far)))
    await _print_admin(dialogue, so_far, "Umsatz")
    await dialogue.complete()


async def repeat(dialogue: Dialogue) -> None:
    """06 20: the last successful transaction once more."""
    script, last = dialogue.script, dialogue.terminal.last
    if last is None:
        await dialogue.abort(NOTHING_THERE)
        return
    transaction, how = last
    service = dialogue.fields.get(0x03, b"\x00")[0]
    if service & _SENDS_STATUS and script.has_status:
        data = messages.approved(dialogue, transaction, how)
        await dialogue.tell(dialogue.frame("040F", data))
    if not service & _NO_PRINT and script.has_receipt:
        copies = receipts.of_transaction(transaction, how, dialogue.terminal.terminal_id)
        for frame in receipts.frames(dialogue, copies):
            await dialogue.tell(frame)
    await dialogue.complete()


async def reprint(dialogue: Dialogue) -> None:
    """06 12: the receipts between two numbers of the open batch, or the one."""
    terminal = dialogue.terminal
    numbers = dialogue.request.data[3:]
    first, last = value(numbers[:2]), value(numbers[2:4] or numbers[:2])
    for transaction in terminal.book.batch:
        if not first <= transaction.receipt <= last:
            continue
        copies = receipts.of_transaction(transaction, dialogue.script, terminal.terminal_id)
        for frame in receipts.frames(dialogue, copies):
            await dialogue.tell(frame)
    await dialogue.complete()


async def diagnose(dialogue: Dialogue) -> None:
    """06 70: say hello to the host."""
    await dialogue.status(0xC9, "Diagnose")
    await dialogue.pause(1.0)
    for frame in receipts.frames(dialogue, [receipts.of_diagnosis(dialogue.terminal.terminal_id)]):
        await dialogue.tell(frame)
    await dialogue.complete()


async def reservations(dialogue: Dialogue) -> None:
    """06 23 with receipt FFFF: which reservations are open. Here there are never any."""
    if dialogue.fields.get(0x87) == b"\xff\xff":
        await dialogue.abort(OPEN_RESERVATIONS, b"\x87\xff\xff")
    else:
        await dialogue.abort(NOTHING_THERE)


async def _print_admin(dialogue: Dialogue, settlement: Settlement, title: str) -> None:
    sheet = receipts.of_settlement(settlement, dialogue.terminal.terminal_id, title)
    for frame in receipts.frames(dialogue, [sheet]):
        await dialogue.tell(frame)
