"""The profile folder, and what libpq is told."""

import json
import uuid
from pathlib import Path

import pytest
from psycopg2.extensions import make_dsn, parse_dsn

from shared import __version__
from shared.config import (
    CA_FILE,
    CERTIFICATE_FILE,
    KEY_FILE,
    NEXT_CERTIFICATE_FILE,
    NEXT_KEY_FILE,
    PROFILE_FILE,
    Profile,
)
from shared.errors import ProfileError
from shared.key_store import PASSWORD_FILE


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    folder = tmp_path / "Profil 支持"
    profile = Profile(directory=folder, host="127.0.0.1", port=5433, machine="pc-0417")
    profile.save()
    for name in (KEY_FILE, CERTIFICATE_FILE, CA_FILE):
        (folder / name).write_text("x")
    return profile


def test_saved_and_loaded_is_the_same(profile: Profile) -> None:
    assert Profile.load(profile.directory) == profile
    assert {file.name for file in profile.directory.iterdir()} == {PROFILE_FILE, KEY_FILE, CERTIFICATE_FILE, CA_FILE}


def test_saving_again_replaces(profile: Profile) -> None:
    profile.model_copy(update={"port": 6000}).save()
    assert Profile.load(profile.directory).port == 6000


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '"x"', '{"host": 1}', '{"host": "h", "port": "no", "machine": "m"}']
)
def test_a_damaged_profile_is_a_sentence(profile: Profile, content: str) -> None:
    (profile.directory / PROFILE_FILE).write_text(content)
    with pytest.raises(ProfileError, match="is damaged"):
        Profile.load(profile.directory)


def test_no_profile_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="There is no machine profile in"):
        Profile.load(tmp_path / "nowhere")


@pytest.mark.parametrize("name", [KEY_FILE, CERTIFICATE_FILE, CA_FILE])
def test_a_missing_key_is_named(profile: Profile, name: str) -> None:
    (profile.directory / name).unlink()
    with pytest.raises(ProfileError, match=f"lacks {name}"):
        Profile.load(profile.directory)


def test_nothing_but_the_address_is_stored(profile: Profile) -> None:
    stored = json.loads((profile.directory / PROFILE_FILE).read_text(encoding="utf-8"))
    assert stored == {"host": "127.0.0.1", "port": 5433, "database": "desk", "machine": "pc-0417"}


def test_connections_prove_the_server_and_the_machine(profile: Profile) -> None:
    arguments = profile.connect_args()
    assert arguments["user"] == "m_pc-0417"
    assert arguments["sslmode"] == "verify-full"
    assert arguments["ssl_min_protocol_version"] == "TLSv1.3"
    assert parse_dsn(make_dsn(**arguments))["sslkey"] == str(profile.directory / KEY_FILE)
    assert arguments["options"] == f"-c desk.version={__version__}"


def test_person_and_session_are_stated(profile: Profile) -> None:
    session = uuid.uuid4()
    options = profile.connect_args(person="li na\\x", session=session)["options"]
    assert options == f"-c desk.version={__version__} -c desk.person=li\\ na\\\\x -c desk.session={session}"


def names_of(profile: Profile) -> tuple[str, str]:
    key, certificate = profile.pair()
    assert profile.connect_args()["sslkey"] == str(key)
    assert profile.connect_args()["sslcert"] == str(certificate)
    return key.name, certificate.name


def test_at_every_step_of_a_renewal_key_and_certificate_fit_each_other(profile: Profile) -> None:
    folder = profile.directory
    assert names_of(profile) == (KEY_FILE, CERTIFICATE_FILE)
    (folder / NEXT_KEY_FILE).write_text("new")
    assert names_of(profile) == (KEY_FILE, CERTIFICATE_FILE)
    (folder / NEXT_CERTIFICATE_FILE).write_text("new")
    assert names_of(profile) == (NEXT_KEY_FILE, NEXT_CERTIFICATE_FILE)
    (folder / NEXT_KEY_FILE).replace(folder / KEY_FILE)
    assert names_of(profile) == (KEY_FILE, NEXT_CERTIFICATE_FILE)
    (folder / NEXT_CERTIFICATE_FILE).replace(folder / CERTIFICATE_FILE)
    assert names_of(profile) == (KEY_FILE, CERTIFICATE_FILE)
    assert (folder / KEY_FILE).read_text() == (folder / CERTIFICATE_FILE).read_text() == "new"


def test_the_password_of_the_key_comes_with_the_connection(profile: Profile) -> None:
    assert "sslpassword" not in profile.connect_args()
    (profile.directory / PASSWORD_FILE).write_text("a secret\n")
    profile.model_copy(update={"key_password": "file"}).save()
    encrypted = Profile.load(profile.directory)
    assert encrypted.connect_args()["sslpassword"] == "a secret"
    (profile.directory / PASSWORD_FILE).unlink()
    with pytest.raises(ProfileError, match=f"lacks {PASSWORD_FILE}"):
        Profile.load(profile.directory)


def test_the_connection_string_is_libpqs_own(profile: Profile) -> None:
    (profile.directory / PASSWORD_FILE).write_text("it's a \\ secret\n")
    encrypted = profile.model_copy(update={"key_password": "file"})
    without = parse_dsn(encrypted.dsn(with_secret=False))
    assert without["sslkey"] == str(profile.directory / KEY_FILE)
    assert "sslpassword" not in without
    assert {**without, "sslpassword": "it's a \\ secret"} == parse_dsn(encrypted.dsn(with_secret=True))
    arguments = encrypted.connect_args()
    assert all(str(arguments[name]) == value for name, value in without.items())
    assert without["sslmode"] == "verify-full"
