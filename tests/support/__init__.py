"""What tests share: a component of test functions, a site in a database of its own, a served gateway."""
