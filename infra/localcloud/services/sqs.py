"""Amazon SQS (standard queues), kept in PostgreSQL, with event source mappings to functions.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import orjson
from psycopg_pool import ConnectionPool

from asl.ports import Clock
from localcloud.errors import AwsError
from localcloud.services.feeding import Feeder, Mapping, Queue, message_id

MAX_MESSAGE = 1_048_576
_RECEIVE = """
    UPDATE localcloud.messages SET visible_at = %(until)s, receives = receives + 1,
        receipt = gen_random_uuid()
    WHERE id IN (SELECT id FROM localcloud.messages
                 WHERE queue = %(queue)s AND visible_at <= %(now)s
                 ORDER BY visible_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING id, body, attributes, receives, receipt::text, sent_at
"""


class Sqs:
    """The queues."""

    def __init__(self, pool: ConnectionPool[Any], clock: Clock, feeder: Feeder):
        self._pool = pool
        self._clock = clock
        self._queues: dict[str, Queue] = {}
        self._feeder = feeder

    def add(self, queue: Queue) -> None:
        """Makes a queue known."""
        self._queues[queue.name] = queue

    def names(self) -> list[str]:
        """The names of all queues."""
        return sorted(self._queues)

    def has(self, name: str) -> bool:
        """Whether there is a queue of that name."""
        return name in self._queues

    def waiting(self, prefix: str) -> list[str]:
        """The queues whose names begin so and that hold messages."""
        with self._pool.connection() as connection:
            rows = connection.execute(
                "SELECT DISTINCT queue FROM localcloud.messages WHERE starts_with(queue, %s)",
                (prefix,),
            ).fetchall()
        return [row[0] for row in rows]

    def operations(self) -> dict[str, Any]:
        """The supported API operations."""
        return {
            "GetQueueUrl": self.get_queue_url,
            "SendMessage": self.send_message,
            "SendMessageBatch": self.send_message_batch,
            "ReceiveMessage": self.receive_message,
            "DeleteMessage": self.delete_message,
            "ChangeMessageVisibility": self.change_message_visibility,
            "GetQueueAttributes": self.get_queue_attributes,
        }

    def find(self, url_or_arn: str) -> Queue:
        """The queue of a URL, an ARN or a name."""
        name = url_or_arn.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
        queue = self._queues.get(name)
        if queue is None:
            raise AwsError(
                "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist."
            )
        return queue

    # -- operations ---------------------------------------------------------------------------

    def get_queue_url(self, QueueName: str, **_: Any) -> dict[str, Any]:
        """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html"""
        return {"QueueUrl": self.find(QueueName).url}

    def send_message(
        self,
        QueueUrl: str,
        MessageBody: str,
        DelaySeconds: int = 0,
        MessageAttributes: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Durable when it returns."""
        if len(MessageBody.encode()) > MAX_MESSAGE:
            raise AwsError(
                "InvalidParameterValue",
                "Message must be shorter than 1048576 bytes.",
            )
        queue = self.find(QueueUrl)
        identity = self.send(queue, [MessageBody], DelaySeconds, MessageAttributes)[0]
        return {
            "MessageId": identity,
            "MD5OfMessageBody": hashlib.md5(
                MessageBody.encode(), usedforsecurity=False
            ).hexdigest(),
        }

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        """Up to ten messages."""
        answers = []
        for entry in Entries:
            parameters = {name: value for name, value in entry.items() if name != "Id"}
            answers.append({"Id": entry["Id"], **self.send_message(QueueUrl, **parameters)})
        return {"Successful": answers}

    def send(
        self,
        queue: Queue,
        bodies: Sequence[str],
        delay: int = 0,
        attributes: dict[str, Any] | None = None,
    ) -> list[str]:
        """Puts messages into a queue in one transaction and returns their ids."""
        now = self._clock.now()
        shown = None if not attributes else orjson.dumps(attributes).decode()
        with self._pool.connection() as connection:
            rows = connection.execute(
                """INSERT INTO localcloud.messages (queue, body, attributes, sent_at, visible_at)
                   SELECT %s, body, %s::jsonb, %s, %s FROM unnest(%b::text[]) AS body
                   RETURNING id""",
                (queue.name, shown, now, now + delay * 1000, list(bodies)),
            ).fetchall()
        self._feeder.wake(queue.name)
        return [message_id(row[0]) for row in rows]

    def receive_message(
        self,
        QueueUrl: str,
        MaxNumberOfMessages: int = 1,
        VisibilityTimeout: int | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        """Messages, hidden from others until their visibility time-out. Does not wait."""
        queue, now = self.find(QueueUrl), self._clock.now()
        hidden = queue.visibility if VisibilityTimeout is None else VisibilityTimeout
        with self._pool.connection() as connection:
            rows = connection.execute(
                _RECEIVE,
                {
                    "queue": queue.name,
                    "now": now,
                    "until": now + hidden * 1000,
                    "limit": MaxNumberOfMessages,
                },
            ).fetchall()
        return {"Messages": [_received(*row) for row in rows]} if rows else {}

    def delete_message(self, QueueUrl: str, ReceiptHandle: str) -> dict[str, Any]:
        """Removes a received message."""
        number, _, receipt = ReceiptHandle.partition(":")
        with self._pool.connection() as connection:
            connection.execute(
                "DELETE FROM localcloud.messages WHERE id = %s AND receipt::text = %s",
                (int(number), receipt),
            )
        return {}

    def change_message_visibility(
        self, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int
    ) -> dict[str, Any]:
        """Hides a received message for longer, or shows it again."""
        number, _, receipt = ReceiptHandle.partition(":")
        with self._pool.connection() as connection:
            connection.execute(
                """UPDATE localcloud.messages SET visible_at = %s
                   WHERE id = %s AND receipt::text = %s""",
                (self._clock.now() + VisibilityTimeout * 1000, int(number), receipt),
            )
        return {}

    def get_queue_attributes(
        self, QueueUrl: str, AttributeNames: list[str] | None = None
    ) -> dict[str, Any]:
        """How many messages wait, and how many are hidden."""
        queue = self.find(QueueUrl)
        with self._pool.connection() as connection:
            row = connection.execute(
                """SELECT count(*) FILTER (WHERE visible_at <= %(now)s),
                          count(*) FILTER (WHERE visible_at > %(now)s)
                   FROM localcloud.messages WHERE queue = %(queue)s""",
                {"queue": queue.name, "now": self._clock.now()},
            ).fetchone()
        assert row is not None
        return {
            "Attributes": {
                "QueueArn": queue.arn,
                "ApproximateNumberOfMessages": str(row[0]),
                "ApproximateNumberOfMessagesNotVisible": str(row[1]),
            }
        }

    # -- event source mappings ----------------------------------------------------------------

    def map(self, mapping: Mapping) -> None:
        """Starts to feed a function from a queue."""
        self._feeder.map(self.find(mapping.queue), mapping)

    def close(self) -> None:
        """Ends the mappings after the batch that each is at."""
        self._feeder.close()


def _received(
    number: int, body: str, attributes: Any, receives: int, receipt: str, sent_at: int
) -> dict[str, Any]:
    return {
        "MessageId": message_id(number),
        "ReceiptHandle": f"{number}:{receipt}",
        "Body": body,
        "MD5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "MessageAttributes": attributes or {},
        "Attributes": {"ApproximateReceiveCount": str(receives), "SentTimestamp": str(sent_at)},
    }
