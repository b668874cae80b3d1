"""What starts workflows: webhooks, schedules, events, forms, files, polls, and people."""
