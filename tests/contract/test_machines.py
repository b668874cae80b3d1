"""The contract of machines, aliases, tags and activities, in memory and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from asl.memory import MemoryMachines
from asl.registry import ActivityRecord, ActivityTask, AliasRecord, MachineRecord, Route
from tests.support.engine import START, text_of

PREFIX = "arn:aws:states:us-east-1:000000000000"
ARN = f"{PREFIX}:stateMachine:m"
ACTIVITY = f"{PREFIX}:activity:a"
ONE = text_of({"A": {"Type": "Succeed"}})
TWO = text_of({"B": {"Type": "Succeed"}})
TRACED = {"tracingConfiguration": {"enabled": True}}


@pytest.fixture(params=["memory", "postgres"])
def machines(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryMachines()
        return
    from asl.adapters.postgres_machines import PostgresMachines

    yield PostgresMachines(request.getfixturevalue("pool"))


def create(machines: Any, configuration: dict[str, Any] | None = None) -> MachineRecord:
    record = MachineRecord(
        ARN, "m", "STANDARD", "role", ONE, 0, START, configuration=configuration or {}
    )
    created: MachineRecord = machines.create(record)
    return created


def test_only_a_changed_machine_has_a_revision_id(machines: Any) -> None:
    created = create(machines)
    assert created.revision_id is None
    assert created.revised_at == START
    assert machines.update(ARN, ONE, "role", START + 1) == created
    changed = machines.update(ARN, TWO, "role", START + 1)
    again = machines.update(ARN, TWO, "other role", START + 2)
    assert changed.revision_id
    assert again.revision_id
    assert changed.revision_id != again.revision_id
    assert (again.created_at, again.revised_at) == (START, START + 2)
    assert machines.revision(created.revision).revision_id is None
    assert machines.get(ARN) == again


def test_of_many_creations_at_once_one_wins(machines: Any) -> None:
    def attempt(number: int) -> MachineRecord:
        text = text_of({f"S{number}": {"Type": "Succeed"}})
        made: MachineRecord = machines.create(
            MachineRecord(ARN, "m", "STANDARD", "role", text, 0, START)
        )
        return made

    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(attempt, range(16)))
    assert {record.definition for record in made} == {machines.get(ARN).definition}


def test_configuration_is_part_of_a_revision(machines: Any) -> None:
    created = create(machines, TRACED)
    assert machines.get(ARN).configuration == TRACED
    assert machines.update(ARN, ONE, "role", START, dict(TRACED)) == created
    kept = machines.update(ARN, TWO, "role", START)
    assert kept.configuration == TRACED
    changed = machines.update(ARN, TWO, "role", START, {})
    assert changed.configuration == {}
    assert changed.revision_id != kept.revision_id
    assert machines.revision(created.revision).configuration == TRACED


def test_version_numbers_are_not_used_again(machines: Any) -> None:
    create(machines)
    machines.publish(ARN, "", START)
    machines.update(ARN, TWO, "role", START)
    second = machines.publish(ARN, "", START)
    machines.delete(second.version_arn)
    assert machines.publish(ARN, "", START).version == 3
    assert [version.version for version in machines.versions(ARN)] == [3, 1]


def test_a_machine_of_an_old_name_begins_anew(machines: Any) -> None:
    create(machines)
    machines.update(ARN, TWO, "role", START)
    machines.publish(ARN, "", START)
    machines.delete(ARN)
    assert machines.versions(ARN) == []
    assert create(machines).revision_id is None
    assert machines.versions(ARN) == []
    assert machines.get(f"{ARN}:1") is None
    assert machines.publish(ARN, "", START).version == 1


def test_what_is_no_version_is_not_found(machines: Any) -> None:
    create(machines)
    for last in ("1", "01", "alias", "-1", ""):
        assert machines.get(f"{ARN}:{last}") is None


def alias(name: str = "live") -> AliasRecord:
    return AliasRecord(ARN, name, "text", (Route(1, 70), Route(2, 30)), START, START)


def test_an_alias_is_created_once_changed_and_deleted(machines: Any) -> None:
    aliases = machines.aliases
    assert aliases.create(alias())
    assert not aliases.create(replace(alias(), description="another"))
    assert aliases.get(f"{ARN}:live") == alias()
    changed = replace(alias(), routes=(Route(2, 100),), description="", updated_at=START + 1)
    aliases.update(changed)
    assert aliases.get(f"{ARN}:live") == changed
    aliases.create(alias("before"))
    assert [one.name for one in aliases.of_machine(ARN)] == ["before", "live"]
    aliases.delete(f"{ARN}:live")
    aliases.delete(f"{ARN}:live")
    aliases.update(changed)
    assert aliases.of_machine(ARN) == [alias("before")]


def test_tags(machines: Any) -> None:
    tags = machines.tags
    assert tags.of(ARN) == {}
    tags.put(ARN, {})
    tags.put(ARN, {"b": "1", "a": ""})
    tags.put(ARN, {"b": "2"})
    assert list(tags.of(ARN).items()) == [("a", ""), ("b", "2")]
    tags.remove(ARN, ["a", "nothing"])
    tags.remove(ARN, [])
    assert tags.of(ARN) == {"b": "2"}
    tags.clear(ARN)
    assert tags.of(ARN) == {}


def test_activities(machines: Any) -> None:
    activities = machines.activities
    first = ActivityRecord(ACTIVITY, "a", START, {"encryptionConfiguration": {"type": "X"}})
    assert activities.create(first) == first
    assert activities.create(replace(first, created_at=START + 1)) == first
    assert activities.get(ACTIVITY) == first
    activities.create(ActivityRecord(f"{PREFIX}:activity:Z", "Z", START))
    assert [activity.name for activity in activities.all()] == ["Z", "a"]
    activities.delete(ACTIVITY)
    activities.delete(ACTIVITY)
    assert activities.get(ACTIVITY) is None


def test_activity_tasks_are_taken_in_order_and_once(machines: Any) -> None:
    activities = machines.activities
    tasks = [ActivityTask(ACTIVITY, f"token-{number}", '{"n":1}') for number in range(3)]
    for task in (*tasks, tasks[0]):
        activities.offer(task)
    activities.offer(ActivityTask(f"{ACTIVITY}-other", "token-x", "{}"))
    assert [activities.take(ACTIVITY) for _ in range(4)] == [*tasks, None]
    activities.offer(tasks[1])
    activities.delete(ACTIVITY)
    assert activities.take(ACTIVITY) is None
    assert activities.take(f"{ACTIVITY}-other") is not None


def test_of_many_workers_each_task_has_one(machines: Any) -> None:
    for number in range(40):
        machines.activities.offer(ActivityTask(ACTIVITY, f"token-{number}", "{}"))
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda _: machines.activities.take(ACTIVITY), range(40)))
    tokens = {task.token for task in taken if task is not None}
    assert len(tokens) == sum(task is not None for task in taken)
    while task := machines.activities.take(ACTIVITY):
        tokens.add(task.token)
    assert len(tokens) == 40
