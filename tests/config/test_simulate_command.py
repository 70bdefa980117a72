"""`stadtkasse simulate`: a counterparty that runs until it is stopped."""

import smtplib
import socket
import subprocess
import sys

import requests
from click.testing import CliRunner

from config.cli import main
from tests.terminals.simulators.stripe.shop import SECRET, Receiver

PROGRAM = "from config.cli import main; main()"


def test_a_simulated_stripe_runs_until_it_is_stopped() -> None:
    words = ["simulate", "stripe", "--port", "0", "--readers", "2"]
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words], stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        address = running.stderr.readline().split()[-1]
        assert "tmr_simulated0002" in running.stderr.readline()
        shown = requests.get(address, timeout=5).text
        running.terminate()
        assert running.wait(timeout=10) == 0
    assert "Kasse 2" in shown


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(main, ["simulate", "stripe", "--port", port])
        mail = CliRunner().invoke(main, ["simulate", "mail", "--smtp-port", "0", "--port", port])
    for each in (result, mail):
        assert each.exit_code == 1
        assert "choose another with --port" in each.output


def test_a_simulated_stripe_tells_where_it_was_told_to() -> None:
    with Receiver() as receiver:
        words = ["simulate", "stripe", "--port", "0", "--webhook", receiver.url,
                 "--secret", "whsec_old", "--secret", SECRET]  # fmt: skip
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words], stderr=subprocess.PIPE, text=True
        ) as running:
            assert running.stderr is not None
            address = running.stderr.readline().split()[-1]
            headers = {"Authorization": "Bearer sk_test_1"}
            requests.post(f"{address}/v1/customers", headers=headers, timeout=5)
            receiver.wait(1)
            running.terminate()
            assert running.wait(timeout=10) == 0
        assert receiver.kinds == ["customer.created"]


def test_a_simulated_mail_server_runs_until_it_is_stopped() -> None:
    words = ["simulate", "mail", "--smtp-port", "0", "--port", "0"]
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words], stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        port = int(running.stderr.readline().rsplit(":", 1)[1])
        address = running.stderr.readline().split()[-1]
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as smtp:
            smtp.sendmail("a@b.example", ["c@d.example"], "Subject: Hallo\n\nWelt")
        shown = requests.get(address, timeout=5).text
        running.terminate()
        assert running.wait(timeout=10) == 0
    assert "Hallo" in shown


def test_a_webhook_needs_its_secret() -> None:
    for words in (["--webhook", "http://localhost/"], ["--secret", "whsec_x"]):
        result = CliRunner().invoke(main, ["simulate", "stripe", *words])
        assert result.exit_code == 2
        assert "belong together" in result.output


def test_the_help_shows_how() -> None:
    for words, example in ((["simulate"], "stripe"), (["simulate", "mail"], "mail")):
        result = CliRunner().invoke(main, [*words, "--help"])
        assert result.exit_code == 0
        assert f"Example: stadtkasse simulate {example}" in result.output
    shown = CliRunner().invoke(main, ["simulate", "stripe", "--help"]).output
    assert "Example: stadtkasse simulate stripe" in shown
