"""GiroCode: a transfer as a QR code that banking apps read (EPC069-12, version 002, UTF-8).

from terminals.girocode import girocode_png, girocode_svg, payload
text = payload("Stadt Aachen", iban, 4600, reference="RF18539007547034")
svg = girocode_svg(text, label="GiroCode für 46,00 €")  # bytes: an SVG element for the page
picture = girocode_png(text)  # bytes: to save on the phone that shows it

"""

from terminals.girocode.drawing import girocode_png, girocode_svg
from terminals.girocode.payload import GirocodeInvalid, payload

__all__ = ["GirocodeInvalid", "girocode_png", "girocode_svg", "payload"]
