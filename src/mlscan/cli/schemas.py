"""`mlscan schema`: JSON Schemas of the report, of the configuration and of the content."""

from __future__ import annotations

import click
import msgspec

from mlscan.cli.output import write_stdout
from mlscan.report import assessment_schema
from mlscan.types.content import Detector
from mlscan.types.model import KindsFile, ModelExtension, ModelFile, PresenceFile, Topic
from mlscan.types.starters import Starters, StarterWords

_CONTENT = {
    "detector": Detector,
    "model": ModelFile,
    "model-extension": ModelExtension,
    "topic": Topic,
    "presence": PresenceFile,
    "kinds": KindsFile,
    "starters": Starters,
    "starter-words": StarterWords,
}

_REPORTS = ("assessment", "history", "fleet")
_SETTINGS = ("config", "policy")


@click.command("schema")
@click.argument("name", type=click.Choice([*_REPORTS, *_SETTINGS, *_CONTENT]), default="assessment")
def schema_command(name: str) -> None:
    """Print a JSON Schema.

    NAME is the JSON report (assessment, the default), that of a history or a fleet, mlscan.toml (config), a policy, or
    a kind of content file.
    """
    if name == "history":
        from mlscan.report.answers.history_data import history_schema

        write_stdout(history_schema(), data=True)
        return
    if name == "fleet":
        from mlscan.report.fleet import fleet_schema

        write_stdout(fleet_schema(), data=True)
        return
    if name in _SETTINGS:
        from mlscan.settings import policy_schema, settings_schema

        write_stdout(settings_schema() if name == "config" else policy_schema(), data=True)
        return
    write_stdout(assessment_schema() if name == "assessment" else _content_schema(name), data=True)


def _content_schema(name: str) -> str:
    (reference,), components = msgspec.json.schema_components([_CONTENT[name]], ref_template="#/$defs/{name}")
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"mlscan {name}",
        **reference,
        "$defs": components,
    }
    return msgspec.json.format(msgspec.json.encode(schema), indent=2).decode() + "\n"
