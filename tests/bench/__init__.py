"""How fast, how small, how steady: `python -m tests.bench [--quick] [--json FILE]`.

Most figures are ratios within one run, because a laptop's milliseconds say little about the next one's.
Goals are told, never enforced: a missed one is a line in a table, and the command still ends well.
"""
