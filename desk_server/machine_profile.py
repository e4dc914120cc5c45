"""A machine's profile written by the server itself: for this computer, or for tests and the demo."""

from __future__ import annotations

from pathlib import Path

from desk_server.authority import Certificate
from desk_server.desk import Desk
from shared.config import (
    CA_FILE,
    CERTIFICATE_FILE,
    NEXT_CERTIFICATE_FILE,
    NEXT_KEY_FILE,
    PROFILE_FILE,
    Profile,
)
from shared.errors import ProfileError, UserError
from shared.files import write_atomic
from shared.key_store import KEY_FILE, new_key, write_key


def check_folder(profile: Path, name: str) -> None:
    """UserError unless the folder is free, or the machine's own, and can be made."""
    if (profile / PROFILE_FILE).exists():
        try:
            owner = Profile.load(profile).machine
        except ProfileError:
            owner = name  # half made by a killed run, or damaged: made anew
        if owner != name:
            raise UserError(f"{profile} holds the profile of machine {owner}; choose another folder.")
    elif (profile / KEY_FILE).exists() and not (profile / CA_FILE).exists():
        raise UserError(f"{profile} holds a {KEY_FILE} that is not ours; choose another folder.")
    try:
        profile.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"The folder {profile} can't be made: {error.strerror or error}.") from error


def write_profile(desk: Desk, name: str, profile: Path) -> tuple[Profile, Certificate]:
    """Key, certificate, CA and address; the certificate is good once it is entered in the database."""
    profile = profile.absolute()
    key = new_key()
    certificate = desk.authority.sign_machine(name, key.public_key())
    for file in (NEXT_KEY_FILE, NEXT_CERTIFICATE_FILE):  # of a renewal that was under way
        (profile / file).unlink(missing_ok=True)
    write_atomic(profile / CA_FILE, desk.authority.certificate_file.read_bytes())
    # the password in a file: whoever uses the profile may be another one than whoever runs this, with another store
    kept = write_key(profile, key, use_store=False)
    write_atomic(profile / CERTIFICATE_FILE, certificate.pem)
    made = Profile(
        directory=profile,
        host=desk.host,
        port=desk.settings.port,
        machine=name,
        key_password=kept.place,
        key_id=kept.key_id,
    )
    made.save()
    return made, certificate
