"""The backend ldap: what it reads and refuses, and (on `make accounts`) a real OpenLDAP."""
