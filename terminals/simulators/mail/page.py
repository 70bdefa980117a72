"""How the mailbox looks: a list, and one mail with its text, its links and its HTML in a cage."""

from collections.abc import Iterable
from html import escape

from terminals.simulators.mail.letters import Mail

_WHOLE = """<!doctype html>
<html lang="de">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/mail.css">
</head>
<body>
<header><a href="/">Postfach</a><p>Zum Üben: Diese E-Mails wurden nicht zugestellt.</p></header>
<main>
{body}
</main>
</body>
</html>
"""


def mails(shown: Iterable[Mail], to: str) -> str:
    """The list, newest first; only those to one address where one is given."""
    rows = "".join(_row(mail) for mail in reversed(tuple(shown)))
    listed = f"<ul>{rows}</ul>" if rows else "<p>Noch keine E-Mails.</p>"
    title = f"E-Mails an {to}" if to else "Alle E-Mails"
    body = (
        f"<h1>{escape(title)}</h1>{listed}"
        '<form method="post" action="/clear"><button>Postfach leeren</button></form>'
    )
    return _WHOLE.format(title="Postfach", body=body)


def mail(shown: Mail) -> str:
    """One mail. Its HTML is another document, without scripts and without this page's origin."""
    head = "".join(
        f"<dt>{name}</dt><dd>{value}</dd>"
        for name, value in (
            ("Von", escape(shown.sender)),
            ("An", ", ".join(_address(each) for each in shown.to)),
            ("Um", _moment(shown)),
        )
    )
    parts = [f"<h1>{escape(shown.subject)}</h1><dl>{head}</dl>"]
    if shown.links:
        links = "".join(f"<li>{_link(each)}</li>" for each in shown.links)
        parts.append(f"<section><h2>Links</h2><ul>{links}</ul></section>")
    if shown.html:
        parts.append(
            '<section><h2>So sieht sie aus</h2><iframe title="Die E-Mail, wie sie aussieht"'
            ' sandbox="allow-popups allow-popups-to-escape-sandbox"'
            f' src="/mails/{shown.number}/html"></iframe></section>'
        )
    if shown.attachments:
        names = "".join(f"<li>{escape(name)}</li>" for name in shown.attachments)
        parts.append(f"<section><h2>Anhänge</h2><ul>{names}</ul></section>")
    parts.append(f"<section><h2>Nur Text</h2><pre>{escape(shown.text)}</pre></section>")
    parts.append(f'<p><a href="/mails/{shown.number}/source">Kopfzeilen</a></p>')
    return _WHOLE.format(title=escape(shown.subject or "Ohne Betreff"), body="".join(parts))


def source(shown: Mail) -> str:
    """The headers of a mail."""
    rows = "\n".join(f"{name}: {value}" for name, value in shown.headers)
    return _WHOLE.format(title="Kopfzeilen", body=f"<h1>Kopfzeilen</h1><pre>{escape(rows)}</pre>")


def missing() -> str:
    """There is nothing here."""
    return _WHOLE.format(title="Nicht gefunden", body="<h1>Diese E-Mail gibt es nicht</h1>")


def _row(mail: Mail) -> str:
    people = escape(", ".join(mail.to))
    return (
        f'<li><a href="/mails/{mail.number}"><strong>{escape(mail.subject or "Ohne Betreff")}'
        f"</strong><span>{people}</span><span>{_moment(mail)}</span></a></li>"
    )


def _address(address: str) -> str:
    return f'<a href="/?to={escape(address)}">{escape(address)}</a>'


def _link(url: str) -> str:
    return f'<a href="{escape(url)}" rel="noreferrer">{escape(url)}</a>'


def _moment(mail: Mail) -> str:
    # Where the reader is, since this runs on the reader's own machine.
    local = mail.received_at.astimezone()
    return f'<time datetime="{mail.received_at.isoformat()}">{local:%d.%m.%Y %H:%M:%S}</time>'
