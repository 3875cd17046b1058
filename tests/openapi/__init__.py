"""schemathesis against a served gateway, whose service holds every shipped function."""
