"""Amazon SQS (standard queues), kept in PostgreSQL, with event source mappings to functions.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import hashlib
import logging
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from psycopg_pool import ConnectionPool

from asl.ports import Clock
from localcloud.errors import AwsError
from localcloud.functions import LambdaHost

MAX_MESSAGE = 1_048_576
RETRY_SECONDS = 0.5
GATHER_SECONDS = 0.1
"""The most that a busy mapping waits for a fuller batch, whatever window it asks for."""
_log = logging.getLogger("localcloud.sqs")
_RECEIVE = """
    UPDATE localcloud.messages SET visible_at = %(until)s, receives = receives + 1,
        receipt = gen_random_uuid()
    WHERE id IN (SELECT id FROM localcloud.messages
                 WHERE queue = %(queue)s AND visible_at <= %(now)s
                 ORDER BY visible_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING id, body, attributes, receives, receipt::text, sent_at
"""
_LOCK = """
    SELECT id, body, attributes, receives, sent_at FROM localcloud.messages
    WHERE queue = %s AND visible_at <= %s ORDER BY visible_at, id LIMIT %s FOR UPDATE SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of the template. Times are in seconds."""

    name: str
    arn: str
    url: str
    visibility: int = 30
    dead_letters: str | None = None
    max_receives: int = 0


@dataclass(frozen=True, slots=True)
class Mapping:
    """An event source mapping: a function that takes a queue's messages in batches."""

    queue: str
    function: str
    batch_size: int = 10
    window: float = 0.0
    partial: bool = False
    raw: bool = False
    """The message is the event itself (asynchronous invocation), not a record of a batch."""


class Sqs:
    """The queues."""

    def __init__(self, pool: ConnectionPool[Any], clock: Clock, region: str):
        self._pool = pool
        self._clock = clock
        self._region = region
        self._queues: dict[str, Queue] = {}
        self._arrived: dict[str, threading.Event] = {}
        self._stop = threading.Event()
        self._pollers: list[threading.Thread] = []

    def add(self, queue: Queue) -> None:
        """Makes a queue known."""
        self._queues[queue.name] = queue
        self._arrived[queue.name] = threading.Event()

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
        self._arrived[queue.name].set()
        return [_message_id(row[0]) for row in rows]

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

    def map(self, mapping: Mapping, host: LambdaHost) -> None:
        """Starts to feed a function from a queue."""
        queue = self.find(mapping.queue)
        thread = threading.Thread(
            target=self._poll, args=(queue, mapping, host), name=f"sqs-{queue.name}", daemon=True
        )
        self._pollers.append(thread)
        thread.start()

    def close(self) -> None:
        """Ends the mappings after the batch that each is at."""
        self._stop.set()
        for event in self._arrived.values():
            event.set()
        for thread in self._pollers:
            thread.join(timeout=30)

    def _poll(self, queue: Queue, mapping: Mapping, host: LambdaHost) -> None:
        arrived, idle = self._arrived[queue.name], True
        while not self._stop.is_set():
            try:
                arrived.clear()
                if mapping.window and not idle:
                    self._stop.wait(min(mapping.window, GATHER_SECONDS))
                taken = self._take_batch(queue, mapping, host)
            except Exception:
                _log.exception("%s: a batch could not be handled", queue.name)
                taken = 0
                self._stop.wait(RETRY_SECONDS)
            idle = taken == 0
            if taken < mapping.batch_size:
                arrived.wait(self._until_next(queue))

    def _until_next(self, queue: Queue) -> float:
        """Seconds until a hidden message shows itself again, at most a few."""
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT min(visible_at) FROM localcloud.messages WHERE queue = %s", (queue.name,)
            ).fetchone()
        if row is None or row[0] is None:
            return 5.0
        hidden: int = row[0] - self._clock.now()
        return min(5.0, max(0.0, hidden / 1000))

    def _take_batch(self, queue: Queue, mapping: Mapping, host: LambdaHost) -> int:
        """Hands one batch over. Its rows stay locked: a crash shows them again at once."""
        now = self._clock.now()
        with self._pool.connection() as connection, connection.transaction():
            # Losing the deletion in a crash only delivers again.
            connection.execute("SET LOCAL synchronous_commit = off")
            rows = connection.execute(_LOCK, (queue.name, now, mapping.batch_size)).fetchall()
            if not rows:
                return 0
            outcome = host.invoke(mapping.function, self._event(queue, rows, mapping))
            failed = self._failed(rows, outcome.error, outcome.payload, mapping)
            done = [row[0] for row in rows if row[0] not in failed]
            if done:
                connection.execute("DELETE FROM localcloud.messages WHERE id = ANY(%s)", (done,))
            if failed:
                _log.warning(
                    "%s: %d messages failed: %s",
                    queue.name,
                    len(failed),
                    outcome.payload[:500].decode(errors="replace"),
                )
                self._return(connection, queue, sorted(failed), now)
        return len(rows)

    def _event(self, queue: Queue, rows: list[Any], mapping: Mapping) -> bytes:
        if mapping.raw:
            body: str = rows[0][1]
            return body.encode()
        return orjson.dumps({"Records": [self._record(queue, *row) for row in rows]})

    def _failed(
        self, rows: list[Any], error: str | None, payload: bytes, mapping: Mapping
    ) -> set[int]:
        everything = {row[0] for row in rows}
        if error is not None:
            return everything
        if not mapping.partial:
            return set()
        answer = orjson.loads(payload) or {}
        named = {item["itemIdentifier"] for item in answer.get("batchItemFailures", [])}
        return {number for number in everything if _message_id(number) in named}

    def _return(self, connection: Any, queue: Queue, failed: list[int], now: int) -> None:
        """Hides failed messages for the visibility time-out, or moves them to the dead letters."""
        connection.execute(
            """UPDATE localcloud.messages SET receives = receives + 1, visible_at = %s
               WHERE id = ANY(%s)""",
            (now + queue.visibility * 1000, failed),
        )
        if queue.dead_letters is not None:
            connection.execute(
                """UPDATE localcloud.messages SET queue = %s, visible_at = %s, receives = 0
                   WHERE id = ANY(%s) AND receives >= %s""",
                (queue.dead_letters, now, failed, queue.max_receives),
            )

    def _record(
        self, queue: Queue, number: int, body: str, attributes: Any, receives: int, sent_at: int
    ) -> dict[str, Any]:
        """A message as a function gets it.

        https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
        """
        return {
            "messageId": _message_id(number),
            "receiptHandle": f"{number}:",
            "body": body,
            "attributes": {
                "ApproximateReceiveCount": str(receives + 1),
                "SentTimestamp": str(sent_at),
            },
            "messageAttributes": attributes or {},
            "eventSource": "aws:sqs",
            "eventSourceARN": queue.arn,
            "awsRegion": self._region,
        }


def _message_id(number: int) -> str:
    return str(uuid.UUID(int=number))


def _received(
    number: int, body: str, attributes: Any, receives: int, receipt: str, sent_at: int
) -> dict[str, Any]:
    return {
        "MessageId": _message_id(number),
        "ReceiptHandle": f"{number}:{receipt}",
        "Body": body,
        "MD5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "MessageAttributes": attributes or {},
        "Attributes": {"ApproximateReceiveCount": str(receives), "SentTimestamp": str(sent_at)},
    }
