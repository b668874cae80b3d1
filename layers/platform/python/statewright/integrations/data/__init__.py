"""What steps do to data where JSONata does not do it well."""
