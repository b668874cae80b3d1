-- What caused a message, a webhook's message or a task: log lines about what is done with it later,
-- by whoever sweeps, carry the id of the execution that began it all.
ALTER TABLE notifications ADD COLUMN correlation_id text;
ALTER TABLE webhook_messages ADD COLUMN correlation_id text;
ALTER TABLE human_tasks ADD COLUMN correlation_id text;
