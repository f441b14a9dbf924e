"""DJ decisions as plain data: running order, joins, levels, timeline, mashups.

No file here touches audio samples.
"""
