"""How the payment page looks: what is paid on one side, how on the other."""

from collections.abc import Mapping
from html import escape

from terminals.simulators.pages import euros
from terminals.simulators.stripe.means import MEANS, Means
from terminals.simulators.stripe.payer import success_url
from terminals.simulators.stripe.state import Json, World

Words = Mapping[str, str]
_FIRST = ("visa", "three_ds", "declined", "insufficient_funds")

_WHOLE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/c/hosted.css">
</head>
<body>
<header class="practice"><p>{test}</p></header>
<main{kind}>
{body}
</main>
</body>
</html>
"""


def payment(
    world: World, session: Json, words: Words, *, is_again: bool = False, is_wrong: bool = False
) -> str:
    """The page of an open session. is_again: the bank has just said no."""
    merchant = world.settings.merchant
    is_setup = session["mode"] == "setup"
    title = words["title_setup" if is_setup else "title"].format(merchant=merchant)
    trouble = words["wrong"] if is_wrong else _trouble(world, session, words) if is_again else ""
    said = f'<p class="trouble" role="alert">{escape(trouble)}</p>' if trouble else ""
    amount = session["amount_total"] or 0
    button = words["save"] if is_setup else words["pay"].format(amount=money(amount, words))
    form = (
        f'<form method="post" action="/c/pay/{escape(session["id"])}">{said}'
        f"{_contact(world, session, words)}{_choices(session, words)}"
        f"{_small(world, session, words)}"
        f'<button class="main">{escape(button)}</button></form>'
    )
    summary = (
        f'<section class="summary">{_back(world, session, words)}<h1>{escape(title)}</h1>'
        f"{'' if is_setup else _lines(world, session, words)}</section>"
    )
    return _page(words, title, f"{summary}\n{form}")


def closed(world: World, session: Json, words: Words) -> str:
    """The page of a session that nobody can pay any more."""
    kind = session["status"]
    url = success_url(session) if kind == "complete" else session["cancel_url"]
    return _note(world, words, kind, url)


def answered(world: World, session: Json, words: Words) -> str:
    """The bank's page after its question was answered."""
    url = success_url(session) if session.get("status") == "complete" else None
    return _note(world, words, "answered", url)


def unknown(words: Words) -> str:
    """There is nothing here."""
    body = f"<h1>{escape(words['unknown'])}</h1><p>{escape(words['unknown_text'])}</p>"
    return _page(words, words["unknown"], body, "note")


def question(world: World, intent: Json, words: Words) -> str:
    """The page of the payer's bank."""
    merchant = world.settings.merchant
    text = (
        words["bank_setup"].format(merchant=merchant)
        if intent["object"] == "setup_intent"
        else words["bank_text"].format(merchant=merchant, amount=money(intent["amount"], words))
    )
    body = (
        f"<h1>{escape(words['bank'])}</h1><p>{escape(text)}</p>"
        f'<form method="post" action="/c/auth/{escape(intent["id"])}">'
        f'<button class="main" name="answer" value="yes">{escape(words["yes"])}</button>'
        f'<button name="answer" value="no">{escape(words["no"])}</button></form>'
    )
    return _page(words, words["bank"], body, "note")


def money(cents: int, words: Words) -> str:
    """An amount as it is written in the payer's language."""
    if words["language"] == "de":
        return euros(cents).replace(" ", "\N{NO-BREAK SPACE}")
    return f"€{cents // 100:,}.{cents % 100:02}"


def _page(words: Words, title: str, body: str, kind: str = "") -> str:
    return _WHOLE.format(
        language=words["language"], title=escape(title), test=escape(words["test"]), body=body,
        kind=f' class="{kind}"' if kind else "",
    )  # fmt: skip


