"""What LocalStack needs to run this product without containers and without its paid parts.

Each module replaces one thing and says which; docs/localstack.md lists them.
"""
