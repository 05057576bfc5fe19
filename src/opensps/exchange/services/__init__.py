"""What writes exchange: partners' records, the outbox, deliveries and their acknowledgements."""
