"""Every error code that can be raised or stored has a status and a sentence in two languages."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import ledger
from config.errors import HTTP_CODES
from config.errors.sentences import SENTENCES
from ledger.errors import LedgerError
from reconciliation.errors import ReconciliationError
from terminals.errors import TerminalsError

LEDGER = Path(ledger.__file__).parent
MAKERS = {
    "Refused",
    "ServiceRefusal",
    "BasketRefused",
    "PassRefused",
    "MealRefused",
    "PriceChangeRefused",
}


def classes(root: type[Exception]) -> Iterator[type[Exception]]:
    for child in root.__subclasses__():
        yield child
        yield from classes(child)


def codes_of_classes() -> set[str]:
    for module in pkgutil.walk_packages(ledger.__path__, "ledger."):
        importlib.import_module(module.name)
    roots = (LedgerError, TerminalsError, ReconciliationError)
    codes = (vars(one).get("code") for root in roots for one in classes(root))
    return {code for code in codes if isinstance(code, str)}


def codes_in_calls() -> set[str]:
    """Strings given as a code where a refusal is made, and what `_faults` yields."""
    found = set()
    for file in LEDGER.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MAKERS:
                given = node.args[1:2] if getattr(node.func, "id", "") == "Refused" else node.args
                found |= {
                    each.value
                    for each in given[:1]
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                }
            if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
                first = node.value.elts[0]
                if file.name == "baskets.py" and isinstance(first, ast.Constant):
                    found.add(first.value)
    return found


def test_the_search_finds_the_codes() -> None:
    assert {"balance_too_low", "product_unknown", "pass_expired", "line_count"} <= codes_in_calls()
    assert {"unknown_account", "wallet_unknown", "card_used_up"} <= codes_of_classes()


def test_every_code_has_its_sentences() -> None:
    wanted = codes_of_classes() | codes_in_calls() | set(HTTP_CODES.values())
    assert sorted(wanted - SENTENCES.keys()) == []


def test_sentences_are_sentences_and_statuses_are_refusals() -> None:
    for code, said in SENTENCES.items():
        assert 400 <= said.status < 600, code
        for sentence in (said.german, said.english):
            assert sentence.endswith("."), code
            assert len(sentence) <= 80, code
