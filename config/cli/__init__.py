"""The command line: `stadtkasse`, one module for each group of commands."""

import importlib

import click

COMMANDS = {
    "bench": "config.cli.bench:bench",
    "city": "config.cli.city:city",
    "code": "config.cli.code:code",
    "db": "config.cli.db:db",
    "demo": "config.cli.demo:demo",
    "device": "config.cli.device:device",
    "export": "config.cli.export:export",
    "gate": "config.cli.gate:gate",
    "family": "config.cli.family:family",
    "reconcile": "config.cli.reconcile:reconcile_command",
    "reconcile-files": "config.cli.reconcile_files:reconcile_files",
    "report": "config.cli.report:report",
    "seal": "config.cli.books:seal_command",
    "serve": "config.cli.serve:serve",
    "simulate": "config.cli.simulate:simulate",
    "statement": "config.cli.statement_import:statement",
    "user": "config.cli.user:user",
    "till": "config.cli.till:till",
    "worker": "config.cli.worker:worker",
    "zvt": "config.cli.zvt:zvt",
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
