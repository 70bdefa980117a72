"""Tells what was measured: a table for people, JSON for machines."""

import json
from dataclasses import asdict

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from config.bench.comparisons import Result
from config.bench.runner import Report

_EXPLAINED = (
    "Ratio: median of same-round pairs, in brackets lowest and highest. L0: the same entry and "
    "transfer in one prepared statement by pgbench, without answer, checks, triggers and guard; "
    "B0: by INSERT … SELECT unnest; C0: by binary COPY. Canonical bytes are ready in all three; "
    "`bytes ready` has the separately measured time of making ours taken off. "
    "Peers lock and read the balance (python-accounting: neither) and know no idempotency. "
    "Tap limit: what a tap reads and the same order, with a page and an fsync for each commit. "
    "R: a bare join of the ready keys of both sides, counted by the server; memory: of the worker."
)


def show(report: Report, console: Console) -> None:
    """Print the table."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("", "ours", "reference", "ratio", "range", "target", "met"):
        table.add_column(
            name, justify="left" if name in ("", "reference") else "right", no_wrap=True
        )
    for result in report.results:
        table.add_row(*_row(result))
    console.print(table)
    console.print(_EXPLAINED, highlight=False)
    console.print(
        f"{report.machine}. {report.size.rounds} rounds in {report.seconds} s; the machine was "
        f"busy with other work before {report.disturbed} of {report.slices} groups of slices.",
        highlight=False,
    )


def _row(result: Result) -> tuple[str, ...]:
    line = result.line
    if not result.pairs:
        return line.title, "", f"{line.reference} not installed", "", "", result.target, ""
    ours, reference = result.figures
    mark = {True: "✓", False: "✗", None: ""}[result.is_met]
    return (
        line.title, ours, f"{line.reference} {reference}", f"{result.median_ratio:.2f}",
        f"{result.ratios[0]:.2f}..{result.ratios[-1]:.2f}", result.target, mark,
    )  # fmt: skip


def as_json(report: Report) -> str:
    """Everything measured, without the single latencies."""
    return json.dumps(
        {
            "machine": report.machine,
            "size": asdict(report.size),
            "seconds": report.seconds,
            "disturbed": report.disturbed,
            "slices": report.slices,
            "lines": [_line(result) for result in report.results],
        },
        indent=2,
        ensure_ascii=False,
    )


def _line(result: Result) -> dict[str, object]:
    return {
        "title": result.line.title,
        "ours": result.line.ours,
        "reference": result.line.reference,
        "ratios": result.ratios,
        "median": result.median_ratio if result.pairs else None,
        "target": result.target or None,
        "met": result.is_met,
        "figures": result.figures if result.pairs else None,
    }
