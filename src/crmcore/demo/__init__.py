"""The main job to look at: a sample company lives two years, or your files are read, and is measured.

Run it with ``python -m crmcore.demo``. It uses nothing but the front door, so it shows what a host
application may do. Nothing in the library imports it, and everybody in it is invented.
"""

from crmcore.demo.job import Job, run

__all__ = ["Job", "run"]
