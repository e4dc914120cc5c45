"""One try to enrol, on disk: what a second try after a kill goes on with. It holds no secret but the encrypted key.

All of it lies in the folder ``enrolling`` of the profile until the certificate is there and has been logged in with.
An earlier profile of the machine is not touched before that.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shared.config import CA_FILE, CERTIFICATE_FILE, NEXT_CERTIFICATE_FILE, NEXT_KEY_FILE, PROFILE_FILE, Profile
from shared.domain.enrolment import EnrolmentCode
from shared.errors import FolderError, KeyStoreError, NotSignedError, OtherMachineError, ProfileError
from shared.files import PRIVATE, PUBLIC, write_atomic
from shared.key_store import (
    KEY_FILE,
    PASSWORD_FILE,
    KeyPassword,
    forget_password,
    new_key,
    read_password,
    write_key,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

FOLDER = "enrolling"
STATE_FILE = "request.json"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, the same however often: the code's hash tells whose it is, and gives nothing away."""

    code_hash: str
    request: str
    csr: str
    kept: KeyPassword


class Attempt:
    """The folder of one try, for one code."""

    def __init__(self, profile: Path, code: EnrolmentCode) -> None:
        self._profile = profile
        self._code = code
        self.folder = profile / FOLDER

    def begin(self, authority: str, *, use_store: bool) -> Request:
        """The stored request of this code, else a new one with a new key. An earlier code's is given up."""
        self._make_folders()
        stored = self._stored()
        if stored is not None and self._has_key(stored.kept):
            write_atomic(self.folder / CA_FILE, authority)
            return stored
        self.give_up()
        self._make_folders()
        write_atomic(self.folder / CA_FILE, authority)
        key = new_key()
        kept = write_key(self.folder, key, use_store=use_store)
        request = Request(
            self._code.secret_hash().hex(), str(uuid.uuid4()), certificate_request(key, self._code.machine), kept
        )
        write_atomic(self.folder / STATE_FILE, json.dumps(asdict(request), indent=2) + "\n")
        return request

    def _make_folders(self) -> None:
        for folder in (self._profile, self.folder):
            make_folder(folder)

    def give_up(self) -> None:
        """The code is of no use: take the key and its password away, and the folder where nothing else is in it."""
        stored = self._read()
        if stored is not None:
            forget_password(stored.kept)
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._profile.is_dir() and not any(self._profile.iterdir()):
            self._profile.rmdir()

    def signed(self, certificate: str, kept: KeyPassword) -> Profile:
        """With the certificate it is a whole profile."""
        if not is_pair(self.folder, kept, certificate):
            raise NotSignedError("The certificate that came back is not for this machine's key. Ask for a new code.")
        write_atomic(self.folder / CERTIFICATE_FILE, certificate)
        return self._describe(self.folder, kept)

    def finish(self, kept: KeyPassword) -> Profile:
        """Put it where the client looks for it; killed in between, the same code does it again."""
        old = _old_password(self._profile)
        for name in (NEXT_CERTIFICATE_FILE, NEXT_KEY_FILE, PROFILE_FILE):  # of a certificate that was replaced by now
            (self._profile / name).unlink(missing_ok=True)
        private = [KEY_FILE, PASSWORD_FILE] if kept.place == "file" else [KEY_FILE]
        for name in (CA_FILE, *private, CERTIFICATE_FILE):
            mode = PRIVATE if name in private else PUBLIC
            write_atomic(self._profile / name, (self.folder / name).read_bytes(), mode)
        if kept.place != "file":
            (self._profile / PASSWORD_FILE).unlink(missing_ok=True)
        profile = self._describe(self._profile, kept)
        shutil.rmtree(self.folder, ignore_errors=True)
        if old is not None and old != kept:
            forget_password(old)
        return profile

    def _describe(self, folder: Path, kept: KeyPassword) -> Profile:
        profile = Profile(
            directory=folder.absolute(), host=self._code.host, port=self._code.port, machine=self._code.machine,
            key_password=kept.place, key_id=kept.key_id,
        )  # fmt: skip
        profile.save()
        return profile

    def _stored(self) -> Request | None:
        stored = self._read()
        return stored if stored is not None and stored.code_hash == self._code.secret_hash().hex() else None

    def _read(self) -> Request | None:
        try:
            stored = json.loads((self.folder / STATE_FILE).read_text("utf-8"))
            return Request(**{**stored, "kept": KeyPassword(**stored["kept"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None  # killed before it was written: nothing was sent

    def _has_key(self, kept: KeyPassword) -> bool:
        return is_pair(self.folder, kept, None)


def check_folder(profile: Path, machine: str) -> None:
    """OtherMachineError where the folder holds what enrolling this machine would overwrite."""
    if (profile / PROFILE_FILE).exists():
        try:
            owner = Profile.load(profile).machine
        except ProfileError:
            return  # damaged: it is made anew
        if owner != machine:
            raise OtherMachineError(f"{profile} holds the profile of machine {owner}; choose another folder.")
    elif (profile / KEY_FILE).exists() and not (profile / CA_FILE).exists():
        raise OtherMachineError(f"{profile} holds a {KEY_FILE} that is not ours; choose another folder.")


def make_folder(folder: Path) -> None:
    """A folder for its owner alone; ProfileError where it can't be made."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise FolderError(f"The folder {folder} can't be written to.")
    except OSError as error:
        raise FolderError(f"The folder {folder} can't be made: {error.strerror or error}.") from error


def is_pair(folder: Path, kept: KeyPassword, certificate: str | None) -> bool:
    """Whether the key in the folder can be read, and is the one of this certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    try:
        password = read_password(folder, kept)
        key = serialization.load_pem_private_key(
            (folder / KEY_FILE).read_bytes(), password.encode("utf-8") if password is not None else None
        )
        if certificate is None:
            return True
        return x509.load_pem_x509_certificate(certificate.encode("ascii")).public_key() == key.public_key()
    except (OSError, ValueError, TypeError, KeyStoreError):
        return False


def certificate_request(key: EllipticCurvePrivateKey, machine: str) -> str:
    """The request to be signed. The signer takes its public key and nothing else."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.x509.oid import NameOID

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, machine)])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode("ascii")


def _old_password(profile: Path) -> KeyPassword | None:
    try:
        return Profile.load(profile).kept_password()
    except ProfileError:
        return None
