"""A coverage monitor: says quickly and truthfully what is new about watched people and topics."""

__version__ = "0.1.0"
