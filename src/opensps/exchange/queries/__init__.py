"""Reading exchange: partners, envelopes, deliveries, what waits for whom."""
