-- name: insert_notification
-- A request, unless there was one with its key.
INSERT INTO notifications (id, workspace_id, dedup_key, fingerprint, template_id, template_version,
    content, attachments, data, locale, category, priority, channels, strategy, recipients, status,
    task_token, created_by, created_at, send_at, expires_at, correlation_id)
VALUES (%(id)s, %(workspace_id)s, %(dedup_key)s, %(fingerprint)s, %(template_id)s,
    %(template_version)s, %(content)s, %(attachments)s, %(data)s, %(locale)s, %(category)s,
    %(priority)s, %(channels)s, %(strategy)s, %(recipients)s, %(status)s, %(task_token)s,
    %(created_by)s, %(now)s, %(send_at)s, %(expires_at)s, %(correlation_id)s)
ON CONFLICT (workspace_id, dedup_key) DO NOTHING;

-- name: find_by_dedup_key
-- The request that has a key.
SELECT id::text, fingerprint FROM notifications
WHERE workspace_id = current_workspace() AND dedup_key = %(dedup_key)s;

-- name: find_notification
-- A request with the counts of its deliveries.
SELECT n.id::text, n.status, n.category, n.priority, n.channels, n.strategy,
    n.template_id::text, n.template_version, n.dedup_key, n.created_by, n.created_at, n.send_at,
    n.expires_at,
    coalesce((SELECT jsonb_object_agg(c.status, c.count) FROM (
        SELECT d.status, count(*) FROM notification_deliveries d
        WHERE d.notification_id = n.id GROUP BY d.status) c), '{}') AS progress
FROM notifications n WHERE n.id = %(id)s;

-- name: list_notifications
-- Requests, the newest first, with the counts of their deliveries.
SELECT n.id::text, n.status, n.category, n.priority, n.channels, n.strategy,
    n.template_id::text, n.template_version, n.dedup_key, n.created_by, n.created_at, n.send_at,
    n.expires_at,
    coalesce((SELECT jsonb_object_agg(c.status, c.count) FROM (
        SELECT d.status, count(*) FROM notification_deliveries d
        WHERE d.notification_id = n.id GROUP BY d.status) c), '{}') AS progress
FROM notifications n
WHERE (%(before)s::uuid IS NULL OR n.id < %(before)s::uuid)
  AND (%(category)s::text IS NULL OR n.category = %(category)s)
ORDER BY n.id DESC LIMIT %(limit)s;

-- name: list_deliveries
-- A request's deliveries, in their order.
SELECT id::text, notification_id::text, recipient, channel, address, status, reason, attempts,
    due_at, provider, provider_id, updated_at
FROM notification_deliveries
WHERE notification_id = %(notification_id)s AND (%(status)s::text IS NULL OR status = %(status)s)
  AND (%(after)s::uuid IS NULL OR id > %(after)s::uuid)
ORDER BY id LIMIT %(limit)s;

-- name: find_delivery
-- A delivery.
SELECT id::text, notification_id::text, recipient, channel, address, status, reason, attempts,
    due_at, provider, provider_id, updated_at, content
FROM notification_deliveries WHERE id = %(id)s;

-- name: list_events
-- What became known of a delivery.
SELECT at, status, detail FROM notification_events WHERE delivery_id = %(id)s ORDER BY number;

-- name: take_scheduled
-- Requests whose time has come, each locked by who starts it.
SELECT id::text, workspace_id::text FROM notifications
WHERE status = 'scheduled' AND send_at <= %(now)s
ORDER BY send_at LIMIT 100;

-- name: start_notification
-- Marks a scheduled request as started; nothing where somebody else did.
UPDATE notifications SET status = 'started' WHERE id = %(id)s AND status = 'scheduled'
RETURNING recipients, channels, strategy;

-- name: cancel_notification
-- Nothing more of a request goes out.
UPDATE notifications SET status = 'cancelled' WHERE id = %(id)s AND status <> 'cancelled';

-- name: cancel_deliveries
-- Deliveries that no sender has claimed end here.
WITH cancelled AS (
    UPDATE notification_deliveries SET status = 'cancelled', updated_at = %(now)s
    WHERE id IN (SELECT id FROM notification_deliveries
        WHERE notification_id = %(id)s AND status IN ('queued', 'held') ORDER BY id FOR UPDATE)
    RETURNING id, workspace_id
), noted AS (
    INSERT INTO notification_events (delivery_id, workspace_id, at, status, detail)
    SELECT id, workspace_id, %(now)s, 'cancelled', %(detail)s FROM cancelled
)
DELETE FROM notification_outbox WHERE delivery_id IN (SELECT id FROM cancelled);

