"""The forms of requests and answers; the description of the API is made from them."""
