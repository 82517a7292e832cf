"""Price tags and signs: what they say, whether it still holds, and where they hang."""
