"""The payment page at a session's `url`, and the page of the bank that asks the payer.

Whoever pays posts a form: `means` is a name in `means.MEANS`, or `number` a card number or IBAN.
The answer is 303 to what comes next, as with every button here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from urllib.parse import urlsplit

from terminals.simulators.pages import Page, html, see_other, style
from terminals.simulators.stripe import hosted_page, payer, session_states
from terminals.simulators.stripe.hosted_words import WORDS
from terminals.simulators.stripe.means import by_number
from terminals.simulators.stripe.refusals import Refusal
from terminals.simulators.stripe.state import Json, World

STYLE = "/c/hosted.css"


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser at a page. given: the query or the form; headers: names in lower case."""

    method: str
    path: str
    given: Json
    headers: Mapping[str, str]


def answer(world: World, visit: Visit) -> Page:
    """A page, or where the payer goes after a button."""
    if visit.path == STYLE:
        return style(resources.files(__package__).joinpath("hosted.css").read_text("utf-8"))
    kind, _, id_ = visit.path.removeprefix("/c/").partition("/")
    with world.lock:
        world.pass_time()
        shown = world.objects.get(id_)
        if shown is None or _KINDS.get(shown["object"]) != kind:
            return html(hosted_page.unknown(_words(None, visit)), 404)
        act = _pay if kind == "pay" else _authenticate
        return act(world, visit, shown)


_KINDS = {"checkout.session": "pay", "payment_intent": "auth", "setup_intent": "auth"}


def _pay(world: World, visit: Visit, session: Json) -> Page:
    words, given = _words(session["locale"], visit), visit.given
    if session["status"] != "open":
        # A second tab, the button pressed twice, or the way back after paying.
        return html(hosted_page.closed(world, session, words), 200 if _looks(visit) else 409)
    if _looks(visit):
        text = hosted_page.payment(world, session, words, is_again="again" in given)
        return html(text, leads_to=_origins(session))
    name = given.get("means") or by_number(str(given.get("number", ""))) or ""
    try:
        return see_other(payer.pay(world, session, str(name), given))
    except Refusal:
        text = hosted_page.payment(world, session, words, is_wrong=True)
        return html(text, 400, leads_to=_origins(session))


def _authenticate(world: World, visit: Visit, intent: Json) -> Page:
    session = session_states.of(world, intent["id"]) or {}
    words = _words(session.get("locale"), visit)
    if intent["status"] != "requires_action":
        if session.get("status") == "open":
            return see_other(f"{world.address}/c/pay/{session['id']}")
        return html(hosted_page.answered(world, session, words))
    if _looks(visit):
        return html(hosted_page.question(world, intent, words), leads_to=_origins(session))
    return see_other(payer.answer(world, intent, is_confirmed=visit.given.get("answer") == "yes"))


def _looks(visit: Visit) -> bool:
    return visit.method == "GET"


def _origins(session: Json) -> tuple[str, ...]:
    """Where a form may lead: browsers ask the policy of a form about redirects after it, too."""
    url = session.get("success_url")
    if not url:
        return ()
    parts = urlsplit(url)
    return (f"{parts.scheme}://{parts.netloc}",)


def _words(locale: str | None, visit: Visit) -> Mapping[str, str]:
    asked = visit.headers.get("accept-language", "de")
    wanted = asked if locale in (None, "auto") else str(locale)
    return WORDS["de" if wanted.lower().startswith("de") else "en"]
