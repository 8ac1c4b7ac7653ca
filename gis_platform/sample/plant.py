"""Plants every kind of violation in the clean tables."""

import numpy as np

from gis_platform.sample.plots import Flags
from gis_platform.sample.register import Register
from gis_platform.sample.spoil_doors import DOORS
from gis_platform.sample.spoil_roads import ROADS
from gis_platform.sample.violations import Planter, Row
from gis_platform.sample.world import World


def plant(world: World, register: Register) -> tuple[list[Row], Flags]:
    """Spoil a few features of each kind.

    Returns:
        The list (code, layer, kimlik_no, note, planted or follows), and which doors are touched:
        those stay out of the AKS text, so that its truth does not depend on them.
    """
    planter = Planter(world, register, np.random.default_rng([world.seed, 13]))
    for spoil in (*ROADS, *DOORS):
        spoil(planter)
    return sorted(set(planter.rows)), planter.spoilt
