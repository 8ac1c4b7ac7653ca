"""Providers of ours for pygeoapi."""
