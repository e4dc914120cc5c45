"""Old and new clients are told so in a sentence."""

import pytest

from shared import SCHEMA_REVISION, __version__
from shared.errors import VersionGateError
from shared.queries.session import check_gate
from shared.schemas.session import VersionGate


@pytest.mark.parametrize("min_client", ["0.0.9", "0.1.0", "0.1"])
@pytest.mark.parametrize("revision", ["0003", "0004", "0010"])
def test_a_fitting_client_passes(min_client: str, revision: str) -> None:
    check_gate(VersionGate(schema_revision=revision, min_client=min_client), "0.1.0", "0003")


@pytest.mark.parametrize("min_client", ["0.1.1", "0.2", "0.10.0", "1.0.0"])
def test_an_old_client_is_told(min_client: str) -> None:
    with pytest.raises(VersionGateError, match="too old") as caught:
        check_gate(VersionGate(schema_revision="0003", min_client=min_client), "0.1.0", "0003")
    assert caught.value.client_too_old
    assert min_client in str(caught.value)


def test_a_client_newer_than_the_schema_is_told() -> None:
    with pytest.raises(VersionGateError, match="newer than the desk") as caught:
        check_gate(VersionGate(schema_revision="0002", min_client="0.1.0"), "0.1.0", "0003")
    assert not caught.value.client_too_old


def test_this_client_fits_its_own_schema() -> None:
    check_gate(VersionGate(schema_revision=SCHEMA_REVISION, min_client=__version__), __version__, SCHEMA_REVISION)
