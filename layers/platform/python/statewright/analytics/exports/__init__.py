"""Files of figures: CSV, JSON Lines, Excel, PDF."""
