"""A simulated mail server: takes mails by SMTP, delivers none, and shows them to people and tests.

with Mailbox() as mailbox:
    ...                                       # send to 127.0.0.1, mailbox.smtp_port
    (mail,) = mailbox.wait("parent@example.org")
    assert mail.links[0].startswith("https://")
    mailbox.trouble(code=451, times=2)        # the next two are refused for now
"""

from terminals.simulators.mail.letters import Mail
from terminals.simulators.mail.server import Mailbox
from terminals.simulators.mail.smtp import Trouble

__all__ = ["Mail", "Mailbox", "Trouble"]
