"""The local cloud: hosts ``template.yaml`` on one machine, under boto3, durable in PostgreSQL."""
