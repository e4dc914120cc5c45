"""The profile folder, and what libpq is told."""

import json
import uuid
from pathlib import Path

import pytest
from psycopg2.extensions import make_dsn, parse_dsn

from shared import __version__
from shared.config import CA_FILE, CERTIFICATE_FILE, KEY_FILE, PROFILE_FILE, Profile
from shared.errors import ProfileError


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
