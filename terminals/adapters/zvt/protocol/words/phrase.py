"""A phrase in both languages of the house."""

from typing import Literal, NamedTuple

Language = Literal["en", "de"]


class Phrase(NamedTuple):
    """The same in English and German."""

    english: str
    german: str

    def said(self, language: Language) -> str:
        """The phrase in one of them."""
        return self.german if language == "de" else self.english
