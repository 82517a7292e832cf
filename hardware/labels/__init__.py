"""Labels and signs: laid out once in millimetres, drawn alike for screen, A4 sheet, label printer and receipt roll."""
