"""Letters: written with their fact, sent once, tried again, given up, and never in a log."""

import logging
import ssl
from datetime import timedelta
from pathlib import Path
from threading import Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from config.database import Database
from terminals.mail.letters import Letter, address, post_letter, use_origin
from terminals.mail.sending import MOST_TRIES, Sent, letters_given_up, run_mail, wait_after
from terminals.mail.smtp import Smtp, smtp_of
from tests.terminals.mail.mailbox import SENDER, a_certificate, a_mailbox, free_port

TO = "parent@post.example"
LETTER = Letter(
    TO, "de", "Ihr Link zum Anmelden", ("Tippen Sie auf den Link: 1 < 2 & 3 €.", "Sonst nichts."),
    ("Anmelden", "https://kasse.example/portal/anmelden/x?a=1&b=2"),
)  # fmt: skip


def write(database: Database, letter: Letter = LETTER, key: UUID | None = None) -> UUID:
    key = key or uuid4()
    with database.transaction() as session:
        post_letter(session, letter, key=key)
    return key


def rows(database: Database) -> list[dict[str, object]]:
    with database.read_only() as session:
        found = session.execute(text("SELECT * FROM letter ORDER BY written_at"))
        return [dict(row._mapping) for row in found]


def jobs(database: Database) -> int:
    query = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_mail'"
    with database.read_only() as session:
        return session.scalar(text(query))


