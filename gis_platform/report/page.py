"""The pages of this room: how their templates are read, once for all of them."""

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

templates = Environment(
    loader=PackageLoader("gis_platform.report"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
"""What a value holds is escaped; a name a template asks for and nobody gave is an error."""
