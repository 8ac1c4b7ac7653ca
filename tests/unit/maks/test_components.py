import numpy as np

from gis_platform.maks.components import component_of


def test_nodes_without_pairs_are_alone() -> None:
    assert component_of(3, [], []).tolist() == [0, 1, 2]


def test_a_long_chain_is_one_group_in_any_order() -> None:
    order = np.random.default_rng(1).permutation(999)
    assert set(component_of(1000, order, order + 1)) == {0}


def test_two_groups_stay_apart() -> None:
    assert component_of(5, [3, 0], [4, 2]).tolist() == [0, 1, 0, 3, 3]
