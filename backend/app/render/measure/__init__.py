"""Measure finished files, joins, stems and vocal timing."""
