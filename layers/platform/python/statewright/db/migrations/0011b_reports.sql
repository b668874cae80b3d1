-- Figures are of the whole workspace: grants on parts of it show none, but for reports and dashboards
-- that are granted themselves.
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['analytics_facts', 'analytics_hours', 'analytics_days',
            'analytics_hour_latencies', 'analytics_day_latencies', 'analytics_documents'] LOOP
        EXECUTE format('CREATE POLICY granted ON %I AS RESTRICTIVE TO statewright_tenant
            USING ((SELECT granted_scopes()) IS NULL)', name);
    END LOOP;
END $$;
