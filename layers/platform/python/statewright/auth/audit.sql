-- name: insert_event
-- One event; the trigger numbers and chains it.
INSERT INTO audit_events (workspace_id, sequence, at, actor, action, target, record, hash)
VALUES (%(workspace_id)s, 0, %(at)s, %(actor)s, %(action)s, %(target)s, %(record)s, '');

-- name: search_events
-- Events, the newest first, that fit every condition given.
SELECT sequence, record, encode(hash, 'hex') AS hash FROM audit_events
WHERE (%(before)s::bigint IS NULL OR sequence < %(before)s::bigint)
  AND (%(actor)s::text IS NULL OR actor = %(actor)s)
  AND (%(action)s::text IS NULL OR action = %(action)s OR action LIKE %(action)s || '.%%')
  AND (%(target)s::text IS NULL OR target = %(target)s)
  AND (%(since)s::timestamptz IS NULL OR at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
  AND (%(words)s::text IS NULL
       OR to_tsvector('simple', record) @@ websearch_to_tsquery('simple', %(words)s))
ORDER BY sequence DESC LIMIT %(limit)s;

-- name: export_events
-- Events in the order in which they are chained.
SELECT sequence, record, encode(hash, 'hex') AS hash, at, actor, action, target FROM audit_events
WHERE sequence > %(after)s ORDER BY sequence LIMIT %(limit)s;
