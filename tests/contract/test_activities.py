"""Activities from end to end on both journals: workers, heartbeats, time limits, restarts."""

from __future__ import annotations

from typing import Any

import pytest

from asl.errors import ApiError, UnavailableError
from tests.contract.test_runner import Cloud, cloud
from tests.support.server import until

__all__ = ["cloud"]


def machine_with(cloud: Cloud, **more: Any) -> tuple[str, str]:
    arn = cloud.states.create_activity("work")["activityArn"]
    state = {"Type": "Task", "Resource": arn, "Arguments": {"n": 1}, "End": True, **more}
    return cloud.machine("m", {"A": state}), arn


def kinds(cloud: Cloud, arn: str) -> list[str]:
    return [event["type"] for event in cloud.states.get_execution_history(arn)["events"]]


def test_a_worker_takes_a_task_and_completes_it(cloud: Cloud) -> None:
    machine, activity = machine_with(cloud)
    arn = cloud.start(machine, "x")
    task = cloud.states.get_activity_task(activity, "me")
    assert task["input"] == '{"n":1}'
    cloud.states.send_task_heartbeat(task["taskToken"])
    cloud.states.send_task_success(task["taskToken"], '{"done":true}')
    assert cloud.ended(arn)["output"] == '{"done":true}'
    assert kinds(cloud, arn)[2:5] == ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]


def test_time_begins_when_a_worker_takes_it(cloud: Cloud) -> None:
    machine, activity = machine_with(cloud, TimeoutSeconds=60)
    arn = cloud.start(machine, "x")
    cloud.clock.advance(1000)
    cloud.runner.fire_due()
    task = cloud.states.get_activity_task(activity)
    cloud.clock.advance(60)
    cloud.runner.fire_due()
    ended = cloud.ended(arn)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Timeout")
    assert "ActivityTimedOut" in kinds(cloud, arn)
    with pytest.raises(ApiError) as late:
        cloud.states.send_task_success(task["taskToken"], "{}")
    assert late.value.code == "TaskTimedOut"


def test_a_task_that_nobody_took_is_offered_again_once(cloud: Cloud) -> None:
    machine, activity = machine_with(cloud)
    arn = cloud.start(machine, "x")
    until(lambda: cloud.journal.with_tasks_in_flight() == [arn], "the task")
    cloud.runner.recover()
    task = cloud.states.get_activity_task(activity)
    cloud.states.send_task_failure(task["taskToken"], "E", "c")
    assert cloud.ended(arn)["error"] == "E"
    assert cloud.journal.with_tasks_in_flight() == []


def test_a_task_is_not_lost_with_the_database_that_was_asked_for_it(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has left the queue, and the worker has not heard of it."""
    machine, activity = machine_with(cloud)
    arn = cloud.start(machine, "x")
    queue = cloud.runner._machines.activities
    take = queue.take

    def lossy(activity_arn: str) -> Any:
        until(lambda: take(activity_arn), "the task to leave the queue")
        raise UnavailableError("the database went away")

    monkeypatch.setattr(queue, "take", lossy)
    with pytest.raises(UnavailableError):
        cloud.states.get_activity_task(activity)
    monkeypatch.undo()
    task = cloud.states.get_activity_task(activity)
    cloud.states.send_task_success(task["taskToken"], "1")
    assert cloud.ended(arn)["output"] == "1"
