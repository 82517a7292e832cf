"""The running of the point: the coolers' daily log, the complaint book."""
