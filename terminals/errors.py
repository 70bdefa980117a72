"""What the terminals' side says no to, one class each, under one root.

TerminalsError
├── BodyMalformed        the body is not one JSON document
├── KeyMissing           a POST without an Idempotency-Key
├── KeyMalformed         an Idempotency-Key that is no UUID
├── KeyConflict          the key was used before for other content
├── Refusal              the books said no, for good; carries their answer
├── OutsideItsPlace      a device acts for a facility or till that is not its own
├── UnknownFacility      the city has no facility of this code
├── UnknownTill          the catalogue has no till of this code
├── UnknownWallet        no wallet has this code
├── UnknownCharge        no charge was made with this key
├── UnknownPass          no pass has this code
├── PassIsOver           the pass has ended, or its last day is past
├── UnknownGuestCode     no printed guest code of this number is in use
├── UnknownDevice        no device of this name is in use
├── EnrolmentRefused     a code lets nobody in, or nobody more; `code` says why
├── DeviceNameTaken      the name belongs, or belonged, to another device
└── DeviceNeedsPlace     a till's device needs a facility; all others have none
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from ledger.entries import Refused
from ledger.outcomes import ChargeInvalid


class TerminalsError(Exception):
    """Root of everything this package refuses by exception."""

    code: ClassVar[str]


@dataclass
class BodyMalformed(TerminalsError):
    """The body is not one JSON document; `reason` says where it stops being one."""

    reason: str
    code = "body_malformed"


@dataclass
class KeyMissing(TerminalsError):
    """A POST came without an Idempotency-Key."""

    code = "idempotency_key_missing"


@dataclass
class KeyMalformed(TerminalsError):
    """The Idempotency-Key is no UUID."""

    given: str
    code = "idempotency_key_malformed"


@dataclass
class KeyConflict(TerminalsError):
    """The key was used before for other content; nothing was booked."""

    key: UUID
    code = "idempotency_key_conflict"


class Refusal(TerminalsError):
    """The books refused for good and will say so again; `outcome` is their stored answer."""

    def __init__(self, outcome: Refused) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.code = outcome.code  # type: ignore[misc]


class Invalid(TerminalsError):
    """The request can never be right as it is; nothing was stored under its key."""

    def __init__(self, outcome: ChargeInvalid) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.code = outcome.code  # type: ignore[misc]


@dataclass
class OutsideItsPlace(TerminalsError):
    """The device belongs to `allowed` and asked for `wanted`."""

    wanted: str
    allowed: str
    code = "outside_its_place"


@dataclass
class UnknownFacility(TerminalsError):
    """The city has no facility of this code."""

    facility: str
    code = "facility_unknown"


@dataclass
class UnknownTill(TerminalsError):
    """The city has no till of this code."""

    till: str
    code = "till_unknown"


@dataclass
class UnknownPass(TerminalsError):
    """No pass has this code."""

    pass_code: str
    code = "pass_unknown"


@dataclass
class PassIsOver(TerminalsError):
    """The pass has ended, or its last day is past."""

    pass_code: str
    code = "pass_ended"


@dataclass
class UnknownGuestCode(TerminalsError):
    """No printed guest code of this number is in use."""

    number: int
    code = "guest_code_unknown"


@dataclass
class UnknownDevice(TerminalsError):
    """No device of this name is in use."""

    name: str
    code = "device_unknown"


class EnrolmentRefused(TerminalsError):
    """No enrolment: enrolment_code_unknown, till_enrolled or too_many_tries, with its data."""

    def __init__(self, code: str, data: Mapping[str, Any]) -> None:
        super().__init__(code)
        self.code = code  # type: ignore[misc]
        self.data = data


@dataclass
class DeviceNameTaken(TerminalsError):
    """The name belongs to another device, or did before that one was revoked."""

    name: str
    code = "device_name_taken"


@dataclass
class DeviceNeedsPlace(TerminalsError):
    """Tills and gates need a facility or till; devices of other roles have none."""

    role: str
    code = "device_needs_place"
