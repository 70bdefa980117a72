"""Help, easy language, accessibility, privacy and imprint: short texts anybody may read."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response

from ledger.permissions import Permission, needs
from terminals.face.imprint import Imprint, imprint
from terminals.face.page import language, render, say
from terminals.face.words import messages

pages = Blueprint("public", __name__, template_folder="templates")

# The parts of each page, in their order; the last is the anchor in its address, too.
PARTS = {
    "help": ("aufladen", "krank", "geld-zurueck", "raten", "verlaengern", "anmelden", "fragen"),
    "easy": ("was", "geld", "krank", "hilfe"),
    "signed": ("stand", "weg"),
    "access": ("stand", "grenzen", "melden", "durchsetzung"),
    "privacy": ("wer", "was", "warum", "wohin", "lange", "cookies", "rechte"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with an anchor and its paragraphs."""

    anchor: str
    title: str
    paragraphs: Sequence[str]


@dataclass(frozen=True, slots=True)
class PublicPage:
    """A page of text. in_language: of the text, where it is not the page's."""

    name: str
    title: str
    intro: str
    parts: Sequence[Part]
    imprint: Imprint
    in_language: str = ""


@pages.get("/hilfe")
@needs(Permission.PUBLIC_USE)
def help_page() -> Response:
    """The questions that are asked most."""
    return _text("help")


@pages.get("/leichte-sprache")
@needs(Permission.PUBLIC_USE)
def easy() -> Response:
    """What the portal does, in easy German, in whichever language the frame is."""
    return _text("easy", in_language="de")


@pages.get("/gebaerdensprache")
@needs(Permission.PUBLIC_USE)
def signed() -> Response:
    """Where sign language is spoken today; we have no film of our own."""
    return _text("signed")


@pages.get("/barrierefreiheit")
@needs(Permission.PUBLIC_USE)
def access() -> Response:
    """How accessible these pages are, what is missing, and whom to tell."""
    return _text("access")


@pages.get("/datenschutz")
@needs(Permission.PUBLIC_USE)
def privacy() -> Response:
    """What is kept about whom, why, and for how long."""
    return _text("privacy")


@pages.get("/impressum")
@needs(Permission.PUBLIC_USE)
def imprint_page() -> Response:
    """Who answers for these pages."""
    page = PublicPage("imprint", say("imprint.title"), "", (), imprint())
    return render("face/imprint.html", page)


def _text(name: str, *, in_language: str = "") -> Response:
    page = PublicPage(
        name, say(f"{name}.title"), say(f"{name}.intro"),
        [_part(name, anchor) for anchor in PARTS[name]], imprint(),
        in_language if in_language != language() else "",
    )  # fmt: skip
    return render("face/text.html", page)


def _part(name: str, anchor: str) -> Part:
    """The paragraphs are numbered from 1 in the words."""
    known, found = messages(language()), imprint()
    values = {"city": found.publisher, "phone": found.phone, "email": found.email,
              "privacy_email": found.privacy_email, "authority": found.authority,
              "accessibility_email": found.accessibility_email}  # fmt: skip
    paragraphs: list[str] = []
    while (key := f"{name}.{anchor}.{len(paragraphs) + 1}") in known:
        paragraphs.append(say(key, **values))
    return Part(anchor, say(f"{name}.{anchor}"), paragraphs)
