"""The seeded rows asked directly: each question finds the rows that break one rule, and must find none.

A replay sets times aside, and what triggers derive; these questions do not. Each is asked again after a row was
spoiled on purpose (triggers off, rolled back), and must find it then.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.desks import RunningDesk
from tests.integration.demo.replay import UNTIL

END = f"'{UNTIL}'::timestamp AT TIME ZONE 'Asia/Shanghai'"
SEEDED = "SELECT id FROM desk.ticket WHERE origin = 'seed'"
ONE_TICKET = "(SELECT min(ticket_id) FROM desk.ticket_event WHERE status = 'closed')"
LAST_EVENT = f"(SELECT max(id) FROM desk.ticket_event WHERE ticket_id = {ONE_TICKET})"

# what must not be, the question that finds it, and what makes it so
RULES: list[tuple[str, str, str]] = [
    (
        "a ticket without a required field",
        "SELECT t.id FROM desk.ticket t, desk.field_rule r WHERE r.entity = 'ticket' AND r.is_required"
        " AND (r.required_status IS NULL OR t.status = ANY (r.required_status))"
        " AND (r.required_kind IS NULL OR t.kind = ANY (r.required_kind)) AND to_jsonb(t) ->> r.field IS NULL",
        f"UPDATE desk.ticket SET product_id = NULL WHERE id = {ONE_TICKET}",
    ),
    (
        "an ended ticket without its solution",
        "SELECT id FROM desk.ticket WHERE status IN ('resolved', 'closed') AND (resolution IS NULL"
        " OR kind = 'problem' AND (cause IS NULL OR fixed_in_release_id IS NULL))",
        f"UPDATE desk.ticket SET resolution = NULL WHERE id = {ONE_TICKET}",
    ),
    (
        "a value that is no choice",
        "SELECT t.id FROM desk.ticket t, desk.field_rule r WHERE r.entity = 'ticket' AND r.choice_list IS NOT NULL"
        " AND to_jsonb(t) ->> r.field IS NOT NULL AND NOT EXISTS (SELECT FROM desk.choice c"
        " WHERE c.list_code = r.choice_list AND c.code = to_jsonb(t) ->> r.field AND c.retired_at IS NULL)",
        f"UPDATE desk.ticket SET priority = 'whenever' WHERE id = {ONE_TICKET}",
    ),
    (
        "a symptom of another category, or a cause of another symptom",
        "SELECT t.id FROM desk.ticket t, LATERAL (VALUES ('category', 'symptom'), ('symptom', 'cause')) AS f (up, down)"
        " WHERE to_jsonb(t) ->> down IS NOT NULL AND NOT EXISTS (SELECT FROM desk.dependent_choice d"
        " JOIN desk.choice p ON p.id = d.parent_id AND p.list_code = up AND p.code = to_jsonb(t) ->> up"
        " JOIN desk.choice c ON c.id = d.child_id AND c.list_code = down AND c.code = to_jsonb(t) ->> down)",
        f"UPDATE desk.ticket SET category = 'sdk', symptom = 'black_screen' WHERE id = {ONE_TICKET}",
    ),
    (
        "a release of another product",
        "SELECT t.id FROM desk.ticket t JOIN desk.release r ON r.id IN (t.found_in_release_id, t.fixed_in_release_id)"
        " WHERE r.product_id <> t.product_id",
        "UPDATE desk.ticket t SET found_in_release_id = (SELECT min(id) FROM desk.release r WHERE r.product_id <>"
        f" t.product_id) WHERE id = {ONE_TICKET}",
    ),
    (
        "hardware that the release does not run on",
        "SELECT t.id FROM desk.ticket t WHERE t.hardware_revision_id IS NOT NULL AND NOT EXISTS (SELECT"
        " FROM desk.release_hardware m WHERE m.release_id = t.found_in_release_id"
        " AND m.hardware_revision_id = t.hardware_revision_id)",
        "UPDATE desk.ticket SET hardware_revision_id = (SELECT min(id) FROM desk.hardware_revision),"
        f" found_in_release_id = NULL WHERE id = {ONE_TICKET}",
    ),
    (
        "a release that was not out when the ticket was reported",
        "SELECT t.id FROM desk.ticket t JOIN desk.release r ON r.id = t.found_in_release_id WHERE r.released_on >"
        " (t.reported_at AT TIME ZONE 'Asia/Shanghai')::date",
        "UPDATE desk.release SET released_on = '2030-01-01' WHERE id = (SELECT min(found_in_release_id)"
        " FROM desk.ticket)",
    ),
    (
        "a contact or project of another customer",
        "SELECT t.id FROM desk.ticket t LEFT JOIN desk.contact c ON c.id = t.contact_id"
        " LEFT JOIN desk.project p ON p.id = t.project_id WHERE c.customer_id <> t.customer_id"
        " OR p.customer_id <> t.customer_id OR p.product_id <> t.product_id",
        "UPDATE desk.ticket t SET contact_id = (SELECT min(id) FROM desk.contact c WHERE c.customer_id <>"
        f" t.customer_id) WHERE id = {ONE_TICKET}",
    ),
    (
        "a step that the status graph does not have",
        "SELECT e.ticket_id FROM (SELECT *, lag(status, 1, '') OVER (PARTITION BY ticket_id ORDER BY at, id) AS before"
        " FROM desk.ticket_event WHERE status IS NOT NULL) e WHERE NOT EXISTS (SELECT FROM desk.status_transition s"
        " WHERE s.from_status = e.before AND s.to_status = e.status)",
        f"UPDATE desk.ticket_event SET status = 'new' WHERE id = {LAST_EVENT}",
    ),
    (
        "a ticket whose status is not the last one stated",
        "SELECT t.id FROM desk.ticket t WHERE t.status IS DISTINCT FROM (SELECT e.status FROM desk.ticket_event e"
        " WHERE e.ticket_id = t.id AND e.status IS NOT NULL ORDER BY e.at DESC, e.id DESC LIMIT 1)",
        f"UPDATE desk.ticket SET status = 'open' WHERE id = {ONE_TICKET}",
    ),
    (
        "a history that does not begin with the creation, or has two",
        "SELECT t.id FROM desk.ticket t LEFT JOIN desk.ticket_event e ON e.ticket_id = t.id GROUP BY t.id"
        " HAVING count(*) FILTER (WHERE e.kind = 'created') <> 1"
        " OR min(e.at) <> min(e.at) FILTER (WHERE e.kind = 'created')"
        " OR min(e.at) FILTER (WHERE e.kind = 'created') <> t.created_at",
        f"UPDATE desk.ticket SET created_at = created_at - interval '1 minute' WHERE id = {ONE_TICKET}",
    ),
    (
        "times that do not rise: reported, created, events one after the other, last change",
        "SELECT t.id FROM desk.ticket t JOIN (SELECT *, lag(at) OVER (PARTITION BY ticket_id ORDER BY id) AS before"
        " FROM desk.ticket_event) e ON e.ticket_id = t.id"
        " WHERE t.reported_at > t.created_at OR e.at <= e.before OR e.at < t.created_at OR e.at > t.updated_at",
        f"UPDATE desk.ticket SET reported_at = created_at + interval '1 second' WHERE id = {ONE_TICKET}",
    ),
    (
        "anything at or after the end",
        f"SELECT id FROM desk.ticket_event WHERE at >= {END} UNION ALL"
        f" SELECT id FROM desk.interaction WHERE greatest(at, created_at) >= {END} UNION ALL"
        f" SELECT id FROM desk.comment WHERE created_at >= {END} UNION ALL"
        f" SELECT id FROM desk.complaint WHERE greatest(reported_at, closed_at) >= {END}",
        f"UPDATE desk.ticket_event SET at = {END} WHERE id = {LAST_EVENT}",
    ),
    (
        "anything that is told before the ticket was there",
        "SELECT t.id FROM desk.ticket t LEFT JOIN desk.comment c ON c.ticket_id = t.id"
        " LEFT JOIN desk.interaction i ON i.ticket_id = t.id LEFT JOIN desk.complaint p ON p.ticket_id = t.id"
        " WHERE c.created_at < t.created_at OR i.at < t.reported_at OR i.created_at < t.created_at"
        " OR i.created_at < i.at OR p.reported_at < t.created_at",
        "UPDATE desk.interaction SET at = at - interval '9 days' WHERE id = (SELECT min(id) FROM desk.interaction"
        " WHERE ticket_id IS NOT NULL)",
    ),
    (
        "a person in two departments at once, or moving more than once",
        "SELECT person_id FROM (SELECT person_id, at, department_id, lag(department_id) OVER (PARTITION BY person_id"
        " ORDER BY at) AS before FROM desk.ticket_event) e WHERE department_id <> before"
        " GROUP BY person_id HAVING count(*) > 1",
        "UPDATE desk.ticket_event e SET department_id = (SELECT id FROM desk.department WHERE code = 'sales')"
        " WHERE id = (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY id) FROM desk.ticket_event WHERE person_id ="
        " (SELECT person_id FROM desk.ticket_event GROUP BY 1 ORDER BY count(*) DESC LIMIT 1))",
    ),
    (
        "work by somebody who had left",
        "SELECT e.id FROM desk.ticket_event e JOIN desk.staff s ON s.id = e.person_id WHERE e.at >= s.retired_at",
        "UPDATE desk.staff SET retired_at = '2024-01-01' WHERE code = 'min.zhang'",
    ),
    (
        "a duplicate of nothing, of itself or of a newer ticket",
        "SELECT t.id FROM desk.ticket t LEFT JOIN desk.ticket o ON o.id = t.duplicate_of_id"
        " WHERE (t.status = 'duplicate') <> (o.id IS NOT NULL) OR o.number >= t.number",
        f"UPDATE desk.ticket SET status = 'duplicate' WHERE id = {ONE_TICKET}",
    ),
    (
        "numbers out of the order of logging",
        "SELECT id FROM (SELECT id, created_at, lag(created_at) OVER (ORDER BY number) AS before FROM desk.ticket) t"
        " WHERE created_at < before",
        "UPDATE desk.ticket SET number = number + 1000 WHERE id = (SELECT min(id) FROM desk.ticket)",
    ),
    (
        "a row of another origin, or one that counts as edited by a machine",
        "SELECT id FROM desk.ticket WHERE origin <> 'seed' OR touched UNION ALL"
        " SELECT id FROM desk.comment WHERE origin <> 'seed' UNION ALL"
        " SELECT id FROM desk.interaction WHERE origin <> 'seed' UNION ALL"
        " SELECT id FROM desk.customer WHERE origin <> 'seed'",
        f"UPDATE desk.ticket SET touched = true WHERE id = {ONE_TICKET}",
    ),
    (
        "a summary that differs from its rows",
        "SELECT t.id FROM desk.ticket t LEFT JOIN desk.ticket_summary s ON s.ticket_id = t.id"
        " WHERE s.events IS DISTINCT FROM (SELECT count(*) FROM desk.ticket_event e WHERE e.ticket_id = t.id)"
        " OR s.comments IS DISTINCT FROM (SELECT count(*) FROM desk.comment c WHERE c.ticket_id = t.id)"
        " OR s.interactions IS DISTINCT FROM (SELECT count(*) FROM desk.interaction i WHERE i.ticket_id = t.id)"
        " OR s.last_resolved_at IS DISTINCT FROM (SELECT max(e.at) FROM desk.ticket_event e"
        "   WHERE e.ticket_id = t.id AND e.status = 'resolved')"
        " OR s.first_response_at IS DISTINCT FROM (SELECT min(i.at) FROM desk.interaction i"
        "   WHERE i.ticket_id = t.id AND i.direction = 'out')",
        f"UPDATE desk.ticket_summary SET events = events + 1 WHERE ticket_id = {ONE_TICKET}",
    ),
    (
        "a row that can't be found by search",
        "SELECT s.entity_id FROM desk.search_source s LEFT JOIN desk.search_public p USING (entity, entity_id)"
        " LEFT JOIN desk.search_private q USING (entity, entity_id)"
        " WHERE CASE WHEN s.is_private THEN q.words ELSE p.words END IS DISTINCT FROM desk.search_words(s.content)",
        f"DELETE FROM desk.search_public WHERE entity = 'ticket' AND entity_id = {ONE_TICKET}",
    ),
    (
        "a row that the audit does not have",
        "SELECT r.id FROM (SELECT 'ticket' AS entity, id FROM desk.ticket UNION ALL SELECT 'ticket_event', id"
        " FROM desk.ticket_event UNION ALL SELECT 'comment', id FROM desk.comment UNION ALL SELECT 'interaction', id"
        " FROM desk.interaction UNION ALL SELECT 'complaint', id FROM desk.complaint UNION ALL SELECT 'customer', id"
        " FROM desk.customer) r WHERE (SELECT count(*) FROM desk.audit_entry a WHERE a.entity = r.entity"
        " AND a.row_key = r.id::text AND a.action = 'insert') <> 1",
        f"DELETE FROM desk.audit_entry WHERE entity = 'ticket' AND row_key = {ONE_TICKET}::text",
    ),
]


def _found(cursor: Any, question: str) -> int:
    cursor.execute(question)
    return len(cursor.fetchall())


@pytest.mark.parametrize(("name", "question", "spoiling"), RULES, ids=[name for name, _, _ in RULES])
def test_no_seeded_row_breaks_a_rule(seeded: RunningDesk, name: str, question: str, spoiling: str) -> None:
    with seeded.owner().cursor() as cursor:
        assert _found(cursor, question) == 0
        cursor.execute("BEGIN; SET LOCAL session_replication_role = replica")
        try:
            cursor.execute(spoiling)
            assert cursor.rowcount == 1
            assert _found(cursor, question) > 0, "the question does not notice what it is for"
        finally:
            cursor.execute("ROLLBACK")


def test_the_oldest_ticket_is_about_three_years_old_and_the_newest_of_the_last_days(seeded: RunningDesk) -> None:
    with seeded.owner().cursor() as cursor:
        cursor.execute(
            f"SELECT extract(day FROM {END} - min(reported_at)), extract(day FROM {END} - max(reported_at))"
            " FROM desk.ticket"
        )
        oldest, newest = cursor.fetchone()
    assert 1060 <= oldest <= 1096
    assert newest <= 20
