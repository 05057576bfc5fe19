"""OpenSPS: official certificates for food, animal and plant trade, from application to offline check."""
