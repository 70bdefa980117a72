"""The command line: `stadtkasse`, one module for each group of commands."""

import importlib

import click

COMMANDS = {
    "bench": "config.cli.bench:bench",
    "city": "config.cli.city:city",
    "db": "config.cli.db:db",
    "demo": "config.cli.demo:demo",
    "device": "config.cli.device:device",
    "export": "config.cli.books:export_command",
    "reconcile": "config.cli.books:reconcile_command",
    "report": "config.cli.books:report",
    "seal": "config.cli.books:seal_command",
    "serve": "config.cli.serve:serve",
    "statement": "config.cli.statement_import:statement",
    "worker": "config.cli.worker:worker",
}


class _Commands(click.Group):
    """Loads a command's module when it is asked for, so that `--help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own shape
        return sorted(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.command(cls=_Commands)
@click.version_option(package_name="stadtkasse")
def main() -> None:
    """Stadtkasse: the cashless payment ledger of a city.

    Exit codes: 0 done, 1 refused with a sentence, 2 wrong use.
    """
