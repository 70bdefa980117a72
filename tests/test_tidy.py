"""The style of the house as a test: sizes, names, no floats near money, no machine's paths."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("ledger", "terminals", "reconciliation", "config")
LONGEST_FILE, LONGEST_FUNCTION, MOST_POSITIONAL, DEEPEST = 300, 40, 4, 3
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "base", "manager", "handler"}
GERMAN = re.compile(
    r"(?i)\w*(betrag|konto|buchung|beleg|zahlung|gutschrift|kunde|summe|datum|steuer)\w*"
)
BROAD_EXCEPT = {"config/errors.py"}  # the request boundary


def test_there_is_something_to_check() -> None:
    assert len(OURS) > 50


def test_files_are_short() -> None:
    lines = {named(file): read(file).count("\n") for file in PYTHON}
    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}


def test_functions_are_short_and_flat() -> None:
    long = {f"{at}: {lines_of(each)} lines" for at, each in functions()
            if lines_of(each) > LONGEST_FUNCTION}  # fmt: skip
    deep = {f"{at}: nested too deep" for at, each in functions() if depth(each) > DEEPEST}
    assert long | deep == set()


def test_functions_are_called_by_name() -> None:
    offenders = set()
    for at, each in functions():
        positional = [*each.args.posonlyargs, *each.args.args]
        counted = [one for one in positional if one.arg not in ("self", "cls")]
        if len(counted) > MOST_POSITIONAL + 1 and not each.decorator_list:
            offenders.add(at)
    assert offenders == set()


def test_modules_and_public_names_say_what_they_are_for() -> None:
    silent = set()
    for file in OURS:
        if "versions" in file.parts:
            continue
        tree = ast.parse(read(file))
        if not ast.get_docstring(tree):
            silent.add(named(file))
        for node in tree.body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef)
            if public and not node.name.startswith("_") and not ast.get_docstring(node):
                silent.add(f"{named(file)}:{node.name}")
    assert silent == set()


def test_file_names_say_something() -> None:
    assert {named(file) for file in PYTHON if file.stem in FORBIDDEN_NAMES} == set()


def test_no_float_comes_near_money() -> None:
    near = set()
    for file in OURS:
        if "bench" in file.parts:
            continue  # ratios of seconds are no money
        for number, line in enumerate(read(file).splitlines(), start=1):
            code = line.split("#")[0]
            if re.search(r"\bfloat\(|cents\w*\s*/[^/]|[^/]/\s*\w*cents", code):
                near.add(f"{named(file)}:{number}: {line.strip()}")
    assert near == set()


def test_faults_are_never_swallowed() -> None:
    swallowed = set()
    for file in OURS:
        for node in ast.walk(ast.parse(read(file))):
            if not isinstance(node, ast.ExceptHandler):
                continue
            silent = len(node.body) == 1 and isinstance(node.body[0], ast.Pass)
            broad = node.type is None or getattr(node.type, "id", "") == "Exception"
            if silent or (broad and named(file) not in BROAD_EXCEPT):
                swallowed.add(f"{named(file)}:{node.lineno}")
    assert swallowed == set()


def test_identifiers_are_english() -> None:
    german = set()
    for file in OURS:
        for node in ast.walk(ast.parse(read(file))):
            name = getattr(node, "id", None) or getattr(node, "name", None)
            if isinstance(name, str) and GERMAN.fullmatch(name):
                german.add(f"{named(file)}: {name}")
    assert german == set()


def test_nothing_is_left_for_later_and_no_machine_is_named() -> None:
    found = set()
    for file in tracked(".py", ".toml", ".md", ".sql", ".html", ".css", ".js", ".json", ".txt"):
        if file == Path(__file__):
            continue
        for match in re.finditer(
            r"\b(TODO|FIXME|XXX)\b|(/home/|/Users/|/root/|/work/)\w+", read(file)
        ):
            found.add(f"{named(file)}: {match.group()}")
    assert found == set()


def tracked(*suffixes: str) -> list[Path]:
    """The files git knows or would add, with one of these endings."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    files = (ROOT / name for name in listed.stdout.splitlines())
    return [file for file in files if file.suffix in suffixes and file.exists()]


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for file in OURS:
        for node in ast.walk(ast.parse(read(file))):
            if isinstance(node, ast.FunctionDef):
                yield f"{named(file)}:{node.lineno} {node.name}", node


def lines_of(function: ast.FunctionDef) -> int:
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def depth(node: ast.AST) -> int:
    """How many blocks lie inside each other; an `elif` is no deeper than its `if`."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        is_block = isinstance(child, ast.If | ast.For | ast.While | ast.With | ast.Try)
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        deepest = max(deepest, depth(child) + (is_block and not is_elif))
    return deepest


PYTHON = tracked(".py")
OURS = [file for file in PYTHON if file.relative_to(ROOT).parts[0] in PACKAGES]
