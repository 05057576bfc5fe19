"""SOAP for partners: the dispatcher, its faces, and who calls."""
