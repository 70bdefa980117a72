"""A letter as an e-mail: plain text, the same as simple HTML, nothing loaded from anywhere."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, select_autoescape

from terminals.face.words import words_of
from terminals.mail.letters import Letter

TEMPLATES = Path(__file__).parent / "templates"


def message_of(letter: Letter, *, key: UUID, sender: str, written_at: datetime) -> EmailMessage:
    """The e-mail of a letter; the same key gives the same Message-ID and date at every try.

    sender: `Stadtkasse Aachen <stadtkasse@aachen.example>`. written_at: aware.
    """
    name, from_address = parseaddr(sender)
    message = EmailMessage()
    message["From"] = Address(name, addr_spec=from_address)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(written_at)
    message["Message-ID"] = message_id(key, sender)
    message["Content-Language"] = letter.language
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine answers
    message.set_content(_rendered("letter.txt", letter))
    message.add_alternative(_rendered("letter.html", letter), subtype="html")
    return message


def message_id(key: UUID, sender: str) -> str:
    """`<key@the sender's domain>`: a letter that arrives twice is seen to be one."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return f"<{key}@{domain}>"


def _rendered(template: str, letter: Letter) -> str:
    return _templates().get_template(template).render(letter=letter, t=words_of(letter.language))


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(["html"]),
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
