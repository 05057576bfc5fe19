"""What a mail of ours says to people, as templates; the keys of their translations. Machines read none of it."""

ISSUED = "The certificate %(number)s is attached."
REPLACED = "The certificate %(number)s has been replaced."
WITHDRAWN = "The certificate %(number)s has been withdrawn. Do not accept it any more."
STATUS = "The status of the certificate %(number)s has changed."
COLLECT = "The certificate %(number)s is too large for mail. Collect it at %(address)s"
SIGNED = "The attached XML is the official document; its digest (SHA-256) is %(digest)s."
RECEIVED = "The certificate %(number)s arrived and can be read."
RECEIVED_REMARKS = "The certificate %(number)s arrived, with remarks: %(text)s"
UNREADABLE = "The certificate %(number)s could not be read: %(text)s"
REJECTED = "The certificate %(number)s was not accepted for delivery: %(text)s"
REFUSED = "Your message %(number)s was not accepted: %(text)s"
DECIDED = "This is what our border decided about goods under the certificate %(number)s; the decision is attached."
INQUIRY = "This message belongs to an inquiry about the certificate %(number)s; it is attached for your system to read."
INQUIRY_ALONE = "This message belongs to an inquiry about a missing certificate; it is attached for your system."

MESSAGES = (
    ISSUED, REPLACED, WITHDRAWN, STATUS, COLLECT, SIGNED, RECEIVED, RECEIVED_REMARKS, UNREADABLE, REJECTED, REFUSED,
    DECIDED, INQUIRY, INQUIRY_ALONE,
)  # fmt: skip
