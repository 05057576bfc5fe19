"""The demonstration: a made-up authority whose certificates are issued through the same services the pages use."""
