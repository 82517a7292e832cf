"""What reads codes: pictures and frames of a camera."""
