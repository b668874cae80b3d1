"""Tags of state machines and activities."""

from __future__ import annotations

from collections.abc import Sequence

from asl.api.base import Operations, Tag
from asl.api.checks import Answer, check_arn, constrain, too_long, unstorable
from asl.errors import ApiError

MAX_TAGS = 50


class TagOperations(Operations):
    """https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#concepts-tagging"""

    def tag_resource(self, resourceArn: str, tags: Sequence[Tag]) -> Answer:
        """Adds tags to a state machine or an activity."""
        self._check_tagged(resourceArn)
        self._tag(resourceArn, tags)
        return {}

    def untag_resource(self, resourceArn: str, tagKeys: Sequence[str]) -> Answer:
        """Takes tags away; keys that are not there do not matter."""
        self._check_tagged(resourceArn)
        self._machines.tags.remove(resourceArn, list(tagKeys))
        return {}

    def list_tags_for_resource(self, resourceArn: str) -> Answer:
        """A resource's tags, by key."""
        self._check_tagged(resourceArn)
        tags = self._machines.tags.of(resourceArn)
        return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}

    def _tag(self, arn: str, tags: Sequence[Tag] | None) -> None:
        wanted = check_tags(tags, self._machines.tags.of(arn))
        if wanted:
            self._machines.tags.put(arn, wanted)

    def _check_tagged(self, arn: str) -> None:
        check_arn(arn, "stateMachine", "activity")
        machine = self._machines.get(arn)
        if self._machines.activities.get(arn) is None and (
            machine is None or machine.version is not None
        ):
            raise ApiError("ResourceNotFound", f"Resource not found: '{arn}'")


def check_tags(tags: Sequence[Tag] | None, known: dict[str, str] | None = None) -> dict[str, str]:
    """Tags by key.

    Raises:
        ApiError: ValidationException or TooManyTags.
    """
    for number, tag in enumerate(tags or (), 1):
        constrain(
            too_long(tag.get("key"), f"tags.{number}.member.key", 128),
            too_long(tag.get("value"), f"tags.{number}.member.value", 256),
            unstorable(tag.get("key"), f"tags.{number}.member.key"),
            unstorable(tag.get("value"), f"tags.{number}.member.value"),
        )
    wanted = {str(tag.get("key", "")): str(tag.get("value") or "") for tag in tags or ()}
    if len({**(known or {}), **wanted}) > MAX_TAGS:
        raise ApiError("TooManyTags", f"Too many tags: a resource may have {MAX_TAGS}")
    return wanted
