"""PDFs that somebody else might hand in."""

import pikepdf


def attached(pdf: pikepdf.Pdf, data: bytes) -> pikepdf.AttachedFileSpec:
    """Return a file to attach, with nothing said about it."""
    return pikepdf.AttachedFileSpec(pdf, data, description="", filename="", mime_type="", creation_date="", mod_date="")
