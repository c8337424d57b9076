"""Stories: which items tell of one event, which are copies, and what is new in a running one.

index = StoryIndex(store_sketches_of_the_last_days)
decided = group(items, index, now)              # pure
for _, sketch in decided: index.add(sketch)     # once they are stored
"""

from monitor.model import Sketch
from monitor.stories.alignment import differing, pairs
from monitor.stories.copies import Match
from monitor.stories.difference import difference
from monitor.stories.edits import Edit, EditKind, compare, is_another
from monitor.stories.grouping import group
from monitor.stories.index import WINDOW, StoryIndex
from monitor.stories.sketching import Gist, gist_of, sketch
from monitor.stories.telling import Moment, Telling, tell

__all__ = [
    "WINDOW",
    "Edit",
    "EditKind",
    "Gist",
    "Match",
    "Moment",
    "Sketch",
    "StoryIndex",
    "Telling",
    "compare",
    "difference",
    "differing",
    "gist_of",
    "group",
    "is_another",
    "pairs",
    "sketch",
    "tell",
]
