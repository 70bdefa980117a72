"""What an error says: its HTTP status and one sentence in German and in English."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """What an error is answered with when it is raised; a stored refusal is always a 422."""

    status: int
    german: str
    english: str


def no(german: str, english: str) -> Sentence:
    """A refusal."""
    return Sentence(422, german, english)


def wrong(german: str, english: str) -> Sentence:
    """A request that can never be right."""
    return Sentence(400, german, english)
