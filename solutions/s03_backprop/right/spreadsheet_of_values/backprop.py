"""The table is a spreadsheet that holds plain values."""
