"""Documents on A4: real text in embedded letters, tables, and scans behind them."""
