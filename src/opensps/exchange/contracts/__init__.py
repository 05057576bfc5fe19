"""SOAP contracts as tables: they write the WSDL, drive reader and writer, and feed the tests (`exchange.md` 0, rule 4).

`tables` says what a contract is, `notation` writes one down briefly, `hub` is the contract of the IPPC Hub. Values of
the wire are plain: a record is a mapping from child name to value. No Django, no network, no database in here.
"""
