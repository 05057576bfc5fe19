"""Running an installation on one machine: its TLS certificate, its processes, the plain port that only redirects."""
