"""Thin routers: shape in, one call, shape out."""
