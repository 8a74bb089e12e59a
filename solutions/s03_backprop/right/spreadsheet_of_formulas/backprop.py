"""The table is a spreadsheet of formulas, saved with their values."""
