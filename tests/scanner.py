"""A scanner for the codes that are printed and shown, told to read QR codes only as those of checkers are.

Asked for every kind of code, the library now and then sees a short Codabar in the pattern of a QR code.
"""

import zxingcpp
from PIL import Image

_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def qr_texts(image: Image.Image) -> list[str]:
    """Return the texts of the QR codes in a picture."""
    return [found.text for found in zxingcpp.read_barcodes(image, formats=_QR)]
