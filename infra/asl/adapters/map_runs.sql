-- create: a run, with the commit of the step that began it
INSERT INTO asl.map_runs (arn, execution, state, express, about, revision, started_at, status, turn,
    lease, concurrency, tolerated_count, tolerated_percentage, items_read, position, exhausted, started,
    items_left, failure, stopping, told, written)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s);

-- advance: a decision; no row where another has been stored since, or the lease is lost
WITH fence AS MATERIALIZED (
    SELECT id FROM asl.leases WHERE id = %s AND token = %s FOR SHARE
)
UPDATE asl.map_runs
SET turn = turn + 1, lease = fence.id, stopped_at = %s, status = %s, concurrency = %s,
    tolerated_count = %s, tolerated_percentage = %s, items_read = %s, position = %s,
    exhausted = %s, started = %s, items_left = %s, failure = %s, stopping = %s, told = %s,
    written = %s
FROM fence WHERE key = %s AND turn = %s
RETURNING key;

-- stop: the parent does not wait any more; status 0 is RUNNING
UPDATE asl.map_runs SET stopping = true, turn = turn + 1, lease = %s WHERE arn = %s AND status = 0;

-- load: what changes of a run
SELECT key, turn, started_at, stopped_at, status, concurrency, tolerated_count,
    tolerated_percentage, items_read, position, exhausted, started, items_left, failure, stopping,
    told, written, succeeded, failed, timed_out, aborted, items_succeeded, items_failed,
    items_timed_out, items_aborted
FROM asl.map_runs WHERE arn = %s;

-- about: what never changes of a run
SELECT state, express, about, revision FROM asl.map_runs WHERE arn = %s;

-- unfinished: the runs that go on, or whose parents have not heard of the end
SELECT arn FROM asl.map_runs WHERE NOT told AND lease = ANY(%s) ORDER BY key;

-- tell: the parent has heard of the end
UPDATE asl.map_runs SET told = true WHERE key = %s;

-- of_execution: an execution's runs, the newest first
SELECT arn FROM asl.map_runs WHERE execution = %s AND (%s::int8 IS NULL OR key < %s)
ORDER BY key DESC LIMIT %s;