def _note(world: World, words: Words, kind: str, url: str | None) -> str:
    on = words["on"].format(merchant=world.settings.merchant)
    link = f'<p><a class="main" href="{escape(url)}">{escape(on)}</a></p>' if url else ""
    body = f"<h1>{escape(words[kind])}</h1><p>{escape(words[f'{kind}_text'])}</p>{link}"
    return _page(words, words[kind], body, "note")


def _back(world: World, session: Json, words: Words) -> str:
    if not session["cancel_url"]:
        return ""
    text = words["back"].format(merchant=world.settings.merchant)
    return (
        f'<p><a class="back" href="{escape(session["cancel_url"])}">'
        f'<span aria-hidden="true">← </span>{escape(text)}</a></p>'
    )


def _lines(world: World, session: Json, words: Words) -> str:
    rows = "".join(
        f"<li><span>{escape(each['description'])}{_times(each['quantity'])}</span>"
        f"<span>{money(each['amount_total'], words)}</span></li>"
        for each in world.lines[session["id"]]
    )
    return (
        f'<p class="sum"><span>{escape(words["sum"])}</span>'
        f"<strong>{money(session['amount_total'], words)}</strong></p><ul>{rows}</ul>"
    )


def _times(quantity: int) -> str:
    return f" × {quantity}" if quantity > 1 else ""


def _contact(world: World, session: Json, words: Words) -> str:
    known = world.objects.get(session["customer"] or "", {}).get("email")
    email = session["customer_email"] or known
    label = escape(words["email"])
    if email:
        return f'<p class="known"><span>{label}</span> <span>{escape(email)}</span></p>'
    return (
        f'<p class="field"><label for="email">{label}</label>'
        '<input id="email" name="email" type="email" autocomplete="email" required></p>'
    )


def _choices(session: Json, words: Words) -> str:
    ways = session["payment_method_types"]
    first = "visa" if "card" in ways else "sepa"
    parts = []
    for way in ways:
        names = [name for name, each in MEANS.items() if each.kind == way]
        shown = [name for name in names if way != "card" or name in _FIRST]
        more = [name for name in names if name not in shown]
        rest = f"<details><summary>{escape(words['more'])}</summary>{_list(more, words)}</details>"
        parts.append(
            f"<h2>{escape(words[way])}</h2>{_list(shown, words, first)}{rest if more else ''}"
        )
    return f"<fieldset><legend>{escape(words['how'])}</legend>{''.join(parts)}</fieldset>"


def _list(names: list[str], words: Words, chosen: str = "") -> str:
    rows = "".join(_choice(name, MEANS[name], words, name == chosen) for name in names)
    return f'<ul class="means">{rows}</ul>'


def _choice(name: str, means: Means, words: Words, is_chosen: bool) -> str:
    title = means.title if words["language"] == "de" else means.title_en
    number = " ".join(means.number[at : at + 4] for at in range(0, len(means.number), 4))
    return (
        f'<li><label><input type="radio" name="means" value="{name}" required'
        f'{" checked" if is_chosen else ""}><span class="words"><span>{escape(title)}</span>'
        f'<span class="number">{escape(number)}</span></span></label></li>'
    )


def _small(world: World, session: Json, words: Words) -> str:
    ways, data = session["payment_method_types"], world.intent_data[session["id"]]
    texts = [words["mandate"]] if "sepa_debit" in ways else []
    if session["mode"] == "setup" or data.get("setup_future_usage"):
        texts.append(words["keeps"])
    said = (escape(text.format(merchant=world.settings.merchant)) for text in texts)
    return "".join(f'<p class="small">{text}</p>' for text in said)


def _trouble(world: World, session: Json, words: Words) -> str:
    intent = world.objects.get(session["payment_intent"] or session["setup_intent"] or "")
    error = intent and (intent.get("last_payment_error") or intent.get("last_setup_error"))
    if not error:
        return ""
    if str(error["code"]).endswith("authentication_failure"):
        return words["authentication_failure"]
    return words.get(error.get("decline_code", ""), words.get(error["code"], words["other"]))
