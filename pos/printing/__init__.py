"""The print queue: jobs that survive a power cut, and the one worker that feeds the printers."""
