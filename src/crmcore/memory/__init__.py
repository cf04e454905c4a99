"""The store in memory: the meaning that every other store has to reproduce.

For tests, demonstrations and short-lived work. The data last as long as their shelf, at most as
long as the process.
"""

from crmcore.memory.shelf import Shelf
from crmcore.memory.store import MemoryStore, open_url

__all__ = ["MemoryStore", "Shelf", "open_url"]
