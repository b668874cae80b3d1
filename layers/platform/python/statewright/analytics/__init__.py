"""Analytics: facts, their roll-ups, performance, activity, search, reports, dashboards."""
