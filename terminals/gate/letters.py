"""The letter with the way to one's tickets; what they are for does not stand in it."""

from uuid import UUID

from sqlalchemy.orm import Session

from terminals.face.words import words_of
from terminals.mail.letters import Letter, address, post_letter


def post_tickets(
    session: Session, email: str | None, token: str, language: str, *, key: UUID
) -> None:
    """Send the address of the page with the tickets; nothing where nobody left an address."""
    if email is None:
        return
    say = words_of(language)
    letter = Letter(
        email, language, say("mail.tickets.subject"),
        (say("mail.tickets.text"), say("mail.tickets.offline")),
        (say("mail.tickets.button"), address(f"/ticket/{token}")),
    )  # fmt: skip
    post_letter(session, letter, key=key)
