"""`till.toml`: what it can say, and that every mistake in it is one sentence with its place."""

import pytest

from terminals.till.devices_file import DevicesFaulty, read_devices


def test_terminals_and_printers_are_read(tmp_path):
    file = tmp_path / "till.toml"
    file.write_text(
        '[terminal."B01-1"]\nadapter = "zvt"\nhost = "192.168.10.21"\nport = 20007\n'
        '[printer."B01-1"]\nhost = "192.168.10.31"\ncolumns = 42\n'
    )
    devices = read_devices(file)
    assert devices.terminals["B01-1"].adapter == "zvt"
    assert devices.printers["B01-1"].columns == 42
    devices.terminals["B01-1"].terminal.close()


def test_a_site_may_have_no_devices_at_all(tmp_path):
    file = tmp_path / "till.toml"
    file.write_text("")
    assert read_devices(file).terminals == {}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("terminal = [", "is not TOML"),
        (b"\xff\xfe", "is not TOML"),
        ("[limits]\nwallet_cents = 5", "limits has wallet_offline_cents, cash_cents, pass"),
        ('[limits]\ncash_cents = "5"', "cash_cents is a whole number of cents"),
        ("[limits]\npass_offline_visits = -1", "pass_offline_visits is a whole number of visits"),
        ("[till]", "nothing is called 'till'; use terminal, printer or limits"),
        ('terminal = "zvt"', "terminal needs a code"),
        ("printer = 1", "printer needs a code"),
        ('[terminal."B01-1"]', 'terminal."B01-1" needs an adapter'),
        ('[terminal]\n"B01-1" = "zvt"', 'terminal."B01-1" needs an adapter'),
        ('[terminal."B01-1"]\nadapter = "acme"', "no adapter is called 'acme'; there are"),
        ('[terminal."B01-1"]\nadapter = ["zvt"]', "no adapter is called"),
        ('[terminal."B01-1"]\nadapter = "zvt"', "zvt needs host"),
        ('[terminal."B01-1"]\nadapter = "zvt"\nhost = "h"\nhots = "x"', "has no setting 'hots'"),
        ('[terminal."B01-1"]\nadapter = "zvt"\nhost = "h"\nport = "zvt"', 'terminal."B01-1": '),
        ('[printer."B01-1"]\nport = 9100', 'printer."B01-1" needs a host'),
        ('[printer]\n"B01-1" = 5', 'printer."B01-1" needs a host'),
        ('[printer."B01-1"]\nhost = "h"\npaper = 80', "may have a port and columns"),
        ('[printer."B01-1"]\nhost = "h"\nport = "9100"', "may have a port and columns"),
        ('[printer."B01-1"]\nhost = "h"\nport = 70000', "a port from 1 to 65535"),
    ],
)
def test_a_mistake_is_a_sentence(tmp_path, content, sentence):
    file = tmp_path / "till.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DevicesFaulty) as faulty:
        read_devices(file)
    assert sentence in str(faulty.value)
    assert str(file) in str(faulty.value)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(DevicesFaulty, match="cannot be read: No such file"):
        read_devices(tmp_path / "till.toml")
