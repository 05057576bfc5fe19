"""What is remembered of a network address: a keyed digest of its prefix, never the address."""

from ipaddress import IPv6Address, ip_address

from django.utils.crypto import salted_hmac

IPV4_PREFIX_BYTES = 3
IPV6_PREFIX_BYTES = 6


def network_prefix(address: str) -> str:
    """Return the /24 or /48 of an address as hexadecimal digits, ``unknown`` for anything else.

    Those without an address share one count.
    """
    try:
        parsed = ip_address(address.strip())
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    size = IPV6_PREFIX_BYTES if isinstance(parsed, IPv6Address) else IPV4_PREFIX_BYTES
    return f"{parsed.version}:{parsed.packed[:size].hex()}"


def keyed_digest(purpose: str, *parts: str) -> str:
    """Return a digest, 64 hexadecimal digits, that nobody without the installation's secret key can guess."""
    return salted_hmac(f"opensps.{purpose}", "\x1f".join(parts), algorithm="sha256").hexdigest()
