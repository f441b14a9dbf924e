"""DJ decisions as plain data: order, joins, levels, timeline, mashups; no samples."""
