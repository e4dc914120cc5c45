"""What a screen is given: the parts of the client that outlive it, handed on instead of looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desk_client.change_bus import ChangeBus
from desk_client.client_settings import ClientSettings
from desk_client.connection import Connection
from desk_client.drafts.keeper import DraftKeeper
from desk_client.language import Language
from desk_client.leases.keeper import LeaseKeeper
from desk_client.messages import Messages
from desk_client.reference_store import ReferenceStore
from desk_client.runner import DbRunner
from desk_client.theme import Theme
from shared.config import Profile
from shared.schemas.session import DeskSession


@dataclass(frozen=True, slots=True)
class ClientContext:
    """Made once in ``app.py``, when the desk has said who this machine is."""

    session: DeskSession
    runner: DbRunner
    bus: ChangeBus
    messages: Messages
    reference: ReferenceStore
    theme: Theme
    language: Language
    settings: ClientSettings
    profile: Profile
    leases: LeaseKeeper
    connection: Connection
    may_save: Callable[[], bool]  # whether the desk takes changes of who sits here, by what it said last
    drafts: DraftKeeper | None = None  # None: nothing is journalled