def make_due(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE letter SET next_try_at = now() WHERE next_try_at > now()"))


def test_a_letter_arrives_as_plain_text_and_as_simple_html(database: Database) -> None:
    with a_mailbox() as mailbox:
        key = write(database)
        assert run_mail(database, mailbox.smtp) == Sent(sent=1)
    [message] = mailbox.letters
    assert mailbox.recipients == [TO]
    assert message["From"] == SENDER
    assert message["To"] == TO
    assert message["Subject"] == LETTER.subject
    assert message["Message-ID"] == f"<{key}@aachen.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    plain = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert "1 < 2 & 3 €" in plain
    assert "1 &lt; 2 &amp; 3 €" in html
    assert plain.rstrip().endswith("Wir fragen nie nach Passwort oder Kartendaten.")
    assert html.split("</p>")[-2].endswith("Wir fragen nie nach Passwort oder Kartendaten.")
    assert LETTER.button[1] in plain
    assert html.count("<a ") == 1
    assert "<img" not in html
    assert "src=" not in html


def test_a_letter_is_written_in_its_readers_language(database: Database) -> None:
    with a_mailbox() as mailbox:
        write(database, Letter(TO, "en", "Hello", ("One.",)))
        run_mail(database, mailbox.smtp)
    assert "We never ask for your password" in str(mailbox.letters[0])


def test_the_same_key_is_one_letter(database: Database) -> None:
    with a_mailbox() as mailbox:
        key = write(database)
        write(database, key=key)
        assert jobs(database) == 1
        run_mail(database, mailbox.smtp)
        write(database, key=key)
        assert run_mail(database, mailbox.smtp) == Sent()
    assert len(mailbox.letters) == 1


def test_a_letter_goes_with_the_fact_it_tells_of(database: Database) -> None:
    with database.transaction() as session:
        post_letter(session, LETTER, key=uuid4())
        session.rollback()
    assert rows(database) == []
    assert jobs(database) == 0


def test_what_a_letter_said_is_gone_once_it_is_sent(database: Database) -> None:
    with a_mailbox() as mailbox:
        write(database)
        run_mail(database, mailbox.smtp)
    [row] = rows(database)
    assert row["sent_at"] is not None
    assert [row[name] for name in ("recipient", "subject", "paragraphs", "button")] == [None] * 4


def test_a_busy_server_is_asked_again_later_and_the_letter_is_the_same(database: Database) -> None:
    with a_mailbox() as mailbox:
        mailbox.answer = "451 come back later"
        key = write(database)
        assert run_mail(database, mailbox.smtp) == Sent(waiting=1)
        assert run_mail(database, mailbox.smtp) == Sent()  # not due yet
        assert jobs(database) == 2  # one for when it is
        [row] = rows(database)
        assert (row["tries"], row["trouble"]) == (1, "answered 451")
        mailbox.answer = None
        make_due(database)
        assert run_mail(database, mailbox.smtp) == Sent(sent=1)
    assert mailbox.letters[0]["Message-ID"] == f"<{key}@aachen.example>"


def test_a_lost_answer_sends_the_letter_twice_under_one_message_id(database: Database) -> None:
    with a_mailbox() as mailbox:
        write(database)
        mailbox.is_lost = True
        assert run_mail(database, mailbox.smtp) == Sent(waiting=1)
        mailbox.is_lost = False
        make_due(database)
        assert run_mail(database, mailbox.smtp) == Sent(sent=1)
    first, second = mailbox.letters
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def test_an_address_that_is_refused_for_good_is_given_up_at_once(database: Database) -> None:
    with a_mailbox() as mailbox:
        mailbox.recipient_answer = "550 nobody here"
        key = write(database)
        other = write(database)
        assert run_mail(database, mailbox.smtp) == Sent(given_up=2)
    with database.read_only() as session:
        shown = letters_given_up(session)
    assert {one.key for one in shown} == {key, other}
    assert {one.trouble for one in shown} == {"recipient refused 550"}
    assert TO not in str(rows(database))


def test_a_server_that_never_answers_is_given_up_after_so_many_tries(database: Database) -> None:
    nowhere = Smtp("127.0.0.1", free_port(), SENDER)
    write(database)
    for _ in range(MOST_TRIES - 1):
        assert run_mail(database, nowhere) == Sent(waiting=1)
        make_due(database)
    assert run_mail(database, nowhere) == Sent(given_up=1)
    [row] = rows(database)
    assert (row["trouble"], row["recipient"]) == ("ConnectionRefusedError", None)


def test_a_server_that_is_away_is_asked_for_one_letter_and_not_for_all(database: Database) -> None:
    nowhere = Smtp("127.0.0.1", free_port(), SENDER)
    for _ in range(3):
        write(database)
    assert run_mail(database, nowhere) == Sent(waiting=1)
    assert sorted(row["tries"] for row in rows(database)) == [0, 0, 1]


def test_letters_take_one_place_of_the_worker_and_not_all(database: Database) -> None:
    write(database)
    write(database)
    with database.read_only() as session:
        locks = session.scalars(text("SELECT lock FROM procrastinate_jobs")).all()
    assert locks == ["send_mail", "send_mail"]


def test_waits_grow_and_have_an_end() -> None:
    waits = [wait_after(tries) for tries in range(1, MOST_TRIES)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    assert waits[-1] == timedelta(hours=2)


def test_one_letter_that_fails_holds_no_other_up(database: Database) -> None:
    with a_mailbox() as mailbox:
        write(database, Letter("nobody@ex ample.de", "de", "x", ("y",)))
        write(database)
        assert run_mail(database, mailbox.smtp) == Sent(sent=1, given_up=1)


def test_no_address_stands_in_a_log(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with a_mailbox() as mailbox:
        mailbox.recipient_answer = "550 nobody called parent@post.example here"
        write(database)
        run_mail(database, mailbox.smtp)
        mailbox.recipient_answer, mailbox.answer = None, "451 not now, parent@post.example"
        write(database)
        run_mail(database, mailbox.smtp)
    assert len(caplog.records) >= 2
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("stadtkasse")]
    assert "parent" not in "".join(ours)


def test_a_subject_or_an_address_of_two_lines_is_refused(database: Database) -> None:
    for letter in (Letter(TO, "de", "x\r\nBcc: y", ()), Letter(f"{TO}\nx", "de", "x", ())):
        with pytest.raises(ValueError, match="one line"):
            write(database, letter)


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for localhost, of an authority only this test knows."""
    certificate, key = a_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


def test_a_login_is_given_over_tls_alone(database: Database, tls: ssl.SSLContext) -> None:
    with a_mailbox(tls=tls, login=("kasse", "p:ss@word")) as mailbox:
        write(database)
        url = f"smtp://kasse:p%3Ass%40word@localhost:{mailbox.port}"
        assert run_mail(database, smtp_of(url, SENDER)) == Sent(sent=1)
        write(database)
        wrong = smtp_of(f"smtp://kasse:wrong@localhost:{mailbox.port}", SENDER)
        assert run_mail(database, wrong) == Sent(waiting=1)
    assert len(mailbox.letters) == 1


def test_a_certificate_nobody_vouches_for_gets_no_letter(
    database: Database, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with a_mailbox(tls=tls) as mailbox:
        write(database)
        there = smtp_of(f"smtp://localhost:{mailbox.port}", SENDER)
        assert run_mail(database, there) == Sent(waiting=1)
    assert mailbox.letters == []
    assert rows(database)[0]["trouble"] == "SSLCertVerificationError"


def test_a_server_elsewhere_is_never_spoken_to_in_the_open(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("terminals.mail.smtp._HERE", frozenset())
    with a_mailbox() as mailbox:
        write(database)
        assert run_mail(database, mailbox.smtp) == Sent(waiting=1)
    assert mailbox.letters == []


@pytest.mark.parametrize("url", ["http://host", "smtp://", "host:25", ""])
def test_what_is_no_mail_server_is_said(url: str) -> None:
    with pytest.raises(ValueError, match="mail server"):
        smtp_of(url, SENDER)


def test_mail_servers_are_read_from_one_line() -> None:
    assert smtp_of("smtps://u:p@mail.example", SENDER) == Smtp(
        "mail.example", 465, SENDER, is_tls=True, login="u", password="p"
    )
    assert smtp_of("smtp://mail.example", SENDER).port == 587
    assert "secret" not in repr(smtp_of("smtps://u:secret@mail.example", SENDER))


def test_links_lead_to_the_public_address() -> None:
    before = address("")
    use_origin("https://kasse.example/")
    assert address("/portal/") == "https://kasse.example/portal/"
    use_origin(before)


def test_two_workers_send_a_letter_once(database: Database) -> None:
    with a_mailbox() as mailbox:
        for _ in range(6):
            write(database)
        workers = [Thread(target=run_mail, args=(database, mailbox.smtp)) for _ in range(2)]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
    keys = [one["Message-ID"] for one in mailbox.letters]
    assert len(keys) == len(set(keys)) == 6
