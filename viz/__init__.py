"""Drawings of microgrid graphs: with values, gradients and local derivatives, for slides, papers and notebooks."""

from .errors import EngineNotFound as EngineNotFound
from .errors import LayoutError as LayoutError
from .errors import TooLarge as TooLarge
from .errors import VizError as VizError
from .figure import Figure as Figure
from .figure import draw as draw
from .formats.dot import draw_dot as draw_dot
from .steps import Frame as Frame
from .steps import Steps as Steps
from .steps import explain as explain
from .steps import steps as steps
