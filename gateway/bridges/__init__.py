"""Components made of other frameworks' services, each behind an extra of its own."""
