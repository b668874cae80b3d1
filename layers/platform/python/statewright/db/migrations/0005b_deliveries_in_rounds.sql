-- A delivery that is sent once more is in its next round: late news of an earlier one does not settle it.
ALTER TABLE notification_deliveries ADD COLUMN round int NOT NULL DEFAULT 0;
