"""Independent clients, unmodified: each calls as its own users would, and says what it saw."""
