"""Passkeys: a telephone or a computer signs in with a finger, a face or its PIN (WebAuthn).

Challenges are ours, kept here, taken once and good for minutes. A counter that goes back means
a copied key: it opens nothing any more. We keep the public key and nothing about the device.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from terminals.portal.errors import PasskeyRefused
from terminals.portal.payers import Payer
from terminals.portal.tables import passkey, passkey_challenge, payer

VALID = timedelta(minutes=5)
MOST_PER_PAYER = 10


@dataclass(frozen=True, slots=True)
class Site:
    """Whom a passkey is for: the city's name and its public origin, `https://host`."""

    city: str
    origin: str

    @property
    def host(self) -> str:
        """What browsers call the relying party's id."""
        return urlsplit(self.origin).hostname or "localhost"


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey of a payer; name: the browser it was made in."""

    id: UUID
    name: str
    added_at: datetime
    used_at: datetime | None


def passkeys_of(session: Session, payer_code: str) -> list[Passkey]:
    """The passkeys of a payer, the newest first."""
    rows = session.execute(
        select(passkey.c.id, passkey.c.name, passkey.c.added_at, passkey.c.used_at)
        .where(passkey.c.payer == payer_code)
        .order_by(passkey.c.added_at.desc(), passkey.c.id)
    )
    return [Passkey(*row) for row in rows]


def ask_to_add(session: Session, known: Payer, site: Site, *, at: datetime) -> str:
    """The options for `navigator.credentials.create`, as JSON. Raises PasskeyRefused for more
    than anybody needs."""
    held = session.scalars(select(passkey.c.credential).where(passkey.c.payer == known.code)).all()
    if len(held) >= MOST_PER_PAYER:
        raise PasskeyRefused
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=site.city,
        user_name=known.email,
        user_id=known.handle.bytes,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in held],
    )
    _keep(session, options.challenge, known.code, at)
    return options_to_json(options)


def add_passkey(
    session: Session, known: Payer, answer: Mapping[str, Any], challenge: bytes, *, site: Site,
    name: str, at: datetime,
) -> Passkey:  # fmt: skip
    """Keep the public key the authenticator made. Raises PasskeyRefused."""
    try:
        proven = verify_registration_response(
            credential=dict(answer), expected_challenge=challenge, expected_rp_id=site.host,
            expected_origin=site.origin, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError) as wrong:
        raise PasskeyRefused from wrong
    taken = select(passkey.c.id).where(passkey.c.credential == proven.credential_id)
    if session.scalar(taken) is not None:
        raise PasskeyRefused
    made = Passkey(uuid4(), name, at, None)
    row = {
        "id": made.id, "credential": proven.credential_id, "payer": known.code,
        "public_key": proven.credential_public_key, "sign_count": proven.sign_count,
        "name": name, "added_at": at,
    }  # fmt: skip
    session.execute(insert(passkey), [row])
    return made


def take_challenge(
    session: Session, answer: Mapping[str, Any], *, adding: str | None, at: datetime
) -> bytes | None:
    """The challenge that was signed, if it is ours for this purpose; nobody gets it twice.

    adding: the payer who adds a passkey, None where somebody signs in. It is committed before
    the answer is looked at, so that a wrong answer uses it up as well. Raises PasskeyRefused for
    what is no answer.
    """
    try:
        signed = base64url_to_bytes(answer["response"]["clientDataJSON"])
        challenge = parse_client_data_json(signed).challenge
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise PasskeyRefused from wrong
    taken: bytes | None = session.scalar(
        delete(passkey_challenge)
        .where(
            passkey_challenge.c.challenge == challenge,
            passkey_challenge.c.payer.is_not_distinct_from(adding),
            passkey_challenge.c.expires_at > at,
        )
        .returning(passkey_challenge.c.challenge)
    )
    return taken


def ask_to_sign_in(session: Session, site: Site, *, at: datetime) -> str:
    """The options for `navigator.credentials.get`, as JSON; they are the same for everybody."""
    options = generate_authentication_options(
        rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED
    )
    _keep(session, options.challenge, None, at)
    return options_to_json(options)


def payer_of_passkey(
    session: Session, answer: Mapping[str, Any], challenge: bytes, *, site: Site, at: datetime
) -> str:
    """The code of the payer whose passkey signed our challenge. Raises PasskeyRefused."""
    row = session.execute(
        select(passkey, payer.c.handle)
        .join(payer, payer.c.code == passkey.c.payer)
        .where(passkey.c.credential == _credential(answer), payer.c.erased_at.is_(None))
        .with_for_update(of=passkey)
    ).one_or_none()
    if row is None:
        raise PasskeyRefused
    try:
        proven = verify_authentication_response(
            credential=dict(answer), expected_challenge=challenge, expected_rp_id=site.host,
            expected_origin=site.origin, credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count, require_user_verification=True,
        )  # fmt: skip
        handle = base64url_to_bytes(answer["response"].get("userHandle") or "")
    except (WebAuthnException, ValueError, KeyError, TypeError) as wrong:
        raise PasskeyRefused from wrong
    if handle and handle != row.handle.bytes:
        raise PasskeyRefused
    used = update(passkey).where(passkey.c.id == row.id)
    session.execute(used.values(sign_count=proven.new_sign_count, used_at=at))
    code: str = row.payer
    return code


def remove_passkey(session: Session, payer_code: str, passkey_id: UUID) -> bool:
    """Forget one passkey of this payer; False for another's."""
    gone = session.execute(
        delete(passkey)
        .where(passkey.c.id == passkey_id, passkey.c.payer == payer_code)
        .returning(passkey.c.id)
    )
    return gone.one_or_none() is not None


def forget_passkeys(session: Session, payer_code: str) -> None:
    """All of them go with the payer."""
    session.execute(delete(passkey).where(passkey.c.payer == payer_code))
    session.execute(delete(passkey_challenge).where(passkey_challenge.c.payer == payer_code))


def answer_of(body: bytes) -> Mapping[str, Any]:
    """What a browser sent, if it is an object. Raises PasskeyRefused."""
    try:
        found = json.loads(body)
    except ValueError as wrong:
        raise PasskeyRefused from wrong
    if not isinstance(found, dict) or not isinstance(found.get("response"), dict):
        raise PasskeyRefused
    return found


def _keep(session: Session, challenge: bytes, payer_code: str | None, at: datetime) -> None:
    row = {"challenge": challenge, "payer": payer_code, "expires_at": at + VALID}
    session.execute(insert(passkey_challenge), [row])
    session.execute(delete(passkey_challenge).where(passkey_challenge.c.expires_at < at - VALID))


def _credential(answer: Mapping[str, Any]) -> bytes:
    try:
        return base64url_to_bytes(answer["rawId"])
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise PasskeyRefused from wrong
