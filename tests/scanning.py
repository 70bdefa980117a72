"""QR codes read back by a foreign reader (zxing), as the camera of a guest's telephone would."""

import re
from io import BytesIO

import zxingcpp
from PIL import Image

MODULE = 8  # pixels a module is painted with


def read_code(picture: Image.Image | bytes) -> zxingcpp.Barcode:
    """The one QR code of a picture, as pixels or as the bytes of a file.

    Only QR codes are looked for: among their modules some rows read as a line code, too, about
    once in 750 codes.
    """
    image = Image.open(BytesIO(picture)) if isinstance(picture, bytes) else picture
    (found,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    return found


def read_drawing(page: str | bytes) -> zxingcpp.Barcode:
    """The QR code of the first drawing (SVG) of a page, its path painted."""
    text = page.decode() if isinstance(page, bytes) else page
    found = re.search(r'<svg xmlns="[^"]+" viewBox="0 0 (\d+) \d+".*?d="([^"]+)"', text, re.DOTALL)
    assert found is not None, "no drawing of a code in this page"
    width = int(found[1])
    image = Image.new("L", (width, width), 255)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", found[2]):
        image.paste(0, (int(x), int(y), int(x) + int(length), int(y) + 1))
    return read_code(image.resize((width * MODULE, width * MODULE), Image.Resampling.NEAREST))
