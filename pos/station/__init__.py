"""The devices of a till: what they say just now, on this computer or on one of their own."""
