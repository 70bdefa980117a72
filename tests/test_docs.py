"""What the documents promise is there: every setting, table, dependency, command and link."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import terminals.tables  # noqa: F401 - the tables of every package are registered on import
from config.cli import main
from config.settings import Settings
from ledger.tables import metadata
from terminals import adapters
from terminals.till.devices_file import read_devices
from terminals.till.journal.tables import metadata as journal_of_a_site

ROOT = Path(__file__).parents[1]
DOCS = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(group: click.Group = main, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command as the words one types."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        if isinstance(command, click.Group):
            yield from commands(command, (*above, name))
        else:
            yield (*above, name)


def test_every_table_stands_in_the_glossary() -> None:
    of_the_centre, heading, of_a_site = read("docs/glossary.md").partition("## The journal of")
    assert {name for name in metadata.tables if f"`{name}`" not in of_the_centre} == set()
    assert heading
    assert {name for name in journal_of_a_site.tables if f"`{name}`" not in of_a_site} == set()


def test_every_setting_is_explained() -> None:
    explained = set(re.findall(r"`([A-Z_]{6,})`", read("docs/operations.md")))
    source = read("config/settings.py")
    used = set(re.findall(r'environment\.get\("([A-Z_]+)"', source))
    assert used <= explained
    assert len(used) == len(fields(Settings))


@pytest.mark.parametrize("name", adapters.load())
def test_every_setting_of_an_adapter_stands_in_operations(name: str) -> None:
    operations = read("docs/operations.md")
    for field in adapters.load()[name].fields:
        default = f"`{field.default}`" if field.default else "none"
        default = "required" if field.default is None else default
        assert f"| `{field.name}` | {default} | {field.meaning} |\n" in operations


def test_the_devices_of_operations_can_be_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_example")
    block = read("docs/operations.md").partition("```toml\n")[2].partition("```")[0]
    (tmp_path / "till.toml").write_text(block, "utf-8")
    described = read_devices(tmp_path / "till.toml")
    assert {each.adapter for each in described.terminals.values()} == {*adapters.load()}
    assert described.printers


def test_every_dependency_says_why_it_is_here() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    reasons = read("docs/dependencies.md")
    wanted = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        wanted += extra
    names = {re.split(r"[\[=<>~;]", each)[0].strip() for each in wanted}
    assert {name for name in names if name not in reasons} == set()


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    pins = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        pins += extra
    assert [pin for pin in pins if "==" not in pin] == []


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_helps_with_an_example(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*words, "--help"])
    assert result.exit_code == 0
    assert f"stadtkasse {' '.join(words)}" in result.output.replace("\n", " ").replace("  ", " ")
    assert "Example:" in result.output


@pytest.mark.parametrize("document", DOCS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    content = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)", content):
        if not target.startswith(("http:", "https:")):
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_command_a_document_names_exists(document: Path) -> None:
    known = {" ".join(words) for words in commands()}
    first_words = {words[0] for words in commands()}
    for words in re.findall(r"stadtkasse ((?:[a-z-]+ ?)+)", document.read_text(encoding="utf-8")):
        named = words.split()
        if named[0] in first_words:
            assert {named[0], " ".join(named[:2])} & known, words
