"""How joins sound: fades, filters, stems and tempo over the seconds of a join."""
