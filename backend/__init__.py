"""The engine behind Segue's app."""
