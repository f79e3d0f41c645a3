"""All that is said, in Spanish: by the English template, with the same fields.

A text stands in the file of those who see it: `reports`, `claims`, `pictures`, `page`, `trainer`, `plots`
or `exercises`.
"""

from __future__ import annotations

from .claims import CLAIMS
from .exercises import EXERCISES
from .page import PAGE
from .pictures import PICTURES
from .plots import PLOTS
from .reports import REPORTS
from .trainer import TRAINER

__all__ = ["TABLE"]

TABLE = REPORTS | CLAIMS | PICTURES | PAGE | PLOTS | EXERCISES | TRAINER
