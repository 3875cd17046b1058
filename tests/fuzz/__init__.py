"""Fuzzing guided by coverage, with atheris (`make fuzz`): what the seeded tests do with mutants, without an end."""
