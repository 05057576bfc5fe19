"""Forms: plain Django forms that edit the certificate value, and the forms of the acts. No rules, no database."""
