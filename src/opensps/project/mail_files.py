"""Names of the two files of an exchange key for mail, inside a directory of OPENSPS_MAIL_KEYS."""

KEY_FILE, CERTIFICATE_FILE = "exchange.key.pem", "exchange.cert.pem"
