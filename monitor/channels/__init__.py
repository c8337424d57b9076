"""Kinds of channel, one a file: ``render`` is pure, ``send`` hands the final bytes over."""
