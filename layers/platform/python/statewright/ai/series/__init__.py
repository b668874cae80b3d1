"""Time series: what comes next, and what is out of the ordinary. Pure: numbers in, numbers out."""
