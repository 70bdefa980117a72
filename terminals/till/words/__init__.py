"""The register's sentences, German and English side by side: `words_of("de")("pay.card")`.

Every module here has `WORDS: Mapping[str, tuple[str, str]]`, id to (German, English); a group of
screens brings its own module, and nothing else is edited. Placeholders are named in braces.
U+00AD marks where a long word may break, U+2011 a hyphen where none may.
"""

from collections.abc import Callable, Mapping
from functools import cache

from terminals.till.gathering import gathered
from terminals.till.pages.frame import Language

Say = Callable[..., str]
COLUMN: Mapping[Language, int] = {"de": 0, "en": 1}


@cache
def catalogue() -> Mapping[str, tuple[str, str]]:
    """Every sentence by its id. Raises ValueError for an id that two modules say differently."""
    return gathered(__name__, __path__, "WORDS")


def words_of(language: Language) -> Say:
    """What turns an id and its values into a sentence. It raises KeyError for an unknown id."""
    column = COLUMN[language]

    def say(name: str, /, **values: object) -> str:
        return catalogue()[name][column].format_map(values)

    return say
