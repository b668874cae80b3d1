"""The assistant: words to workflows, changes, explanations, mended failures, expressions."""
