"""Documents made from the books: tables for spreadsheets and pages for paper."""
