"""Kinds of source, one a file: ``fetch`` is I/O and bounded, ``parse`` is pure."""
