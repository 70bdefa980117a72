"""`stadtkasse zvt`: look into what card terminals say, and practise with a simulated one."""

import importlib
import json
import re
import sys

import click

from config.cli.output import Refusal
from terminals.adapters.zvt.protocol.charset import AUTO, CHARSETS
from terminals.adapters.zvt.protocol.explain import Explanation, explain_all
from terminals.adapters.zvt.protocol.words import Language

LAZY = {"simulate": "config.cli.zvt_simulate:simulate"}
_SEPARATORS = re.compile(r"[\s:,-]+")


class _Commands(click.Group):
    """Loads what needs a whole simulator only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *LAZY])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in LAZY:
            return super().get_command(ctx, cmd_name)
        module, name = LAZY[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


class Unreadable(Refusal):
    """What was given is no frame: wrong use, exit code 2, one sentence."""

    exit_code = 2


@click.group(cls=_Commands)
def zvt() -> None:
    """Card terminals that speak ZVT: explain their frames, simulate one."""


@zvt.command(epilog="Example: stadtkasse zvt decode 04 0F 09 27 00 04 00 00 00 00 12 00")
@click.argument("hex_digits", metavar="HEX", nargs=-1, required=True)
@click.option("--json", "is_json", is_flag=True, help="JSON instead of lines; a list for several.")
@click.option("--language", type=click.Choice(["en", "de"]), default="en", show_default=True,
              help="Of the words.")  # fmt: skip
@click.option("--charset", type=click.Choice(CHARSETS), default=AUTO, show_default=True,
              help="Character set of the terminal's texts.")  # fmt: skip
def decode(hex_digits: tuple[str, ...], *, is_json: bool, language: Language, charset: str) -> None:
    """Explain the frames in HEX, as logs show them; spaces and colons do no harm, - reads stdin.

    Card numbers are shown masked, tracks not at all. Exit code 2, and a sentence, where HEX is no
    whole frame or breaks the rules of its command; what could be read is shown all the same.
    """
    explained = explain_all(_raw(hex_digits), charset=charset)
    if is_json:
        documents = [each.as_dict() for each in explained]
        shown = documents[0] if len(documents) == 1 else documents
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        click.echo("\n\n".join("\n".join(each.lines(language)) for each in explained))
    _refuse(explained)


def _raw(hex_digits: tuple[str, ...]) -> bytes:
    given = sys.stdin.read() if hex_digits == ("-",) else " ".join(hex_digits)
    digits = _SEPARATORS.sub("", given)
    if not digits:
        raise Unreadable("There are no bytes to explain: give them as hex digits.")
    strange = re.search(r"[^0-9A-Fa-f]", digits)
    if strange is not None:
        raise Unreadable(f"{strange.group()!r} is no hex digit: give bytes such as 06 0F 00.")
    if len(digits) % 2:
        raise Unreadable(f"{len(digits)} hex digits are no whole bytes: each byte has two.")
    return bytes.fromhex(digits)


def _refuse(explained: list[Explanation]) -> None:
    problem = next((each.problem for each in explained if each.problem), "")
    if problem:
        raise Unreadable(problem)
