"""The API reference: what a reader needs of an OpenAPI document, group by group."""

from dataclasses import dataclass

from config.web.pages.shell import Shell


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter or one property of a body; `name` of a nested one is dotted."""

    name: str
    type: str
    is_required: bool
    place: str = ""
    description: str = ""
    limits: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """A request's or an answer's content: its fields and one whole example as JSON text."""

    media_type: str
    type: str
    fields: tuple[Field, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One possible answer; `status` is `201`, `4XX` or `default`."""

    status: str
    description: str
    bodies: tuple[Body, ...]

    @property
    def is_problem(self) -> bool:
        """Whether it is a refusal or a fault, not a result."""
        return self.status == "default" or self.status[:1] in {"4", "5"}


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint; `role` is what a caller must be, None when the document does not say."""

    id: str
    method: str
    path: str
    title: str
    description: str
    role: str | None
    is_deprecated: bool
    parameters: tuple[Field, ...]
    request: Answer | None
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The operations of one tag."""

    id: str
    title: str
    description: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class ApiReference:
    """Everything the reference page shows."""

    shell: Shell
    title: str
    version: str
    description: str
    servers: tuple[str, ...]
    groups: tuple[Group, ...]

    @property
    def operation_count(self) -> int:
        return sum(len(group.operations) for group in self.groups)
