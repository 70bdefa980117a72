"""What the control pages share: frame, buttons, choices, tables. Every button is a form."""

from collections.abc import Iterable, Mapping
from html import escape

_PAGES = {"/_sim/": "Kartenleser", "/_sim/online": "Online", "/_sim/webhooks": "Webhooks"}


def frame(title: str, body: str, *, reloads: bool = False) -> str:
    """A whole page; one that reloads shows by itself what others do."""
    links = "".join(
        f'<a href="{path}"{_here(name == title)}>{name}</a>' for path, name in _PAGES.items()
    )
    reload = '<meta http-equiv="refresh" content="3">' if reloads else ""
    return (
        '<!doctype html><html lang="de"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{reload}<title>Stripe-Simulator: {escape(title)}</title>"
        '<link rel="stylesheet" href="/_sim/control.css"></head><body>'
        f'<nav aria-label="Seiten">{links}</nav>'
        f"<main><h1>Stripe-Simulator: {escape(title)}</h1>{body}</main></body></html>"
    )


def section(title: str, body: str) -> str:
    """A box with a heading."""
    return f"<section><h2>{escape(title)}</h2>{body}</section>"


def button(action: str, label: str, **values: str) -> str:
    """A button that sends these values to /_sim/<action>."""
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in values.items()
    )
    return (
        f'<form method="post" action="/_sim/{action}">{hidden}'
        f"<button>{escape(label)}</button></form>"
    )


def choice(action: str, label: str, name: str, options: Mapping[str, str]) -> str:
    """A list to choose from, and a button that notes the choice."""
    rows = "".join(
        f'<option value="{escape(value)}">{escape(text)}</option>'
        for value, text in options.items()
    )
    id_ = f"{action}-{name}".replace("/", "-")
    return (
        f'<form method="post" action="/_sim/{action}"><label for="{id_}">{escape(label)}</label>'
        f' <select id="{id_}" name="{name}">{rows}</select> <button>Vormerken</button></form>'
    )


def table(head: Iterable[str], rows: Iterable[Iterable[str]], empty: str) -> str:
    """A table of cells that are HTML already; the word for none where there are none."""
    body = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows
    )  # fmt: skip
    if not body:
        return f"<p>{escape(empty)}</p>"
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    # A wide table scrolls by itself, also with the keyboard.
    return (
        f'<div class="scroll" tabindex="0"><table><thead><tr>{names}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _here(is_here: bool) -> str:
    return ' aria-current="page"' if is_here else ""
