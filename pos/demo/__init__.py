"""The demo village: a shop filled in seconds through the shop's own use cases. Every name in it is invented."""
