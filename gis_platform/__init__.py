"""Address matching, MAKS controls and approved open-data publication for Turkish municipalities."""

__version__ = "0.1.0"
