"""A station's own page, its poster, and what people say at its door."""
