"""The revisions, first to last."""

__all__ = ()
