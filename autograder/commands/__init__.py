"""The commands of the command line, by who types them."""

import click

POLICIES = click.Choice(["required", "best-effort", "off"])
