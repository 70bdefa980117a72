"""What card terminals say, in frames of our own making."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from terminals.adapters.zvt.protocol import charset
from terminals.adapters.zvt.protocol.frames import Assembler, Frame
from terminals.adapters.zvt.protocol.messages import (
    Abort,
    Ack,
    Completion,
    IntermediateStatus,
    Malformed,
    Message,
    Refuse,
    StatusInformation,
    Unsupported,
    read,
)
from tests.terminals.zvt import frames_of_our_own as ours


def heard(raw: bytes | str, texts: str = charset.AUTO) -> Message | Malformed:
    (frame,) = Assembler().feed(bytes.fromhex(raw) if isinstance(raw, str) else raw)
    return read(frame, charset=texts)


def status(raw: bytes | str) -> StatusInformation:
    message = heard(raw)
    assert isinstance(message, StatusInformation)
    return message


def test_an_approval_is_read_with_all_its_parts() -> None:
    said = status(ours.APPROVED)
    assert said.is_approved
    assert (said.result, said.amount_cents, said.currency) == (0, 1234, 978)
    assert (said.trace, said.receipt, said.turnover) == (456, 42, 815)
    assert (said.time, said.month_day, said.date) == (time(14, 2, 59), (11, 30), None)
    assert (said.terminal_id, said.vu_number) == ("52000017", "4711")
    assert (said.card_type, said.card_name, said.card_sequence) == (5, "girocard", 2)
    assert (said.pan, said.last4) == ("************4321", "4321")
    assert (said.entry, said.cardholder) == ("nfc", "online_pin")
    assert (said.authorisation, said.payment_type) == ("123456", 0x60)
    assert said.merchant_text.startswith("Zahlung erfolgt")
    assert said.aid == "A0000003591010028001"
    assert (said.receipt_flags, said.receipt_info, said.needs_paper) == ((2, 1), 1, False)
    assert said.rest == b""
    assert [each.id for each in said.fields][:3] == [0x27, 0x04, 0x0B]


def test_a_long_trace_number_stands_in_a_tag() -> None:
    said = status(ours.LONG_TRACE)
    assert (said.trace, said.result_as, said.receipt) == (10_015_008, 1, 8)


def test_two_bytes_are_an_approval_and_a_decline_needs_little_more() -> None:
    assert status(ours.SMALLEST_APPROVAL).is_approved
    declined = status(ours.DECLINED)
    assert (declined.result, declined.merchant_text) == (5, "Abgelehnt")
    assert not status(ours.CANCELLED).is_approved


def test_an_unknown_field_hides_nothing_that_came_before_it() -> None:
    said = status(ours.UNKNOWN_FIELD)
    assert (said.is_approved, said.rest) == (True, bytes.fromhex("FE0102"))


def test_totals_of_the_day_are_read_by_scheme() -> None:
    said = status(ours.END_OF_DAY)
    assert said.totals is not None
    assert (said.totals.receipt_first, said.totals.receipt_last) == (12, 19)
    counted = {each.scheme: (each.count, each.amount_cents) for each in said.totals.schemes}
    assert counted["girocard"] == (5, 5000)
    assert counted["Mastercard"] == (2, 1500)
    assert counted["VISA"] == (1, 500)
    assert sum(cents for _, cents in counted.values()) == said.amount_cents


def test_a_result_is_binary_and_length_digits_may_say_zero() -> None:
    said = status(bytes.fromhex("040F09 2737 22F0F0 8BF0F1 00"))
    assert (said.result, said.pan, said.last4, said.card_name) == (55, "", "", "")


def test_a_card_type_without_room_stands_in_a_tag() -> None:
    raw = ours.apdu("040F", "27008AFF" + ours.container(ours.tlv("41", "0104")))
    assert status(raw).card_type == 260


@pytest.mark.parametrize(
    ("sent", "clock", "year"),
    [
        ("0C2359580D1231", "2027-01-01T00:00:05", 2026),
        ("0C0000030D0101", "2026-12-31T23:59:58", 2027),
        ("0C1200000D0704", "2026-07-04T12:00:10", 2026),
        ("0C1200000D0229", "2025-03-01T12:00:00", 2024),
    ],
)
def test_the_year_is_that_nearest_to_the_clock(sent: str, clock: str, year: int) -> None:
    near = datetime.fromisoformat(clock).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    moment = status(ours.apdu("040F", "2700" + sent)).at(near)
    assert moment is not None
    assert (moment.year, moment.tzinfo) == (year, near.tzinfo)


def test_the_hour_that_comes_twice_is_the_one_nearest_to_the_clock() -> None:
    said = status(ours.apdu("040F", "27000C0230000D1025"))
    for hour in (0, 1):
        clock = datetime(2026, 10, 25, hour, 30, 20, tzinfo=UTC)
        moment = said.at(clock.astimezone(ZoneInfo("Europe/Berlin")))
        assert moment is not None
        assert moment.astimezone(UTC) == clock.replace(second=0)


def test_a_date_with_its_year_is_taken_as_it_is_and_nonsense_is_none() -> None:
    stamp = ours.tlv("2E", ours.tlv("1F0E", "20240229") + ours.tlv("1F0F", "101112"))
    said = status(ours.apdu("040F", "2700" + ours.container(stamp)))
    assert (said.date, said.time) == (date(2024, 2, 29), time(10, 11, 12))
    near = datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    assert said.at(near) == datetime(2024, 2, 29, 10, 11, 12, tzinfo=near.tzinfo)
    odd = status(ours.apdu("040F", "27000C9999990D1399"))
    assert (odd.time, odd.month_day, odd.at(near)) == (None, None, None)


def test_a_device_without_a_clock_has_no_date() -> None:
    stamp = ours.container(ours.tlv("2E", ours.tlv("1F0E", "00000000")))
    assert status(ours.apdu("040F", "2700" + stamp)).date is None
    assert status(ours.apdu("040F", "2700AA261124")).date == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("sent", "flags"), [("02020000", (2, 2)), ("00010000", (0, 1)), ("12000000", (1, 2))]
)
def test_which_receipts_are_due_is_read_as_bytes_or_digits(
    sent: str, flags: tuple[int, int]
) -> None:
    told = ours.container(ours.tlv("45", sent))
    assert status(ours.apdu("040F", "2700" + told)).receipt_flags == flags


def test_a_signature_or_a_mark_asks_for_paper() -> None:
    signed = ours.container(ours.tlv("1F10", "01"))
    marked = ours.container(ours.tlv("1F37", "80"))
    assert status(ours.apdu("040F", "2700" + signed)).needs_paper
    assert status(ours.apdu("040F", "2700" + marked)).needs_paper


@pytest.mark.parametrize(
    ("data", "code", "minutes", "text"),
    [
        ("0A", 0x0A, None, ""),
        ("1702", 0x17, 2, ""),
        ("1710", 0x17, 10, ""),
        ("0A0106092407070548616C6C6F", 0x0A, 1, "Hallo"),
        ("FF06092407070548616C6C6F", 0xFF, None, "Hallo"),
        ("0106061F7303000003", 1, None, ""),
    ],
)
def test_what_goes_on_is_read_with_and_without_a_timeout(
    data: str, code: int, minutes: int | None, text: str
) -> None:
    message = heard(ours.apdu("04FF", data))
    assert isinstance(message, IntermediateStatus)
    assert (message.code, message.timeout_minutes, message.text) == (code, minutes, text)


@pytest.mark.parametrize(
    ("raw", "status_code", "version"),
    [
        ("060F0100", 0x00, ""),
        ("060F019C", 0x9C, ""),
        ("060F0106", 0x06, ""),
        ("060F01F0", 0xF0, ""),
        ("060F03060600", 0x06, ""),
        ("060F07F0F0F3626C6100", 0x00, "bla"),
        ("060F09F0F0F3626C61060600", 0x06, "bla"),
        ("060F06F0F0F3626C61", None, "bla"),
    ],
)
def test_a_completion_after_a_status_enquiry(
    raw: str, status_code: int | None, version: str
) -> None:
    message = heard(raw)
    assert isinstance(message, Completion)
    assert (message.status, message.version, message.rest) == (status_code, version, b"")


def test_a_completion_after_registration_payment_and_anything_else() -> None:
    registered = heard("060F0A19102952523535490978")
    assert isinstance(registered, Completion)
    assert (registered.flags, registered.terminal_id, registered.currency) == (16, "52523535", 978)
    assert registered.status is None
    assert heard("060F00") == Completion()
    updating = heard("060F0227E0")
    assert isinstance(updating, Completion)
    assert (updating.result, updating.status) == (0xE0, None)
    plain = heard(ours.apdu("060F", ours.hexed("1.2 ready")))
    assert isinstance(plain, Completion)
    assert plain.text == "1.2 ready"


def test_an_abort_says_why() -> None:
    assert heard("061E016C") == Abort(0x6C)
    assert heard("061E00") == Abort(0xFF)
    currency = heard("061E036F0978")
    assert isinstance(currency, Abort)
    assert (currency.code, currency.currency) == (0x6F, 978)
    text = ours.container(ours.tlv("1F16", "FF01"), ours.tlv("1F17", ours.hexed("Abbruch")))
    vendor = heard(ours.apdu("061E", "6C" + text))
    assert isinstance(vendor, Abort)
    assert (vendor.vendor_code, vendor.text) == ("FF01", "Abbruch")
    several = ours.container(ours.tlv("23", ours.tlv("08", "4567") + ours.tlv("08", "7890")))
    open_ones = heard(ours.apdu("061E", "B8870123" + several))
    assert isinstance(open_ones, Abort)
    assert open_ones.receipts == (123, 4567, 7890)
    none = heard("061E04B887FFFF")
    assert isinstance(none, Abort)
    assert none.receipts == ()


def test_an_abort_with_broken_data_is_still_an_abort() -> None:
    message = heard(bytes.fromhex("061E05") + bytes.fromhex("6C22F0E011"))
    assert isinstance(message, Abort)
    assert message.code == 0x6C


def test_answers_are_read_and_84_00_is_positive() -> None:
    assert heard("800000") == Ack()
    assert heard("840000") == Ack()
    assert heard("848300") == Refuse(0x83)
    assert heard("841E017D") == Refuse(0x1E, b"\x7d")


@pytest.mark.parametrize(
    "raw", ["040F0322F0E0", "040F0104", "04FF00", "06D100", "040F030680FF", "040F03060107"]
)
def test_broken_data_are_a_value_with_a_reason(raw: str) -> None:
    message = heard(raw)
    assert isinstance(message, Malformed)
    assert message.reason.endswith(".")


def test_other_commands_are_kept_for_the_journal() -> None:
    message = heard("06D80101")
    assert message == Unsupported(Frame(b"\x06\xd8", b"\x01"))
