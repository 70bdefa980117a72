"""The simulated mail server: real SMTP in, pages and JSON out."""

import ast
import smtplib
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests

import terminals.simulators.mail
from terminals.simulators.mail import Mailbox, Trouble

LINK = "https://stadt.example/anmelden?token=abc&lang=de"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


def a_mail(subject: str = "Grüße: Ihr Anmeldelink", to: str = "payer@example.org") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "kasse@stadt.example", to
    mail.set_content(f"Guten Tag,\n\nhier ist er: {LINK}.\n")
    page = f'<p>Hier: <a href="{LINK.replace("&", "&amp;")}">Anmelden</a></p><script>x</script>'
    mail.add_alternative(page, subtype="html")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Auszug.pdf")
    return mail


def send(mailbox: Mailbox, mail: EmailMessage | None = None) -> None:
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port, timeout=10) as smtp:
        smtp.send_message(mail or a_mail())


def get(mailbox: Mailbox, path: str) -> requests.Response:
    return requests.get(mailbox.address + path, timeout=40)


def test_a_mail_is_taken_apart(mailbox: Mailbox) -> None:
    send(mailbox)
    (mail,) = mailbox.wait("PAYER@example.org", subject="anmeldelink")
    assert (mail.sender, mail.to) == ("kasse@stadt.example", ("payer@example.org",))
    assert mail.subject == "Grüße: Ihr Anmeldelink"
    assert mail.links == (LINK,)
    assert "hier ist er" in mail.text
    assert "<p>Hier:" in mail.html
    assert mail.attachments == ("Auszug.pdf",)
    assert ("To", "payer@example.org") in mail.headers


def test_mails_are_found_by_whom_they_went_to(mailbox: Mailbox) -> None:
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port, timeout=10) as smtp:
        smtp.sendmail("a@b.example", ["one@example.org", "two@example.org"], "Subject: x\n\ny")
    send(mailbox)
    assert [mail.subject for mail in mailbox.mails("two@example.org")] == ["x"]
    assert len(mailbox.mails()) == 2
    listed = get(mailbox, "/api/mails?to=payer@example.org").json()
    assert [each["subject"] for each in listed] == ["Grüße: Ihr Anmeldelink"]
    assert get(mailbox, "/api/mails/1").json()["text"] == "y\r\n"
    mailbox.clear()
    assert get(mailbox, "/api/mails").json() == []


def test_a_program_may_wait_for_a_mail(mailbox: Mailbox) -> None:
    found: list[object] = []
    path = "/api/mails?to=payer@example.org&wait=30"
    waiting = threading.Thread(target=lambda: found.extend(get(mailbox, path).json()))
    waiting.start()
    send(mailbox)
    waiting.join(timeout=30)
    assert len(found) == 1
    with pytest.raises(TimeoutError):
        mailbox.wait("nobody@example.org", seconds=0)


def test_a_person_reads_it(mailbox: Mailbox) -> None:
    send(mailbox)
    assert 'href="/mails/1"' in get(mailbox, "/").text
    page = get(mailbox, "/mails/1")
    assert f'<a href="{LINK.replace("&", "&amp;")}" rel="noreferrer">' in page.text
    assert "Auszug.pdf" in page.text
    assert "<script" not in page.text
    assert "MIME-Version: 1.0" in get(mailbox, "/mails/1/source").text
    assert "max-width" in get(mailbox, "/mail.css").text


def test_its_html_is_shown_in_a_cage(mailbox: Mailbox) -> None:
    send(mailbox)
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in get(mailbox, "/mails/1").text
    cage = get(mailbox, "/mails/1/html")
    policy = cage.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert cage.text.startswith('<base target="_blank">')


def test_words_from_a_mail_are_only_words(mailbox: Mailbox) -> None:
    send(mailbox, a_mail(subject="<b>Hallo</b>", to='"<i>"@example.org'))
    for path in ("/", "/mails/1", "/mails/1/source"):
        page = get(mailbox, path).text
        assert "<b>" not in page
        assert "<i>" not in page


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Trouble(421, "sender"), smtplib.SMTPSenderRefused),
        (Trouble(550, "recipient"), smtplib.SMTPRecipientsRefused),
        (Trouble(451, "data"), smtplib.SMTPDataError),
    ],
)
def test_a_mail_is_refused_on_demand(
    mailbox: Mailbox, trouble: Trouble, error: type[Exception]
) -> None:
    mailbox.trouble(trouble, times=2)
    for _ in range(2):
        with pytest.raises(error) as refused:
            send(mailbox)
        assert str(trouble.code) in str(refused.value)
    send(mailbox)
    assert len(mailbox.mails()) == 1


def test_an_answer_may_be_lost_though_the_mail_is_not(mailbox: Mailbox) -> None:
    mailbox.trouble(Trouble(at="lost"))
    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
        send(mailbox)
    assert len(mailbox.wait()) == 1


def test_an_answer_may_be_slow(mailbox: Mailbox) -> None:
    mailbox.trouble(Trouble(0, seconds=30))
    with (
        pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)),
        smtplib.SMTP("127.0.0.1", mailbox.smtp_port, timeout=1) as smtp,
    ):
        smtp.send_message(a_mail())
    assert mailbox.mails() == ()


def test_troubles_are_ordered_over_http(mailbox: Mailbox) -> None:
    form = {"code": "550", "at": "recipient", "times": "2"}
    answer = requests.post(f"{mailbox.address}/api/trouble", form, timeout=10)
    assert answer.json() == {"waiting": 2}
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(mailbox)
    for wrong in ({"code": "200"}, {"code": "x"}, {"at": "midnight"}, {"seconds": "-1"}):
        answer = requests.post(f"{mailbox.address}/api/trouble", wrong, timeout=10)
        assert answer.status_code == 400


def test_only_so_many_are_kept(mailbox: Mailbox) -> None:
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port, timeout=10) as smtp:
        for number in range(1_005):
            smtp.sendmail("a@b.example", ["c@d.example"], f"Subject: {number}\n\nx")
    mails = mailbox.mails()
    assert (len(mails), mails[0].subject, mails[-1].number) == (1_000, "5", 1_005)
    assert get(mailbox, "/mails/1").status_code == 404


@pytest.mark.parametrize("path", ["/nothing", "/mails/77", "/mails/x", "/api/mails/77"])
def test_what_is_not_there_says_so(mailbox: Mailbox, path: str) -> None:
    assert get(mailbox, path).status_code == 404
    assert requests.post(mailbox.address + path, timeout=10).status_code == 404


def test_a_port_in_use_is_said_at_once(mailbox: Mailbox) -> None:
    with pytest.raises(OSError, match="in use"):
        Mailbox(mailbox.smtp_port)
    port = int(mailbox.address.rsplit(":", 1)[1])
    with pytest.raises(OSError, match="in use"):
        Mailbox(port=port)


def test_the_mailbox_may_be_emptied_from_the_page(mailbox: Mailbox) -> None:
    send(mailbox)
    answer = requests.post(f"{mailbox.address}/clear", timeout=10)
    assert "Noch keine E-Mails." in answer.text


def test_the_mail_server_knows_nothing_of_who_sends() -> None:
    (folder,) = terminals.simulators.mail.__path__
    for file in Path(folder).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            assert not name.startswith(("ledger", "reconciliation", "config")), file
            assert not name.startswith("terminals") or name.startswith("terminals.simulators"), file
