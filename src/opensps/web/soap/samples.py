"""Published samples of the CertificateService: a request and a response of every operation, and every fault.

They are data files of the package (``samples/``), served beside the WSDL; each of them is a test.
"""

from importlib.resources import files

from lxml import etree

_FOLDER = files(__package__).joinpath("samples")


def sample_names() -> tuple[str, ...]:
    """Return the names of all samples, in alphabetical order."""
    return tuple(sorted(each.name.removesuffix(".xml") for each in _FOLDER.iterdir() if each.name.endswith(".xml")))


def sample(name: str) -> bytes | None:
    """Return one sample, None for a name that is none."""
    return _FOLDER.joinpath(f"{name}.xml").read_bytes() if name in sample_names() else None


def sample_index() -> bytes:
    """Return the list of samples."""
    root = etree.Element("samples")
    for name in sample_names():
        etree.SubElement(root, "sample", {"name": name, "address": f"?sample={name}"})
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
