-- name: find_profile
-- How somebody is reached.
SELECT phone, locale, time_zone, to_char(quiet_from, 'HH24:MI') AS quiet_from,
    to_char(quiet_to, 'HH24:MI') AS quiet_to, digest_hour
FROM notification_profiles WHERE workspace_id = current_workspace() AND user_id = %(user_id)s;

-- name: put_profile
-- Sets how somebody is reached.
INSERT INTO notification_profiles
    (workspace_id, user_id, phone, locale, time_zone, quiet_from, quiet_to, digest_hour)
VALUES (current_workspace(), %(user_id)s, %(phone)s, %(locale)s, %(time_zone)s, %(quiet_from)s,
    %(quiet_to)s, %(digest_hour)s)
ON CONFLICT (workspace_id, user_id) DO UPDATE SET phone = excluded.phone,
    locale = excluded.locale, time_zone = excluded.time_zone, quiet_from = excluded.quiet_from,
    quiet_to = excluded.quiet_to, digest_hour = excluded.digest_hour;

-- name: list_preferences
-- What somebody wants, by category and channel.
SELECT category, channel, mode FROM notification_preferences
WHERE workspace_id = current_workspace() AND user_id = %(user_id)s ORDER BY category, channel;

-- name: clear_preferences
-- Forgets what somebody wanted.
DELETE FROM notification_preferences
WHERE workspace_id = current_workspace() AND user_id = %(user_id)s;

-- name: put_preference
-- What somebody wants of a category on a channel.
INSERT INTO notification_preferences (workspace_id, user_id, category, channel, mode)
VALUES (current_workspace(), %(user_id)s, %(category)s, %(channel)s, %(mode)s)
ON CONFLICT (workspace_id, user_id, category, channel) DO UPDATE SET mode = excluded.mode;

-- name: list_inbox
-- Somebody's inbox, the newest first.
SELECT id::text, category, subject, text, url, created_at, read_at, archived_at FROM inbox_items
WHERE workspace_id = current_workspace() AND user_id = %(user_id)s
  AND (archived_at IS NOT NULL) = %(archived)s AND (NOT %(unread)s OR read_at IS NULL)
  AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid)
  AND (%(since)s::uuid IS NULL OR id > %(since)s::uuid)
ORDER BY id DESC LIMIT %(limit)s;

-- name: count_unread
-- How many of somebody's messages are unread, and which is the newest of all.
SELECT count(*) FILTER (WHERE read_at IS NULL AND archived_at IS NULL) AS unread,
    (SELECT id::text FROM inbox_items WHERE workspace_id = current_workspace()
     AND user_id = %(user_id)s ORDER BY id DESC LIMIT 1) AS newest
FROM inbox_items
WHERE workspace_id = current_workspace() AND user_id = %(user_id)s
  AND read_at IS NULL AND archived_at IS NULL;

-- name: change_inbox_item
-- Marks a message as read or unread, archives it or takes it back.
UPDATE inbox_items SET
    read_at = CASE WHEN %(read)s::boolean IS NULL THEN read_at
                   WHEN %(read)s THEN coalesce(read_at, %(now)s) END,
    archived_at = CASE WHEN %(archived)s::boolean IS NULL THEN archived_at
                       WHEN %(archived)s THEN coalesce(archived_at, %(now)s) END
WHERE workspace_id = current_workspace() AND user_id = %(user_id)s AND id = %(id)s
RETURNING id::text, category, subject, text, url, created_at, read_at, archived_at;

-- name: read_inbox
-- Marks all of somebody's messages as read, up to one.
UPDATE inbox_items SET read_at = %(now)s
WHERE workspace_id = current_workspace() AND user_id = %(user_id)s AND read_at IS NULL
  AND id <= %(upto)s;

-- name: put_device
-- A device, whose token may have been somebody else's before.
INSERT INTO notification_devices (id, workspace_id, user_id, token, platform, created_at)
VALUES (%(id)s, current_workspace(), %(user_id)s, %(token)s, %(platform)s, %(now)s)
ON CONFLICT (workspace_id, token) DO UPDATE SET user_id = excluded.user_id,
    platform = excluded.platform
RETURNING id::text, platform, created_at;

-- name: list_devices
-- Somebody's devices.
SELECT id::text, platform, created_at FROM notification_devices
WHERE workspace_id = current_workspace() AND user_id = %(user_id)s ORDER BY id;

-- name: delete_device
-- Forgets a device.
DELETE FROM notification_devices
WHERE workspace_id = current_workspace() AND user_id = %(user_id)s AND id = %(id)s;

-- name: delete_device_token
-- Forgets a device that the provider does not know any more.
DELETE FROM notification_devices WHERE workspace_id = current_workspace() AND token = %(token)s;

-- name: put_suppression
-- Nothing of a category ('*': of all) goes to an address any more.
INSERT INTO notification_suppressions
    (workspace_id, channel, address, category, reason, created_at)
VALUES (current_workspace(), %(channel)s, lower(%(address)s), %(category)s, %(reason)s, %(now)s)
ON CONFLICT (workspace_id, channel, address, category) DO NOTHING;

-- name: delete_suppression
-- An address gets messages again.
DELETE FROM notification_suppressions
WHERE workspace_id = current_workspace() AND channel = %(channel)s
  AND address = lower(%(address)s) AND category = %(category)s;

-- name: list_suppressions
-- Addresses that get nothing, in their order.
SELECT channel, address, category, reason, created_at FROM notification_suppressions
WHERE %(channel)s::text IS NULL OR (channel, address, category)
    > (%(channel)s, %(address)s, %(category)s)
ORDER BY channel, address, category LIMIT %(limit)s;

-- name: list_topics
-- Topics with how many follow them, and whether somebody does.
SELECT topic AS name, count(*) AS subscribers, bool_or(user_id = %(user_id)s) AS subscribed
FROM notification_subscriptions WHERE workspace_id = current_workspace()
GROUP BY topic ORDER BY topic;

-- name: subscribe
-- Somebody follows a topic.
INSERT INTO notification_subscriptions (workspace_id, topic, user_id, created_at)
VALUES (current_workspace(), %(topic)s, %(user_id)s, %(now)s) ON CONFLICT DO NOTHING;

-- name: unsubscribe
-- Somebody follows a topic no more.
DELETE FROM notification_subscriptions
WHERE workspace_id = current_workspace() AND topic = %(topic)s AND user_id = %(user_id)s;

-- name: find_unsubscription
-- What the link in an e-mail is about.
SELECT d.address, d.user_id::text, d.channel, n.category
FROM notification_deliveries d JOIN notifications n ON n.id = d.notification_id
WHERE d.id = %(id)s;
