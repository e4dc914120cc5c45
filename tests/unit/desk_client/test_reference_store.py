"""Look-ups in memory: labels by language, retired values kept but not offered, dependent values."""

from __future__ import annotations

from typing import Any

import pytest

from desk_client.reference_store import EMPTY, ReferenceStore
from shared.schemas.reference import Choice, Department, FieldRule, Named, ReferenceData
from shared.schemas.session import Person


def choice(number: int, list_code: str, code: str, **more: Any) -> Choice:
    values = {"label_en": code.title(), "label_zh": f"{code}中", "position": number, "is_retired": False} | more
    return Choice(id=number, list_code=list_code, code=code, **values)


DATA = ReferenceData(
    choices=(
        choice(3, "category", "audio"),
        choice(1, "category", "video"),
        choice(2, "category", "tape", is_retired=True),
        choice(10, "symptom", "blocks"),
        choice(11, "symptom", "silence"),
    ),
    dependent_choices=frozenset({(1, 10), (3, 11)}),
    field_rules=(
        FieldRule(
            entity="ticket", field="serial", label_en="Serial number", label_zh="序列号", help_en="On the label",
            help_zh=None, is_required=False, required_status=None, required_kind=None, is_custom=False, position=1,
        ),
    ),
    products=(Named(id=1, code="STB-300", name="Box"), Named(id=2, code="STB-1", name="Old", is_retired=True)),
    releases=(Named(id=5, code="4.2", name="4.2", parent_id=1), Named(id=6, code="1.0", name="1.0", parent_id=2)),
    hardware_revisions=(Named(id=7, code="C1", name="C1", parent_id=1), Named(id=8, code="C2", name="C2", parent_id=1)),
    release_hardware=frozenset({(5, 7)}),
    staff=(Person(id=1, code="chen", name="Chen L.", department_id=1),),
    departments=(Department(id=1, code="support", name_en="Support", name_zh="技术支持部", is_support=True),),
)  # fmt: skip


@pytest.fixture
def store(qapp: object) -> ReferenceStore:
    made = ReferenceStore()
    made.load(DATA)
    return made


def codes(choices: list[Choice]) -> list[str]:
    return [one.code for one in choices]


def test_choices_come_in_their_order_without_the_retired(store: ReferenceStore) -> None:
    assert codes(store.choices("category")) == ["video", "audio"]
    assert store.choice_label("category", "tape") == "Tape"
    assert store.choice_label("category", "unheard of") == "unheard of"
    assert store.choice_label("category", None) == ""


def test_dependent_choices_follow_the_one_above(store: ReferenceStore) -> None:
    assert codes(store.choices("symptom", parent=("category", "video"))) == ["blocks"]
    assert codes(store.choices("symptom", parent=("category", None))) == []


def test_labels_follow_the_language(store: ReferenceStore) -> None:
    told: list[bool] = []
    store.changed.connect(lambda: told.append(True))
    assert store.field_label("ticket", "serial") == "Serial number"
    assert store.field_help("ticket", "serial") == "On the label"
    store.set_language("zh_CN")
    assert store.field_label("ticket", "serial") == "序列号"
    assert store.field_help("ticket", "serial") == ""
    assert store.choice_label("category", "video") == "video中"
    store.set_language("zh_CN")
    assert told == [True]
    assert store.field_label("ticket", "customer_id") == "Customer"  # no rule: its name


def test_rows_and_what_they_depend_on(store: ReferenceStore) -> None:
    assert [one.id for one in store.products()] == [1]
    assert [one.id for one in store.releases(1)] == [5]
    assert [one.id for one in store.hardware_revisions(1, 5)] == [7]
    assert [one.id for one in store.hardware_revisions(1, None)] == [7, 8]
    assert store.product(1) is DATA.products[0]
    assert store.release(None) is None
    assert store.person(1) is DATA.staff[0]
    assert store.department_by_code("support") is DATA.departments[0]


def test_an_empty_store_answers_nothing(qapp: object) -> None:
    store = ReferenceStore()
    assert store.data is EMPTY
    assert store.choices("category") == []
    assert store.hardware_revision(3) is None
