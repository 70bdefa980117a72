"""What the citizens' pages say, from gettext files: `words_of("de")("bal.meals", n=6)`.

Each package with pages brings a folder `words` with a folder for each language and `.po` files in
it; their message ids are short names and not sentences, so that German is a translation as every
other. A new language is a new folder. Placeholders are named in braces; a message with plural
forms takes its number as `n`.
"""

import gettext
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from markupsafe import Markup, escape

LANGUAGES = ("de", "en")
ROOT = Path(__file__).parents[2]
FOLDERS = ("face", "portal", "pay_links", "gate", "checkout", "mail")

Say = Callable[..., str]


class WordsTwice(ValueError):
    """Two files of a language say the same message."""


@dataclass(frozen=True, slots=True)
class Message:
    """forms: one, or as many as the language has plural forms; form_of picks one by number."""

    forms: Sequence[str]
    form_of: Callable[[int], int]


@cache
def messages(language: str) -> Mapping[str, Message]:
    """Every message of a language by its id. Raises WordsTwice."""
    found: dict[str, Message] = {}
    folders = (ROOT / folder / "words" / language for folder in FOLDERS)
    for path in (path for folder in folders for path in sorted(folder.glob("*.po"))):
        part = _read(path, language)
        if twice := found.keys() & part.keys():
            raise WordsTwice(f"{path} repeats {', '.join(sorted(twice))}")
        found.update(part)
    return found


def words_of(language: str) -> Say:
    """What turns an id and its values into a sentence. It raises KeyError for an unknown id."""
    known = messages(language)

    def say(name: str, /, **values: object) -> str:
        message = known[name]
        number = values.get("n")
        form = message.form_of(number) if isinstance(number, int) and len(message.forms) > 1 else 0
        return message.forms[form].format_map(values)

    return say


def marked(sentence: str, **values: object) -> Markup:
    """A sentence with values in bold: `marked(t("domain", name="{name}"), name=host)`."""
    bold = {name: Markup("<b>{}</b>").format(value) for name, value in values.items()}
    return Markup(str(escape(sentence)).format_map(bold))  # noqa: S704 - escaped just before


def _read(path: Path, language: str) -> dict[str, Message]:
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    form_of = gettext.c2py(catalog.plural_expr)
    found = {}
    for message in catalog:
        name = message.id if isinstance(message.id, str) else message.id[0]
        said = message.string or ""
        if name:
            found[name] = Message((said,) if isinstance(said, str) else tuple(said), form_of)
    return found
