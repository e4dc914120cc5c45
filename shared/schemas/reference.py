"""What dropdowns offer and fields are called: read once, kept by the client."""

from __future__ import annotations

from shared.schemas.base import Frozen
from shared.schemas.session import Person


class Choice(Frozen):
    """One value of a choice list."""

    id: int
    list_code: str
    code: str
    label_en: str
    label_zh: str
    position: int
    is_retired: bool

    def label(self, language: str) -> str:
        """The label in ``language`` ('en', 'zh_CN')."""
        return self.label_zh if language.startswith("zh") else self.label_en


class FieldRule(Frozen):
    """What the administrator says of a field; see ``models.choice.FieldRule``."""

    entity: str
    field: str
    label_en: str
    label_zh: str
    help_en: str | None
    help_zh: str | None
    is_required: bool
    required_status: tuple[str, ...] | None
    required_kind: tuple[str, ...] | None
    is_custom: bool
    position: int

    def label(self, language: str) -> str:
        """The label in ``language`` ('en', 'zh_CN')."""
        return self.label_zh if language.startswith("zh") else self.label_en

    def help(self, language: str) -> str:
        """The help text in ``language``, '' where there is none."""
        return (self.help_zh if language.startswith("zh") else self.help_en) or ""

    def required_for(self, status: str, kind: str | None) -> bool:
        """Whether a ticket of ``kind`` that enters ``status`` needs this field."""
        return (
            self.is_required
            and (self.required_status is None or status in self.required_status)
            and (self.required_kind is None or kind in self.required_kind)
        )


class Named(Frozen):
    """A row that a REFERENCE field may point to. ``parent_id`` is what it depends on (a release's product)."""

    id: int
    code: str
    name: str
    parent_id: int | None = None
    is_retired: bool = False


class Department(Frozen):
    """A department of ours."""

    id: int
    code: str
    name_en: str
    name_zh: str
    is_support: bool
    is_retired: bool = False

    def label(self, language: str) -> str:
        """The name in ``language``."""
        return self.name_zh if language.startswith("zh") else self.name_en


class ReferenceData(Frozen):
    """All of it. Customers, contacts, projects and tickets are not here: they are looked up as one types."""

    choices: tuple[Choice, ...]
    dependent_choices: frozenset[tuple[int, int]]  # (parent choice id, child choice id)
    field_rules: tuple[FieldRule, ...]
    products: tuple[Named, ...]
    releases: tuple[Named, ...]  # parent: product
    hardware_revisions: tuple[Named, ...]  # parent: product
    release_hardware: frozenset[tuple[int, int]]  # (release id, hardware revision id)
    staff: tuple[Person, ...]
    departments: tuple[Department, ...]
