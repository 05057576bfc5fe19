"""The REST API for partners (`exchange.md` 5): it reads requests and answers. No rule, no write."""
