"""What reaches outside: the outbound client, connectors, connections, webhooks, files."""
