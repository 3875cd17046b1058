"""The configurations of docs/how-to/reverse-proxy.md, each in front of a served gateway."""
