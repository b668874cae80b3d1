-- create: a run, with the commit of the step that began it
INSERT INTO asl.map_runs (arn, execution, state, express, about, revision, started_at, status, turn,
    lease, concurrency, tolerated_count, tolerated_percentage, items_read, position, exhausted, started,
    items_left, failure, stopping, told, written, redrives)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s);

-- advance: a decision; no row where another has been stored since, or the lease is lost
WITH fence AS MATERIALIZED (
    SELECT id FROM asl.leases WHERE id = %s AND token = %s FOR SHARE
)
UPDATE asl.map_runs
SET turn = turn + 1, lease = fence.id, stopped_at = %s, status = %s, concurrency = %s,
    tolerated_count = %s, tolerated_percentage = %s, items_read = %s, position = %s,
    exhausted = %s, started = %s, items_left = %s, failure = %s, stopping = %s, told = %s,
    written = %s, redrives = %s, succeeded = succeeded + %s, failed = failed + %s,
    timed_out = timed_out + %s, aborted = aborted + %s, items_succeeded = items_succeeded + %s,
    items_failed = items_failed + %s, items_timed_out = items_timed_out + %s,
    items_aborted = items_aborted + %s
FROM fence WHERE key = %s AND turn = %s
RETURNING key;

-- stop: the parent does not wait any more; status 0 is RUNNING
UPDATE asl.map_runs
SET stopping = status = 0, told = told OR status <> 0, turn = turn + 1, lease = %s,
    redrives = redrives || '{"asked": null}'
WHERE arn = %s AND (status = 0 OR redrives ->> 'asked' IS NOT NULL);

-- redrive: the parent waits again; once the run has come to its end, it goes on
UPDATE asl.map_runs
SET told = false, turn = turn + 1, lease = %s,
    redrives = coalesce(redrives, '{}') || jsonb_build_object('asked', %s::int8)
WHERE arn = %s;

-- load: what changes of a run
SELECT key, turn, started_at, stopped_at, status, concurrency, tolerated_count,
    tolerated_percentage, items_read, position, exhausted, started, items_left, failure, stopping,
    told, written, succeeded, failed, timed_out, aborted, items_succeeded, items_failed,
    items_timed_out, items_aborted, redrives
FROM asl.map_runs WHERE arn = %s;

-- about: what never changes of a run
SELECT state, express, about, revision FROM asl.map_runs WHERE arn = %s;

-- unfinished: the runs that go on, or whose parents have not heard of the end
SELECT arn FROM asl.map_runs WHERE NOT told AND lease = ANY(%s) ORDER BY key;

-- tell: the parent has heard of the end
UPDATE asl.map_runs SET told = true WHERE key = %s AND turn = %s;

-- of_execution: an execution's runs, the newest first
SELECT arn FROM asl.map_runs WHERE execution = %s AND (%s::int8 IS NULL OR key < %s)
ORDER BY key DESC LIMIT %s;
