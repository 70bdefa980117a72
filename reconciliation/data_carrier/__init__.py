"""The books of a period on a data carrier for a tax audit: "Z3", § 147 (6) AO and GoBD no. 167.

One ZIP: `index.xml` after the Beschreibungsstandard für die Datenträgerüberlassung 1.1, a CSV for
each table it describes, and their SHA-256. Texts are as they are in the books: nothing is put
before what a spreadsheet would calculate, so a spreadsheet is not what these files are for. The
reference of a case (Kassenzeichen) can be erased in the books, and is in no file.
"""
