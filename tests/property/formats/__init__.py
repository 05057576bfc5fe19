"""Properties of the room `formats`."""
