"""What reads codes: scanners on a serial line or as a keyboard, pictures and frames of a camera."""
