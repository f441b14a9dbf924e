"""The API's routes, a router for each topic."""
