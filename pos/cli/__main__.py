"""`python -m pos.cli`: the same as `ocop-pos`."""

from .commands import main

main()
