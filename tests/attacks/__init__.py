"""What a hostile or careless sender could send: made here, never stored."""
