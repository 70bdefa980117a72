"""The pages for whoever works at a gate, behind a PIN: the last guests, and taking one back."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ledger.permissions import Permission, needs
from terminals.face.words import Say, words_of
from terminals.gate.site import memory
from terminals.gate.site.gate import Gate
from terminals.gate.site.screen import html, last_line, page_of
from terminals.gate.site.staff import StaffDoor
from terminals.till.strangers import refuse_strangers

COOKIE = "gate_staff"


@dataclass(frozen=True, slots=True)
class _Counter:
    """A gate, the door to its list, and how its pages speak."""

    gate: Gate
    door: StaffDoor
    say: Say
    language: str

    def is_staff(self) -> bool:
        return self.door.is_open(request.cookies.get(COOKIE, ""), datetime.now(UTC))

    def ask(self, problem: str = "", status: int = 200) -> Response:
        page = page_of(self.gate, self.say, self.language)
        values = {"page": page, "t": self.say, "problem": problem, "is_shut": self.door.is_shut}
        return html("gate/staff_pin.html", status, **values)

    def last_scans(self) -> Response:
        with self.gate.journal.read() as connection:
            scans = memory.last_scans(connection, 20)
        lines = [last_line(one, self.say, self.language) for one in scans]
        page = page_of(self.gate, self.say, self.language)
        return html("gate/last_scans.html", page=page, lines=lines, t=self.say)

    def enter(self) -> AnyResponse:
        now = datetime.now(UTC)
        token = self.door.enter(request.form.get("pin", ""), now)
        if token is None:
            is_wait = self.door.must_wait(now)
            words = self.say("gate.staff.wait" if is_wait else "gate.staff.wrong")
            return self.ask(words, 429 if is_wait else 422)
        answer = redirect(url_for("gate_staff.show"), 303)
        answer.set_cookie(COOKIE, token, path="/tor/personal", httponly=True, samesite="Strict",
                          secure=request.is_secure)  # fmt: skip
        return answer


def register(gate: Gate, door: StaffDoor, *, language: str = "de") -> Blueprint:
    """The pages below `/tor/personal`; without a PIN they say that they are shut."""
    pages = Blueprint(
        "gate_staff", __name__, url_prefix="/tor/personal", template_folder="../templates"
    )
    counter = _Counter(gate, door, words_of(language), language)

    @pages.get("")
    @needs(Permission.PUBLIC_USE)
    def show() -> Response:
        return counter.last_scans() if counter.is_staff() else counter.ask()

    @pages.post("")
    @needs(Permission.PUBLIC_USE)
    def enter() -> AnyResponse:
        refuse_strangers()
        return counter.enter()

    @pages.post("/ende")
    @needs(Permission.PUBLIC_USE)
    def leave() -> AnyResponse:
        refuse_strangers()
        door.leave(request.cookies.get(COOKIE, ""))
        return redirect(url_for("gate_screen.show"), 303)

    @pages.post("/zuruecknehmen/<uuid:key>")
    @needs(Permission.PUBLIC_USE)
    def take_back(key: UUID) -> AnyResponse:
        refuse_strangers()
        if counter.is_staff():
            gate.take_back(key, datetime.now(UTC))
        return redirect(url_for("gate_staff.show"), 303)

    return pages
