"""The verb ``report``: one page that shows the dataset, with no server and no network.

What the stages before have found out is put beside small pictures of the images: balance, leaks,
findings, pairs, open questions, and every image with its trace. Nothing here changes data.
"""

from acne04.report.command import configure, read_options, run

__all__ = ["configure", "read_options", "run"]
