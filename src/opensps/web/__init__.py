"""The faces of the service: pages (`html`), later REST and SOAP.

Every word for people is made here, from codes and values of the other rooms. No rule and no write lives here.
"""
