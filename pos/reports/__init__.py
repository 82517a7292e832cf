"""The manager's readings: what needs me today."""
