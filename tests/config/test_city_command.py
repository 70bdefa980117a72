"""`stadtkasse city`: faults with file and line, a summary without, a load that repeats."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import config
from config.cli.city import city
from config.database import Database

AACHEN = Path(config.__file__).parent / "cities" / "aachen"


def test_a_faultless_city_is_summed_up_in_a_line() -> None:
    result = CliRunner().invoke(city, ["check", str(AACHEN)])
    assert result.exit_code == 0
    assert "no faults. 41 facilities, 32 tills, 38 terminals" in result.stdout
    assert "Tax to be decided, now or later: FOTO, POOL-COURSE" in result.stdout


@pytest.mark.parametrize("command", ["check", "load"])
def test_every_fault_is_a_line_and_the_command_refuses(tmp_path: Path, command: str) -> None:
    folder = Path(shutil.copytree(AACHEN, tmp_path / "city"))
    pool = folder / "products" / "pool.toml"
    lines = pool.read_text(encoding="utf-8").replace("cents = 500", "cents = 5.0")
    pool.write_text(lines.replace("cents = 1200", "cents = -12"), encoding="utf-8")
    result = CliRunner().invoke(city, [command, str(folder)])
    assert result.exit_code == 1
    first, second = result.stdout.splitlines()
    assert first.startswith(f"{pool}:")
    assert "whole number of cents" in first
    assert "never negative" in second
    assert result.stderr == "Error: The city cannot be loaded: 2 faults\n"


def test_a_folder_that_is_not_there_is_wrong_use() -> None:
    assert CliRunner().invoke(city, ["check", "nowhere"]).exit_code == 2


@pytest.mark.parametrize("command", ["check", "load"])
def test_help_has_an_example(command: str) -> None:
    result = CliRunner().invoke(city, [command, "--help"])
    assert f"Example: stadtkasse city {command} config/cities/aachen" in result.stdout


def test_loading_twice_adds_nothing_the_second_time(
    monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    address = database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", address)
    first = CliRunner().invoke(city, ["load", str(AACHEN)])
    again = CliRunner().invoke(city, ["load", str(AACHEN)])
    assert first.exit_code == 0
    assert "0 changed, 0 unchanged" in first.stdout
    assert "0 added, 0 changed" in again.stdout
