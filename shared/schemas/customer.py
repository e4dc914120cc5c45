"""Customers and contacts, going in. Of the values of a change only those that were set are written."""

from __future__ import annotations

import uuid
from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.schemas.base import Frozen, Storable

Name = Annotated[Storable, Field(min_length=1, max_length=300)]


class CustomerCreate(Frozen):
    """A new customer; its number is given by the database."""

    save_id: uuid.UUID
    name: Name
    short_name: Annotated[Storable, Field(max_length=100)] | None = None
    kind: str | None = None
    tier: str | None = None
    country: Annotated[Storable, Field(max_length=100)] | None = None
    time_zone: str | None = None
    served_by_id: int | None = None
    note: Annotated[Storable, Field(max_length=100_000)] | None = None


class CustomerValues(Frozen):
    """What of a customer may be changed."""

    name: Name | None = None
    short_name: Annotated[Storable, Field(max_length=100)] | None = None
    kind: str | None = None
    tier: str | None = None
    country: Annotated[Storable, Field(max_length=100)] | None = None
    time_zone: str | None = None
    served_by_id: int | None = None
    note: Annotated[Storable, Field(max_length=100_000)] | None = None
    retired_at: AwareDatetime | None = None


class ContactCreate(Frozen):
    """A new person at a customer."""

    save_id: uuid.UUID
    customer_id: int
    name: Name
    title: Annotated[Storable, Field(max_length=300)] | None = None
    phone: Annotated[Storable, Field(max_length=100)] | None = None
    mail: Annotated[Storable, Field(max_length=300)] | None = None
    note: Annotated[Storable, Field(max_length=100_000)] | None = None


class ContactValues(Frozen):
    """What of a contact may be changed."""

    customer_id: int | None = None
    name: Name | None = None
    title: Annotated[Storable, Field(max_length=300)] | None = None
    phone: Annotated[Storable, Field(max_length=100)] | None = None
    mail: Annotated[Storable, Field(max_length=300)] | None = None
    note: Annotated[Storable, Field(max_length=100_000)] | None = None
    retired_at: AwareDatetime | None = None
