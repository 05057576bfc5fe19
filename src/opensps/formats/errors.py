"""The one base error of the room `formats`: what is wrong with the bytes, where, and which limit or rule says so."""


class FormatError(Exception):
    """Bytes or plain data could not be read or written.

    `code` is permanent and short (dtd, limits, not_well_formed ...); `path` is an XPath, a JSON pointer or "";
    `line` counts from 1, 0 when unknown; `detail` is English for logs, never shown to people as it is.
    """

    def __init__(self, code: str, path: str = "", line: int = 0, detail: str = "") -> None:
        super().__init__(code, path, line, detail)
        self.code = code
        self.path = path
        self.line = line
        self.detail = detail

    def __str__(self) -> str:
        where = f" at {self.path}" if self.path else ""
        row = f" (line {self.line})" if self.line else ""
        return f"{self.code}{where}{row}: {self.detail}" if self.detail else f"{self.code}{where}{row}"


class NoteError(FormatError):
    """A signed note, a key string or a checkpoint is not written as its specification asks, or does not verify.

    Codes: too_large, encoding, control_character, block, signature_line, signature_count, base64, key, signature,
    unsigned, checkpoint, time.
    """
