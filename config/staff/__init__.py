"""The pages of the people who work here: signing in, their own account, everybody's, the log."""
