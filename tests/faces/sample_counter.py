"""A counter that shows every sample state: a browser's cookie names the state and the language."""

import io
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import qrcode
import qrcode.image.svg

from terminals.till.pages import GuestPage, Language, Page
from tests.faces.sample_guest import STATES as GUEST_STATES
from tests.faces.sample_till import page_of


@dataclass(frozen=True, slots=True)
class Acted:
    """What an action came to."""

    cookie: str | None = None


@dataclass(slots=True)
class SampleCounter:
    """taps: what was tapped, in order. Closing ends every wait for news."""

    taps: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def page(self, browser: str | None) -> Page:
        """`cart.en` is the state `cart` in English."""
        state, _, language = (browser or "idle.de").partition(".")
        state = "idle" if state in GUEST_STATES else state
        return page_of(state, "en" if language == "en" else "de")

    def act(self, browser: str | None, action: str, form: Mapping[str, str]) -> Acted:
        """Note the tap; the language and one sale change what is shown."""
        self.taps.append((action, dict(form)))
        state = (browser or "idle.de").partition(".")[0]
        if action == "language":
            return Acted(f"{state}.{form['to']}")
        if action == "add":
            return Acted("cart.de")
        return Acted("card.de") if action == "pay" else Acted()

    def version(self, browser: str | None) -> int:
        """The one version that all samples have."""
        return self.page(browser).frame.version

    def wait(self, browser: str | None, seen: int, seconds: int) -> int:  # noqa: ARG002
        """Nothing ever happens here."""
        self.closing.wait(seconds)
        return self.version(browser)

    def guest(self, browser: str | None, language: Language) -> GuestPage:
        """`guest_paid` is the guest's display after a sale."""
        state = (browser or "guest_ready").partition(".")[0]
        return replace(GUEST_STATES[state], language=language)

    def picture(self, browser: str | None, name: str) -> bytes | None:  # noqa: ARG002
        """A code that says its own name."""
        drawn = io.BytesIO()
        qrcode.make(
            f"https://example.org/{name}", image_factory=qrcode.image.svg.SvgPathImage, border=0
        ).save(drawn)
        return drawn.getvalue()

    def sheet(self, browser: str | None, number: str) -> str | None:  # noqa: ARG002
        """A sheet with a number and nothing else."""
        return f"<!doctype html><title>{number}</title>" if number.startswith("B02") else None
