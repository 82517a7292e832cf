"""The browser's camera as a scanner: a frame comes in, the codes in it go out."""
