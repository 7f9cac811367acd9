"""The board as page fragments, as one sheet of paper per building, and as a workbook."""
