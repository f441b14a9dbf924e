"""Who may come in: passwords, access tokens and what renews them, and how often one may try."""
