"""What breaks outside of the program: the power goes, the process is killed. Run it: `python -m tests.faults`.

Two proofs, because each is blind to the other's fault: a killed process leaves its writes with the
operating system, so `kill -9` proves nothing about power; and a cut disk image knows no retried request.
"""
