"""Task tokens, and activities: queues that workers ask for tasks with tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from asl.api.base import Tag
from asl.api.checks import (
    Answer,
    check_arn,
    check_name,
    constrain,
    encryption_configuration,
    execution_of,
    moment,
    one_page,
    task_output,
    too_long,
)
from asl.api.tags import TagOperations, check_tags
from asl.errors import ApiError, UnavailableError
from asl.events import ActivityTaken, Heartbeat, TaskEvent, TaskFailed, TaskSucceeded
from asl.execution import ForTask, Frame, Path, leaves
from asl.registry import ActivityRecord, ActivityTask

LOOK_SECONDS = 1.0
"""How often a worker's long poll looks for tasks that another process has offered."""


class TaskOperations(TagOperations):
    """https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token"""

    def send_task_success(self, taskToken: str, output: str) -> Answer:
        """Completes the task that holds the token."""
        payload = task_output(output)
        return self._answer_token(
            taskToken, lambda now, path, number: TaskSucceeded(now, path, number, payload)
        )

    def send_task_failure(
        self, taskToken: str, error: str | None = None, cause: str | None = None
    ) -> Answer:
        """Fails the task that holds the token."""
        return self._answer_token(
            taskToken, lambda now, path, number: TaskFailed(now, path, number, error, cause)
        )

    def send_task_heartbeat(self, taskToken: str) -> Answer:
        """Shows that whoever holds the token is still at work."""
        return self._answer_token(taskToken, Heartbeat)

    def _answer_token(self, token: str, event: Callable[[int, Path, int], TaskEvent]) -> Answer:
        frame = self._holder(token)
        if frame is None:
            raise ApiError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        assert isinstance(frame.waiting, ForTask)
        happened = event(self._clock.now(), frame.path, frame.waiting.id)
        self._runner.deliver(execution_of(token), happened)
        return {}

    def _holder(self, token: str) -> Frame | None:
        """The frame that waits with the token."""
        execution = self._journal.load(execution_of(token))
        for frame in leaves(execution.root if execution else None):
            if isinstance(frame.waiting, ForTask) and frame.waiting.token == token:
                return frame
        return None


class ActivityOperations(TaskOperations):
    """https://docs.aws.amazon.com/step-functions/latest/dg/concepts-activities.html"""

    def create_activity(
        self,
        name: str,
        tags: Sequence[Tag] | None = None,
        encryptionConfiguration: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Creates an activity; the same name again gives the same answer."""
        check_name(name)
        wanted_tags = check_tags(tags)
        configuration = {
            "encryptionConfiguration": encryption_configuration(encryptionConfiguration)
        }
        arn = f"{self._prefix}:activity:{name}"
        wanted = ActivityRecord(arn, name, self._clock.now(), configuration)
        known = self._machines.activities.get(arn)
        if known is None:
            known = self._machines.activities.create(wanted)
            self._machines.tags.put(arn, wanted_tags)
        if known.configuration != configuration:
            raise ApiError("ActivityAlreadyExists", f"Activity Already Exists: '{arn}'")
        return {"activityArn": arn, "creationDate": moment(known.created_at)}

    def describe_activity(self, activityArn: str) -> Answer:
        """An activity."""
        activity = self._activity(activityArn)
        return {**_listed(activity), **activity.configuration}

    def list_activities(
        self, maxResults: int | None = None, nextToken: str | None = None
    ) -> Answer:
        """Every activity, by name."""
        page, more = one_page(
            self._machines.activities.all(), lambda activity: activity.name, maxResults, nextToken
        )
        return {"activities": [_listed(activity) for activity in page], **more}

    def delete_activity(self, activityArn: str) -> Answer:
        """Deletes an activity. One that is not there: nothing to do."""
        check_arn(activityArn, "activity")
        self._machines.activities.delete(activityArn)
        self._machines.tags.clear(activityArn)
        return {}

    def get_activity_task(self, activityArn: str, workerName: str | None = None) -> Answer:
        """The oldest task that no worker has taken; {} if none comes within the long poll."""
        constrain(too_long(workerName, "workerName", 80))
        self._activity(activityArn)
        try:
            task = self._await_task(activityArn)
            if task:
                self._answer_token(
                    task.token,
                    lambda now, path, number: ActivityTaken(now, path, number, workerName),
                )
        except UnavailableError:
            self._runner.doubt_offers()
            raise
        return {"taskToken": task.token, "input": task.input} if task else {}

    def _await_task(self, activity_arn: str) -> ActivityTask | None:
        """Looks again when this process offers a task, and regularly for those of others."""
        rest = self._poll_seconds
        while True:
            with self._offered:
                task = self._offered.wait_for(
                    lambda: self._take_live(activity_arn), min(rest, LOOK_SECONDS)
                )
            rest -= LOOK_SECONDS
            if task or rest <= 0:
                return task or None

    def _take_live(self, activity_arn: str) -> ActivityTask | None:
        """The oldest task that somebody still waits for."""
        while task := self._machines.activities.take(activity_arn):
            if self._holder(task.token) is not None:
                return task
        return None

    def _activity(self, arn: str) -> ActivityRecord:
        check_arn(arn, "activity")
        activity = self._machines.activities.get(arn)
        if activity is None:
            raise ApiError("ActivityDoesNotExist", f"Activity Does Not Exist: '{arn}'")
        return activity


def _listed(activity: ActivityRecord) -> Answer:
    return {
        "activityArn": activity.arn,
        "name": activity.name,
        "creationDate": moment(activity.created_at),
    }