-- name: insert_deliveries
-- Deliveries with their first event and their place in the outbox, in one statement.
WITH rows AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s) AS r (id uuid, recipient text, user_id uuid,
        channel text, address text, data jsonb, status text, reason text)
), inserted AS (
    INSERT INTO notification_deliveries (id, workspace_id, notification_id, recipient, user_id,
        channel, address, data, status, reason, due_at, created_at, updated_at)
    SELECT id, current_workspace(), %(notification_id)s, recipient, user_id, channel, address,
        data, status, reason, %(now)s, %(now)s, %(now)s FROM rows
    RETURNING id, workspace_id, channel, status, reason
), noted AS (
    INSERT INTO notification_events (delivery_id, workspace_id, at, status, detail)
    SELECT id, workspace_id, %(now)s, status, coalesce(reason, '') FROM inserted
)
INSERT INTO notification_outbox (delivery_id, workspace_id, channel, due_at)
SELECT id, workspace_id, channel, %(now)s FROM inserted WHERE status = 'queued';

-- name: take_due
-- The outbox's due rows, and when each is due again if nothing becomes of it.
UPDATE notification_outbox o SET publishes = publishes + 1,
    due_at = %(now)s + make_interval(secs => least(120 * 2 ^ least(publishes, 5), 3600))
