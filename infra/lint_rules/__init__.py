"""House rules for templates, as rules of cfn-lint (`.cfnlintrc` appends them)."""
