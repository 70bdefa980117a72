"""Whether a month adds up: header and lines, statement and entries, close and receipts."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

Row = dict[str, str]


def read(folder: Path, name: str) -> list[Row]:
    """All rows of one file."""
    csv.field_size_limit(1 << 30)
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def contradictions(folder: Path) -> list[str]:
    """What does not add up; faults that are meant to show are left out."""
    truth, lines = read(folder, "truth"), read(folder, "psp")
    faulty = _ids(truth, "psp_ids", without=("MATCHED", "IN_TRANSIT"))
    sums = _ids(truth, "psp_ids", only=("PAYOUT_SUM_MISMATCH",))
    found = [*_wrong_sums(lines, sums), *_wrong_fees(lines, json.loads(
        (folder / "manifest.json").read_text(encoding="utf-8")), faulty)]  # fmt: skip
    found += _wrong_statements(read(folder, "bank"), truth)
    found += _wrong_closes(read(folder, "ledger"), lines, faulty)
    found += _unknown_ids(folder, truth)
    return found


def live(lines: list[Row]) -> list[Row]:
    """The newest version of every file, every record once."""
    newest: dict[str, int] = defaultdict(int)
    for line in lines:
        newest[line["file_id"]] = max(newest[line["file_id"]], int(line["file_version"]))
    kept = {}
    for line in lines:
        if int(line["file_version"]) == newest[line["file_id"]]:
            kept[line["source"], line["txn_id"]] = line
    return list(kept.values())


def _wrong_sums(lines: list[Row], sums: set[str]) -> Iterator[str]:
    """Header = sum of its lines, for every file version by itself."""
    groups: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
    heads = []
    for line in lines:
        if line["record_type"] in ("batch", "payout"):
            heads.append(line)
        elif line["batch_id"]:
            groups[line["batch_id"], line["file_version"]][line["txn_id"]] = line
    for head in heads:
        of_batch = groups[head["batch_id"], head["file_version"]].values()
        sign = -1 if head["record_type"] == "payout" else 1
        net = sum(int(line["net_cents"]) for line in of_batch)
        if int(head["item_count"]) != len(of_batch):
            yield f"{head['txn_id']}: {head['item_count']} items, {len(of_batch)} lines"
        if sign * int(head["net_cents"]) != net and head["txn_id"] not in sums:
            yield f"{head['txn_id']}: {head['net_cents']}, lines {net}"
    for line in lines:
        net = int(line["gross_cents"]) - int(line["fee_cents"])
        if int(line["net_cents"]) != net and line["txn_id"] not in sums:
            yield f"{line['txn_id']}: net {line['net_cents']}, not {net}"


def _wrong_fees(lines: list[Row], manifest: dict[str, dict[str, dict[str, list[int]]]],
                faulty: set[str]) -> Iterator[str]:  # fmt: skip
    for line in lines:
        if line["record_type"] not in ("charge", "reversal") or line["txn_id"] in faulty:
            continue
        kind = line["card_region"] or line["scheme"]
        points, fixed = manifest["tariff"][line["source"]][kind]
        gross = int(line["gross_cents"])
        fee = (abs(gross) * points + 5000) // 10_000 + fixed
        if int(line["fee_cents"]) != (fee if gross >= 0 else -fee):
            yield f"{line['txn_id']}: fee {line['fee_cents']}, tariff {fee}"


def _wrong_statements(rows: list[Row], truth: list[Row]) -> Iterator[str]:
    missing = {case["day"] for case in truth if case["class"] == "STATEMENT_MISSING"}
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["statement_id"]].append(row)
    before: int | None = None
    gaps = 0
    for name, of_statement in groups.items():
        amounts = [int(row["amount_cents"]) * (1 if row["credit_debit"] == "CRDT" else -1)
                   for row in of_statement]  # fmt: skip
        if amounts[0] + sum(amounts[1:-1]) != amounts[-1]:
            yield f"{name}: closing {amounts[-1]}"
        if name.endswith("K"):
            continue
        gaps += before is not None and before != amounts[0]
        before = amounts[-1]
    if gaps > len(missing):
        yield f"{gaps} gaps between balances, {len(missing)} statements missing"


def _wrong_closes(ledger: list[Row], lines: list[Row], faulty: set[str]) -> Iterator[str]:
    """Where nothing is wrong the terminal counted what the books say, storno as nothing."""
    by_receipt: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in ledger:
        if row["receipt_no"]:
            by_receipt[row["terminal_id"], row["receipt_no"]].append(row)
    cents_of = {key: sum(int(row["amount_cents"]) for row in rows)
                for key, rows in by_receipt.items()}  # fmt: skip
    wraps = {key for key, rows in by_receipt.items() if len({row["trace_no"] for row in rows}) > 1}
    for close in lines:
        if close["record_type"] != "eod" or close["txn_id"] in faulty:
            continue
        keys = [(close["terminal_id"], receipt) for receipt in receipts(close)]
        if any(key in wraps or key not in cents_of for key in keys):
            continue
        if sum(cents_of[key] for key in keys) != int(close["gross_cents"]):
            yield f"{close['txn_id']}: {close['gross_cents']}"


def receipts(close: Row) -> list[str]:
    """The receipts of a close, over the turn from 9999 to 0001."""
    first, last = int(close["first_receipt_no"]), int(close["receipt_no"])
    count = last - first + 1 if last >= first else last + 9999 - first + 1
    return [f"{(first + at - 1) % 9999 + 1:04d}" for at in range(count)]


def _ids(truth: list[Row], field: str, *, only: tuple[str, ...] = (),
         without: tuple[str, ...] = ()) -> set[str]:  # fmt: skip
    return {
        one for case in truth
        if (not only or case["class"] in only) and case["class"] not in without
        for one in case[field].split(";") if one
    }  # fmt: skip


def _unknown_ids(folder: Path, truth: list[Row]) -> Iterator[str]:
    """The truth names rows that are there, but for what is missing."""
    known = {row["ledger_id"] for row in read(folder, "ledger")}
    known |= {row["txn_id"] for row in read(folder, "psp")}
    known |= {row["acct_svcr_ref"] for row in read(folder, "bank")}
    for case in truth:
        if case["class"] in ("FILE_MISSING", "STATEMENT_MISSING", "EOD_MISSING"):
            continue
        ids = [*case["ledger_ids"].split(";"), *case["psp_ids"].split(";"),
               *case["bank_ids"].split(";")]  # fmt: skip
        for one in ids:
            alone = one.startswith("EOD-") and case["class"] == "MISSING_AT_PSP"  # nothing counted
            if one and one not in known and not alone:
                yield f"{case['case_id']} {case['class']}: {one} is nowhere"
