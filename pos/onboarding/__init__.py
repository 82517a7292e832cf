"""The first run: five steps from an empty shop to its first sale."""
