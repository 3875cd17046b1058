"""Tools that read the OpenAPI document, against a served gateway whose service holds every shipped function."""
