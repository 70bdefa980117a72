"""What can be done at the readers: hold a card to them, type a PIN, take them off the line."""

from collections.abc import Callable, Mapping

from terminals.simulators.stripe import guests
from terminals.simulators.stripe.cards import CARDS
from terminals.simulators.stripe.misbehaviour import Guest, fault
from terminals.simulators.stripe.refusals import invalid
from terminals.simulators.stripe.state import Json, World


def _present(world: World, given: Json) -> None:
    guests.present(world, _reader(world, given), CARDS[_card(given)], waits_for_pin=True)


def _pin(world: World, given: Json) -> None:
    guests.enter_pin(world, _reader(world, given), is_right=given.get("is_right", "yes") == "yes")


def _cancel(world: World, given: Json) -> None:
    guests.cancel(world, _reader(world, given))


def _reader_status(world: World, given: Json) -> None:
    if given.get("status") not in ("online", "offline"):
        raise invalid("status", "online or offline")
    world.objects[_reader(world, given)]["status"] = given["status"]


def _fault(world: World, given: Json) -> None:
    try:
        world.faults.append(fault(str(given.get("name")), given.get("call") or None))
    except KeyError as unknown:
        raise invalid("name", "No such fault.") from unknown


def _guest(world: World, given: Json) -> None:
    does, at = given.get("does", "pays"), given.get("at", "look")
    if does not in ("pays", "cancels", "waits", "breaks") or at not in (
        "look",
        "cancel",
        "after_cancel",
    ):
        raise invalid("does", "No guest does this.")
    looks = str(given.get("looks", "1"))
    if not looks.isdecimal():
        raise invalid("looks", "A whole number.")
    world.guests.append(
        Guest(_card(given), does, at, int(looks), is_slow=given.get("is_slow") == "yes")
    )


def _reader(world: World, given: Json) -> str:
    reader: str = world.find("terminal.reader", str(given.get("reader")), "reader")["id"]
    return reader


def _card(given: Json) -> str:
    card = str(given.get("card", "visa"))
    if card not in CARDS:
        raise invalid("card", f"One of {', '.join(CARDS)}.")
    return card


ACTIONS: Mapping[str, Callable[[World, Json], object]] = {
    "present": _present, "pin": _pin, "cancel": _cancel, "reader": _reader_status,
    "fault": _fault, "guest": _guest,
}  # fmt: skip
