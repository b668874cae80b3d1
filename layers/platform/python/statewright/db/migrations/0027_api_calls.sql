-- API calls are counted apart: looking at a dashboard is a call itself, and must not make all that
-- others look at seem to have changed.
ALTER TABLE analytics_versions ADD COLUMN calls bigint NOT NULL DEFAULT 0;
