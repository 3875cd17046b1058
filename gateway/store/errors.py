"""The one exception of the store."""


class StoreError(Exception):
    """The database cannot be used as asked; the text is one sentence for the administrator.

    It quotes no URL and no value of a row, since either may hold a secret.
    """