WHERE delivery_id IN (SELECT delivery_id FROM notification_outbox
    WHERE due_at <= %(now)s
    ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING delivery_id::text, workspace_id::text, channel, (SELECT n.correlation_id
    FROM notification_deliveries d JOIN notifications n ON n.id = d.notification_id
    WHERE d.id = o.delivery_id) AS correlation_id;

-- name: take_due_of
-- The same, of one request.
UPDATE notification_outbox o SET publishes = publishes + 1,
    due_at = %(now)s + make_interval(secs => least(120 * 2 ^ least(publishes, 5), 3600))
WHERE delivery_id IN (SELECT x.delivery_id FROM notification_outbox x
    JOIN notification_deliveries d ON d.id = x.delivery_id
    WHERE d.notification_id = %(notification_id)s AND x.due_at <= %(now)s
    ORDER BY x.delivery_id LIMIT %(limit)s FOR UPDATE OF x SKIP LOCKED)
RETURNING delivery_id::text, workspace_id::text, channel, (SELECT n.correlation_id
    FROM notification_deliveries d JOIN notifications n ON n.id = d.notification_id
    WHERE d.id = o.delivery_id) AS correlation_id;

-- name: count_due
-- Whether the outbox has more that is due.
SELECT count(*) AS due FROM (
    SELECT FROM notification_outbox WHERE due_at <= %(now)s LIMIT 1) x;

-- name: claim_deliveries
-- Gives deliveries to one sender: what is queued and due, or was claimed by a sender that is gone.
UPDATE notification_deliveries d SET status = 'sending', attempts = d.attempts + 1,
    claimed_until = %(until)s, updated_at = %(now)s
FROM (SELECT id, status FROM notification_deliveries WHERE id = ANY(%(ids)s::uuid[])
      ORDER BY id FOR UPDATE) before,
    notifications n
WHERE d.id = before.id AND n.id = d.notification_id AND (
    (d.status = 'queued' AND d.due_at <= %(now)s)
    OR (d.status = 'sending' AND d.claimed_until <= %(now)s))
RETURNING d.id::text, d.workspace_id::text, d.notification_id::text, d.recipient, d.user_id::text,
    d.channel, d.address, d.data AS own_data, d.attempts, before.status = 'sending' AS interrupted,
    d.created_at, d.provider_id, d.round, d.claimed_until,
    n.template_id::text, n.template_version, n.content, n.attachments, n.data, n.locale,
    n.category, n.priority, n.strategy, n.channels, n.expires_at, n.task_token;

-- name: keep_claim
-- Makes a sender's claim longer; nothing where it has ended, and somebody else may have it.
UPDATE notification_deliveries SET claimed_until = %(until)s
WHERE id = %(id)s AND status = 'sending' AND claimed_until = %(held)s;

-- name: find_facts
-- What decides whether claimed deliveries go out now.
SELECT r.id::text, p.time_zone, p.quiet_from, p.quiet_to, p.digest_hour, p.locale AS profile_locale,
    (SELECT x.mode FROM notification_preferences x
     WHERE x.workspace_id = current_workspace() AND x.user_id = r.user_id
       AND x.category IN (r.category, '*') AND x.channel IN (r.channel, '*')
     ORDER BY x.category = '*', x.channel = '*' LIMIT 1) AS mode,
    (SELECT s.reason FROM notification_suppressions s
     WHERE s.workspace_id = current_workspace() AND s.channel = r.channel
       AND s.address = lower(r.address) AND s.category IN (r.category, '*')
     ORDER BY s.category LIMIT 1) AS suppressed,
    (SELECT l.daily_cap FROM notification_limits l
     WHERE l.workspace_id = current_workspace() AND l.channel = r.channel) AS daily_cap,
    (SELECT count(*) FROM notification_deliveries d
     WHERE d.workspace_id = current_workspace() AND d.channel = r.channel
       AND d.address = r.address AND d.updated_at > %(now)s - interval '1 day'
       AND d.status NOT IN ('queued', 'held', 'sending', 'digested', 'suppressed', 'expired',
                            'cancelled')) AS sent_today
FROM jsonb_to_recordset(%(rows)s) AS r (id uuid, user_id uuid, category text, channel text,
    address text) LEFT JOIN notification_profiles p
    ON p.workspace_id = current_workspace() AND p.user_id = r.user_id;

-- name: find_deliveries_for_update
-- Deliveries' states, locked until the transaction ends; in one order, so that none waits for another.
SELECT d.id::text, d.workspace_id::text, d.notification_id::text, d.status, d.channel, d.address,
    d.recipient, d.user_id::text, d.data, d.attempts, d.provider_id, n.strategy, n.channels,
    n.category, n.task_token, n.correlation_id, n.status AS notification_status, d.round, t.name AS template
FROM notification_deliveries d JOIN notifications n ON n.id = d.notification_id
LEFT JOIN notification_templates t ON t.id = n.template_id
WHERE d.id = ANY(%(ids)s::uuid[]) ORDER BY d.id FOR UPDATE OF d;

-- name: find_by_provider_id
-- The delivery that a provider speaks of.
SELECT id::text FROM notification_deliveries
WHERE workspace_id = current_workspace() AND provider_id = %(provider_id)s;

-- name: set_status
-- A delivery's new status.
UPDATE notification_deliveries SET status = %(status)s, reason = coalesce(%(reason)s, reason),
    updated_at = %(now)s, provider = coalesce(%(provider)s, provider),
    provider_id = coalesce(%(provider_id)s, provider_id), content = coalesce(%(content)s, content),
    due_at = coalesce(%(due_at)s, due_at), claimed_until = NULL
WHERE id = %(id)s;

-- name: advance_deliveries
-- What deliveries have come to.
UPDATE notification_deliveries d SET status = r.status, reason = coalesce(r.reason, d.reason),
    updated_at = %(now)s, provider = coalesce(r.provider, d.provider),
    provider_id = coalesce(r.provider_id, d.provider_id),
    content = coalesce(r.content, d.content), claimed_until = NULL
FROM jsonb_to_recordset(%(rows)s) AS r (id uuid, status text, reason text, provider text,
    provider_id text, content jsonb)
WHERE d.id = r.id;

-- name: insert_events
-- Lines of deliveries' timelines, each once for its key; those that are new come back.
INSERT INTO notification_events (delivery_id, workspace_id, at, status, detail, key)
SELECT id, current_workspace(), %(now)s, status, detail, key
FROM jsonb_to_recordset(%(rows)s) AS r (n int, id uuid, status text, detail text, key text)
ORDER BY n
ON CONFLICT (delivery_id, key) DO NOTHING
RETURNING delivery_id::text, key;

-- name: insert_event
-- A line of a delivery's timeline, once for each key.
INSERT INTO notification_events (delivery_id, workspace_id, at, status, detail, key)
VALUES (%(id)s, current_workspace(), %(now)s, %(status)s, %(detail)s, %(key)s)
ON CONFLICT (delivery_id, key) DO NOTHING;

-- name: settle_outbox
-- A delivery needs no more publishing.
DELETE FROM notification_outbox WHERE delivery_id = %(id)s;

-- name: settle_outboxes
-- Deliveries need no more publishing.
DELETE FROM notification_outbox WHERE delivery_id = ANY(%(ids)s::uuid[]);

-- name: postpone_outbox
-- A delivery is to be published at a later time, whatever was planned.
INSERT INTO notification_outbox (delivery_id, workspace_id, channel, due_at)
VALUES (%(id)s, current_workspace(), %(channel)s, %(due_at)s)
ON CONFLICT (delivery_id) DO UPDATE SET due_at = excluded.due_at, publishes = 0;

-- name: count_pending
-- Whether a request still has deliveries that nobody knows the end of.
SELECT count(*) FILTER (WHERE status IN ('queued', 'held', 'sending')) AS pending,
    count(*) FILTER (WHERE status IN ('sent', 'delivered', 'opened', 'clicked')) AS reached,
    count(*) AS total
FROM notification_deliveries WHERE notification_id = %(notification_id)s;

-- name: find_token
-- The token of the step that waits for a request's result.
SELECT task_token FROM notifications WHERE id = %(id)s;

-- name: set_token
-- A step waits for a request's result.
UPDATE notifications SET task_token = %(token)s WHERE id = %(id)s;

-- name: clear_token
-- The step knows.
UPDATE notifications SET task_token = NULL WHERE id = %(id)s;

-- name: list_answerable
-- Requests whose result is known, and whose step may not know it yet.
SELECT n.id::text, n.workspace_id::text FROM notifications n
WHERE n.task_token IS NOT NULL AND n.status <> 'scheduled' AND NOT EXISTS (
    SELECT FROM notification_deliveries d
    WHERE d.notification_id = n.id AND d.status IN ('queued', 'held', 'sending'))
LIMIT 100;

-- name: insert_inbox_item
-- A message in somebody's inbox, once.
INSERT INTO inbox_items (id, workspace_id, user_id, category, subject, text, url, created_at)
VALUES (%(id)s, current_workspace(), %(user_id)s, %(category)s, %(subject)s, %(text)s, %(url)s,
    %(now)s) ON CONFLICT (id) DO NOTHING;

-- name: reset_delivery
-- A settled delivery is to go out once more.
UPDATE notification_deliveries SET status = 'queued', reason = NULL, due_at = %(now)s,
    updated_at = %(now)s, attempts = 0, provider_id = NULL, round = round + 1
WHERE id = %(id)s AND status NOT IN ('queued', 'held', 'sending');

-- name: find_users
-- The people whom recipients name, with where they can be reached.
SELECT u.id::text, u.email, p.phone,
    ARRAY(SELECT v.token FROM notification_devices v
          WHERE v.workspace_id = m.workspace_id AND v.user_id = u.id ORDER BY v.id) AS devices,
    'user:' || u.id AS key_user, 'role:' || m.role AS key_role,
    ARRAY(SELECT 'group:' || g.name FROM groups g JOIN group_members x ON x.group_id = g.id
          WHERE x.user_id = u.id AND x.workspace_id = m.workspace_id
          UNION ALL SELECT 'group:' || x.group_id FROM group_members x
          WHERE x.user_id = u.id AND x.workspace_id = m.workspace_id) AS key_groups,
    ARRAY(SELECT 'topic:' || s.topic FROM notification_subscriptions s
          WHERE s.user_id = u.id AND s.workspace_id = m.workspace_id) AS key_topics
FROM memberships m JOIN users u ON u.id = m.user_id
LEFT JOIN notification_profiles p ON p.workspace_id = m.workspace_id AND p.user_id = m.user_id
WHERE m.workspace_id = current_workspace() AND m.deactivated_at IS NULL AND (
    u.id = ANY(%(users)s::uuid[]) OR m.role = ANY(%(roles)s)
    OR EXISTS (SELECT FROM group_members x JOIN groups g ON g.id = x.group_id
        WHERE x.user_id = u.id AND x.workspace_id = m.workspace_id
          AND (g.name = ANY(%(groups)s) OR g.id::text = ANY(%(groups)s)))
    OR EXISTS (SELECT FROM notification_subscriptions s
        WHERE s.user_id = u.id AND s.workspace_id = m.workspace_id AND s.topic = ANY(%(topics)s)))
ORDER BY u.id;

-- name: find_known_names
-- Which of the groups and roles that recipients name exist.
SELECT ARRAY(SELECT g.name FROM groups g WHERE g.name = ANY(%(groups)s)
             UNION ALL SELECT g.id::text FROM groups g WHERE g.id::text = ANY(%(groups)s)) AS groups,
    ARRAY(SELECT r.name FROM roles r WHERE r.name = ANY(%(roles)s)) AS roles;
