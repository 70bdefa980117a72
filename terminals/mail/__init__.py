"""Mail: letters to payers, written down with the fact that causes them and sent by the worker."""
