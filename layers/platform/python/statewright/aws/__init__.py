"""AWS services, one thin module each: typed calls, errors mapped to the product's own kinds."""
