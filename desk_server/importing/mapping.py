"""The map of a log: which column is what. A TOML file, checked in one go, with sentences that name the key."""

from __future__ import annotations

import tomllib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from desk_server.importing.fields import FIELDS, custom_name, field_name, public_name
from desk_server.importing.times import TimeReader, check_format
from shared.domain.status import Status
from shared.errors import UserError
from shared.schemas.base import Frozen

SHOWN_ERRORS = 10
NO_FIELD = {
    "status": "the status follows from the events: say which event means which status under [status]",
    "reported_at": "a ticket is reported at its first event: the column is log.at",
    "number": "the desk numbers its tickets itself; the source's own name is kept from log.ticket",
    "external_id": "the source's own ticket name is kept from log.ticket",
    "duplicate_of": "duplicates can't be imported",
}


class MapError(UserError):
    """The map can't be used."""


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_text)]
Column = Annotated[str, Field(min_length=1)]


class LogColumns(Frozen):
    """``[log]``: the columns that every event has, and how the file is written."""

    ticket: Column
    event: Column
    at: Column
    by: Column | None = None
    time_format: str = ""
    time_zone: str = "UTC"
    null: tuple[str, ...] = ("",)
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    quote: Annotated[str, Field(max_length=1)] = '"'
    encoding: str | None = None
    source: Annotated[str, Field(min_length=1)] | None = None

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (OSError, ValueError, KeyError):  # a missing zone is a KeyError, a folder's name an OSError
            raise ValueError(f"there is no time zone {value!r}; write it as Europe/Rome") from None
        return value

    @field_validator("time_format")
    @classmethod
    def _good_format(cls, value: str) -> str:
        check_format(value)
        return value

    @field_validator("by", mode="before")
    @classmethod
    def _no_person(cls, value: Any) -> Any:
        return value or None


class LogMap(Frozen):
    """A whole map. Field names are those of ``importing.fields``; the values of ``ticket`` are columns."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    log: LogColumns
    ticket: dict[str, Column] = Field(default_factory=dict)
    default: dict[str, Text] = Field(default_factory=dict)
    status: dict[str, Status] = Field(default_factory=dict)

    @field_validator("ticket", "default", mode="before")
    @classmethod
    def _plain_names(cls, value: Any) -> Any:
        return {field_name(key): entry for key, entry in value.items()} if isinstance(value, dict) else value

    @field_validator("status")
    @classmethod
    def _trimmed(cls, value: dict[str, Status]) -> dict[str, Status]:
        return {event.strip(): status for event, status in value.items()}

    @model_validator(mode="after")
    def _known_fields(self) -> LogMap:
        for table, names in (("ticket", self.ticket), ("default", self.default)):
            for name in names:
                _check_field(table, name)
        if {"waiting_for_staff", "waiting_for_department"} <= {*self.ticket, *self.default}:
            raise ValueError("a ticket waits for a person or for a department: map one of the two")
        self._check_defaults()
        return self

    def _check_defaults(self) -> None:
        times = TimeReader(self.log.time_format, self.log.time_zone)
        for name, value in self.default.items():
            if name == "status":
                if value not in list(Status):
                    raise ValueError(f"[default] status: there is no status {value!r}; there are {_listed(Status)}")
            elif fault := FIELDS[name].fault(value, times) if name in FIELDS else None:
                raise ValueError(f"[default] {name}: {fault}")

    @property
    def fields(self) -> tuple[str, ...]:
        """The desk fields that the map fills, by column or by default, in a fixed order."""
        return tuple(sorted((*self.ticket, *(name for name in self.default if name not in (*self.ticket, "status")))))

    @property
    def columns(self) -> dict[str, str]:
        """Every column that the map names: {key of the map: column}."""
        log = {f"log.{key}": getattr(self.log, key) for key in ("ticket", "event", "at", "by")}
        return {
            **{key: column for key, column in log.items() if column},
            **{f"ticket.{field}": column for field, column in self.ticket.items()},
        }


def _check_field(table: str, name: str) -> None:
    if name in FIELDS or custom_name(name) or (table == "default" and name == "status"):
        return
    if name in NO_FIELD:
        raise ValueError(f"[{table}] {name}: {NO_FIELD[name]}")
    raise ValueError(
        f"[{table}] {name}: a ticket has no such field. Its fields are {_listed(map(public_name, FIELDS))}, "
        "and custom.NAME for a field of your own"
    )


def _listed(names: Any) -> str:
    return ", ".join(str(name) for name in names)


def load_map(path: Path) -> LogMap:
    """The map in ``path``; MapError with a sentence for each thing that is wrong with it."""
    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise MapError(f"The map {path} can't be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise MapError(f"The map {path} is not written in UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise MapError(f"The map {path} is no valid TOML: {error}.") from None
    return parse_map(content, str(path))


def parse_map(content: dict[str, Any], name: str = "map") -> LogMap:
    """The map that ``content`` holds; ``name`` is for the sentences."""
    content = _flat_custom(content)
    try:
        return LogMap.model_validate(content)
    except ValidationError as error:
        sentences = [_sentence(fault) for fault in error.errors()[:SHOWN_ERRORS]]
        raise MapError(f"The map {name} can't be used: " + "; ".join(sentences) + ".") from None


def _flat_custom(content: dict[str, Any]) -> dict[str, Any]:
    """TOML reads ``custom.site = "Site"`` as a table in a table: {"custom": {"site": ...}}."""
    flat = dict(content)
    for table in ("ticket", "default"):
        fields = flat.get(table)
        if isinstance(fields, dict) and isinstance(fields.get("custom"), dict):
            own = {f"custom.{key}": value for key, value in fields["custom"].items()}
            flat[table] = {**{key: value for key, value in fields.items() if key != "custom"}, **own}
    return flat


def _sentence(fault: Any) -> str:
    table, *rest = (str(part) for part in fault["loc"]) if fault["loc"] else ("",)
    key = ".".join(rest)
    where = f"[{table}] {key}".strip() if table else ""
    match fault["type"]:
        case "missing":
            return f"[{table}] needs the key {key!r}" if key else f"the table [{table}] is missing"
        case "extra_forbidden":
            return _unknown_key(table, key)
        case "value_error":
            said = str(fault["ctx"]["error"])
            return f"{where}: {said}" if where else said
        case "enum":
            return f"{where}: there is no status {fault['input']!r}; there are {_listed(Status)}"
        case "string_type":
            return f"{where} must be a text in quotes"
        case _:
            return f"{where}: {fault['msg'][0].lower()}{fault['msg'][1:]}"


def _unknown_key(table: str, key: str) -> str:
    if not key:
        return f"there is no table [{table}]; the tables are [log], [ticket], [default], [status]"
    return f"[{table}] has no key {key!r}; its keys are {_listed(LogColumns.model_fields)}"
