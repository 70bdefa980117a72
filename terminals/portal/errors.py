"""What the portal says no to, one class each, under the terminals' root.

TerminalsError
├── CodeRefused          an activation code opens nothing; `code` says why
├── ChildTaken           another household's wallet pays for the child already
├── EmailMalformed       nothing that a letter could be sent to
├── EmailTaken           the address belongs to another payer
├── NicknameMalformed    a name for a child of more than 40 characters
├── SignUnknown          not one of the six picture signs
├── MarkOutOfRange       a low-balance mark below 5 or above 50 euros
├── InvitationRefused    an invitation that is over, unknown, or not possible; `code` says why
├── PasskeyRefused       what the authenticator sent proves nothing
├── PaymentPending       money that may still arrive keeps an account from being erased
└── BalanceNotZero       an account with money or debts on it is closed before it is erased
"""

from dataclasses import dataclass

from terminals.errors import TerminalsError


class CodeRefused(TerminalsError):
    """The code opens nothing: code_unknown, code_used, code_expired or too_many_tries."""

    def __init__(self, code: str, wait_seconds: int = 0) -> None:
        super().__init__(code)
        self.code = code  # type: ignore[misc]
        self.data = {"wait_seconds": wait_seconds} if wait_seconds else {}


@dataclass
class ChildTaken(TerminalsError):
    """The child has a wallet with money on it, or one that somebody else pays with."""

    child: str
    code = "child_taken"


@dataclass
class EmailMalformed(TerminalsError):
    """No address a letter could be sent to."""

    code = "email_malformed"


@dataclass
class EmailTaken(TerminalsError):
    """The address belongs to another payer."""

    code = "email_taken"


@dataclass
class NicknameMalformed(TerminalsError):
    """A nickname has 1 to 40 characters in one line."""

    code = "nickname_malformed"


@dataclass
class SignUnknown(TerminalsError):
    """Not one of the six picture signs."""

    sign: str
    code = "sign_unknown"


@dataclass
class MarkOutOfRange(TerminalsError):
    """The low-balance mark is from 5 to 50 euros."""

    cents: int
    code = "mark_out_of_range"


class InvitationRefused(TerminalsError):
    """invitation_over, invitation_own, invitation_pending or invitation_pattern."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code  # type: ignore[misc]
        self.data: dict[str, object] = {}


@dataclass
class PasskeyRefused(TerminalsError):
    """The answer of the authenticator proves nothing."""

    code = "passkey_refused"


@dataclass
class BalanceNotZero(TerminalsError):
    """There is still money or a debt on the wallet."""

    balance_cents: int
    code = "balance_not_zero"


@dataclass
class PaymentPending(TerminalsError):
    """A payment of this wallet may still arrive."""

    code = "payment_pending"
