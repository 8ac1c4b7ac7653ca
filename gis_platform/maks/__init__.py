"""The national spatial address register (MAKS): model, code lists, controls. Pure."""
