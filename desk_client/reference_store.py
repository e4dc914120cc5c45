"""What dropdowns offer and what codes are called, in memory: read once, looked up on the GUI thread."""

from __future__ import annotations

from collections import defaultdict

from PySide6.QtCore import QObject, Signal

from shared.schemas.reference import Choice, Department, FieldRule, Named, ReferenceData
from shared.schemas.session import Person

EMPTY = ReferenceData(
    choices=(), dependent_choices=frozenset(), field_rules=(), products=(), releases=(), hardware_revisions=(),
    release_hardware=frozenset(), staff=(), departments=(),
)  # fmt: skip


class ReferenceStore(QObject):
    """Holds ``ReferenceData`` and answers in the language of the window.

    A retired value is not offered; the dropdown of a row that has it still shows it.

    Signals:
        changed(): other data or another language; dropdowns fill themselves again.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._language = "en"
        self._index(EMPTY)

    @property
    def language(self) -> str:
        """'en' or 'zh_CN'."""
        return self._language

    @property
    def data(self) -> ReferenceData:
        """All of it as it was read."""
        return self._data

    def set_language(self, language: str) -> None:
        """Answer in this language from now on."""
        if language != self._language:
            self._language = language
            self.changed.emit()

    def load(self, data: ReferenceData) -> None:
        """Take what was read from the desk."""
        self._index(data)
        self.changed.emit()

    def _index(self, data: ReferenceData) -> None:
        self._data = data
        self._lists: dict[str, list[Choice]] = defaultdict(list)
        for choice in sorted(data.choices, key=lambda c: c.position):
            self._lists[choice.list_code].append(choice)
        self._by_code = {(c.list_code, c.code): c for c in data.choices}
        self._rules = {(r.entity, r.field): r for r in data.field_rules}
        self._products = {p.id: p for p in data.products}
        self._releases = {r.id: r for r in data.releases}
        self._hardware = {h.id: h for h in data.hardware_revisions}
        self._staff = {p.id: p for p in data.staff}
        self._departments = {d.id: d for d in data.departments}
        self._departments_by_code = {d.code: d for d in data.departments}

    # -- choices ---------------------------------------------------------------------------------------------------

    def choice(self, list_code: str, code: str | None) -> Choice | None:
        """The choice with that code, retired or not."""
        return self._by_code.get((list_code, code or ""))

    def choice_label(self, list_code: str, code: str | None) -> str:
        """What a code is called; the code itself where it is unknown, '' for none."""
        found = self.choice(list_code, code)
        return found.label(self._language) if found else (code or "")

    def choices(self, list_code: str, *, parent: tuple[str, str | None] | None = None) -> list[Choice]:
        """What a dropdown offers. ``parent`` (list, code) narrows it; an empty parent code offers nothing."""
        offered = [c for c in self._lists[list_code] if not c.is_retired]
        if parent is None:
            return offered
        above = self.choice(*parent)
        if above is None:
            return []
        return [c for c in offered if (above.id, c.id) in self._data.dependent_choices]

    # -- fields ----------------------------------------------------------------------------------------------------

    def rule(self, entity: str, field: str) -> FieldRule | None:
        """What the administrator says of a field."""
        return self._rules.get((entity, field))

    def field_label(self, entity: str, field: str) -> str:
        """What a field is called."""
        rule = self.rule(entity, field)
        return rule.label(self._language) if rule else field.removesuffix("_id").replace("_", " ").capitalize()

    def field_help(self, entity: str, field: str) -> str:
        """A field's help text, '' where there is none."""
        rule = self.rule(entity, field)
        return rule.help(self._language) if rule else ""

    # -- rows ------------------------------------------------------------------------------------------------------

    def products(self) -> list[Named]:
        """Products on offer."""
        return [p for p in self._data.products if not p.is_retired]

    def releases(self, product_id: int | None) -> list[Named]:
        """Releases of a product."""
        return [r for r in self._data.releases if r.parent_id == product_id and not r.is_retired]

    def hardware_revisions(self, product_id: int | None, release_id: int | None) -> list[Named]:
        """Hardware revisions of a product that the release (None: any) runs on."""
        return [
            h
            for h in self._data.hardware_revisions
            if h.parent_id == product_id
            and not h.is_retired
            and (release_id is None or (release_id, h.id) in self._data.release_hardware)
        ]

    def product(self, product_id: int | None) -> Named | None:
        """The product with that id."""
        return self._products.get(product_id or 0)

    def release(self, release_id: int | None) -> Named | None:
        """The release with that id."""
        return self._releases.get(release_id or 0)

    def hardware_revision(self, hardware_id: int | None) -> Named | None:
        """The hardware revision with that id."""
        return self._hardware.get(hardware_id or 0)

    def staff(self) -> tuple[Person, ...]:
        """All of our people."""
        return self._data.staff

    def person(self, staff_id: int | None) -> Person | None:
        """One of our people."""
        return self._staff.get(staff_id or 0)

    def departments(self) -> list[Department]:
        """Departments on offer."""
        return [d for d in self._data.departments if not d.is_retired]

    def department(self, department_id: int | None) -> Department | None:
        """The department with that id."""
        return self._departments.get(department_id or 0)

    def department_by_code(self, code: str | None) -> Department | None:
        """The department with that code."""
        return self._departments_by_code.get(code or "")
