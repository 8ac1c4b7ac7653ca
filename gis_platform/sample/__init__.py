"""An invented district, delivered as a municipality delivers it, with the truth beside it."""
