"""Devices that aren't there, on real sockets: for the demo and for tests."""
