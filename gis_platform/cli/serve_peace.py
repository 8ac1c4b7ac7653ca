"""Imported first where ``gis serve`` loads: from here on nobody looks for garbage."""

from gis_platform.cli.serve_load import collect_no_garbage

collect_no_garbage()
