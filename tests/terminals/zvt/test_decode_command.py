"""`stadtkasse zvt decode`: any frame in words for people, and in JSON for programs."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from config.cli import main
from tests.terminals.zvt import frames_of_our_own as ours


def decode(*words: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["zvt", "decode", *words], input=stdin)


def test_a_frame_is_explained_in_words() -> None:
    result = decode(ours.APPROVED.hex())
    assert result.exit_code == 0
    assert result.stderr == ""
    lines = [line.strip() for line in result.stdout.splitlines()]
    assert lines[0] == "04 0F  Status information"
    for piece in (
        "result: 0 (00, approved)", "amount: 1234 (12.34)", "time: 140259 (14:02:59)",
        "card type: 5 (girocard)", "card number (masked): ************4321",
        "how the card was read: 2 (contactless)", "(girocard)",
    ):  # fmt: skip
        assert any(piece in line for line in lines), piece


def test_the_same_in_german() -> None:
    result = decode("--language", "de", ours.APPROVED.hex())
    assert "Betrag: 1234 (12,34)" in result.stdout
    assert "Ergebnis: 0 (00, genehmigt)" in result.stdout
    assert "kontaktlos" in result.stdout


def test_json_is_made_for_programs() -> None:
    result = decode("--json", ours.UNKNOWN_FIELD.hex())
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "command": "040F",
        "name": "Status information",
        "ok": False,
        "fields": {"27": {"name": "result_code", "value": 0}},
        "rest": "FE0102",
    }
    assert json.loads(decode("--json", "06 0F 00").stdout) == {
        "command": "060F", "name": "Completion", "ok": True, "fields": {}, "rest": "",
    }  # fmt: skip


def test_tags_are_named_by_the_way_to_them() -> None:
    said = json.loads(decode("--json", ours.APPROVED.hex()).stdout)["fields"]
    assert said["06/2F/1F12"] == {"name": "entry", "value": 2}
    assert said["06/60/43"] == {"name": "aid", "value": "A0000003591010028001"}
    lines = json.loads(decode("--json", ours.BLOCK.hex()).stdout)["fields"]
    assert lines["06/25/07"]["value"] == "Hallenbad Süd"
    assert lines["06/25/07#3"]["value"] == "für Sie"


def test_several_frames_are_explained_one_by_one() -> None:
    result = decode("--json", "800000 04FF010A 060F00")
    assert [each["command"] for each in json.loads(result.stdout)] == ["8000", "04FF", "060F"]
    assert decode("80 00 00", "06:0F:00").stdout.count("\n\n") == 1


@pytest.mark.parametrize(
    "written", ["80:00:00", "80 00 00", "800000", "80-00-00", "80\n00 00", "80, 00, 00"]
)
def test_bytes_may_be_written_as_logs_write_them(written: str) -> None:
    assert decode("--", written).stdout == "80 00  Positive answer\n"


def test_long_frames_may_come_from_a_file(tmp_path: Path) -> None:
    assert decode("-", stdin="06 0F\n00\n").stdout == "06 0F  Completion\n"


@pytest.mark.parametrize(
    ("raw", "name", "fields"),
    [
        ("060010123456BE09780301060626040A0206D3", "Registration",
         {"password": "123456", "config": "BE", "currency": 978, "03": 1, "06/26/0A": "06D3"}),
        ("06010704000000001000", "Authorisation", {"04": 1000}),
        ("063006000000870042", "Reversal", {"password": "000000", "87": 42}),
        ("065003123456", "End of day", {"password": "123456"}),
        ("0501051234560303", "Status enquiry", {"password": "123456", "03": 3}),
        ("050100", "Status enquiry", {}),
        ("06120712345600010009", "Reprint receipts",
         {"password": "123456", "from": 1, "to": 9}),
        ("069506123456654321", "Change password",
         {"password": "123456", "new_password": "654321"}),
        ("06C0010F", "Read card", {"timeout": 15}),
        ("06E00DF1F1F048616C6C6F2057656C74", "Display text", {"F1": "Hallo Welt"}),
        ("04FF020A02", "Intermediate status", {"status": "0A", "timeout": 2}),
        ("060F07F0F0F3626C6100", "Completion", {"version": "bla", "status": "00"}),
        ("060F0227E0", "Completion", {"27": 224}),
        ("061E036F0978", "Abort", {"result": 111, "currency": 978}),
        ("061E00", "Abort", {}),
        ("06D10340476F", "Print line", {"attribute": "40", "text": "Go"}),
        ("848300", "Negative answer", {"error": 131}),
        ("841E017D", "Negative answer", {"error": 30, "detail": "7D"}),
        ("849D0704000000000500", "Negative answer", {"error": 157, "04": 500}),
        ("80000806061F7303000001", "Positive answer", {"06/1F73": 1}),
        ("0FA100", "Vendor's own command", {}),
    ],
)  # fmt: skip
def test_commands_of_both_sides_are_known(raw: str, name: str, fields: dict[str, object]) -> None:
    said = json.loads(decode("--json", raw).stdout)
    assert (said["name"], said["ok"], said["rest"]) == (name, True, "")
    assert {key: each["value"] for key, each in said["fields"].items()} == fields


def test_totals_are_summed_up_in_words() -> None:
    said = decode(ours.END_OF_DAY.hex()).stdout
    assert "receipts 0012-0019; girocard 5 x, 50.00; Mastercard 2 x, 15.00; VISA 1 x, 5.00" in said
    totals = json.loads(decode("--json", ours.END_OF_DAY.hex()).stdout)["fields"]["60"]["value"]
    assert totals["schemes"]["girocard"] == {"count": 5, "amount_cents": 5000}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["04"], "incomplete"),
        (["040F 06 27"], "6 bytes of data announced, 1 here"),
        (["060F00 040F 06 27"], "incomplete"),
        (["06020322F0E0"], "no length"),
        (["040F 01 04"], "it has 6 bytes"),
        (["15 03 69"], "NAK of the serial protocol"),
        (["0600 02 1234"], "password is cut off"),
        (["0600 03 123456"], "configuration byte is missing"),
        (["0695 03 123456"], "new password is cut off"),
        (["04FF00"], "without a code"),
        (["06D100"], "without an attribute"),
        (["1002800000"], "does not end with 10 03"),
        (["1002 800000 1003 0000"], "checksum"),
        (["8000 0"], "whole bytes"),
        (["80 00 0x"], "'x' is no hex digit"),
        ([" "], "no bytes to explain"),
    ],
)
def test_what_is_malformed_ends_with_one_sentence(words: list[str], sentence: str) -> None:
    result = decode(*words)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stderr.strip()[-1] == "."
    assert isinstance(result.exception, SystemExit)


def test_what_was_understood_of_a_malformed_frame_is_shown() -> None:
    result = decode("--json", "040F 05 2705 22F0E0")
    assert result.exit_code == 2
    said = json.loads(result.stdout)
    assert (said["ok"], said["fields"]["27"]["value"], said["rest"]) == (False, 5, "22F0E0")


def test_a_serial_block_is_explained_by_what_is_inside() -> None:
    result = decode("--json", "10 02 06 70 00 10 03 D9 F9")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["name"] == "Diagnosis"


def test_a_card_number_is_never_printed() -> None:
    for raw in ours.SECRETS:
        for words in (("--json",), ()):
            result = decode(*words, raw.hex())
            said = (result.stdout + result.stderr).replace(" ", "")
            assert ours.PAN not in said, raw.hex()


def test_the_group_helps_and_knows_the_simulator() -> None:
    result = CliRunner().invoke(main, ["zvt", "--help"])
    assert result.exit_code == 0
    assert "decode" in result.stdout
    assert "simulate" in result.stdout
