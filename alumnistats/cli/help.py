"""The command that shows the texts which come with the package."""

from __future__ import annotations

import click

from alumnistats.cli.common import lang_option
from alumnistats.cli.printing import say

TOPICS = ("file-format",)


@click.command(name="help", epilog="Example: alumnistats help file-format --lang ja")
@click.argument("topic", required=False, type=click.Choice(TOPICS))
@lang_option
@click.pass_context
def help_command(context: click.Context, topic: str | None, lang: str) -> None:
    """Show how a survey file is written, or list the commands."""
    if topic is None:
        parent = context.parent or context
        say(parent.get_help())
        say(f"\nTopics: {', '.join(TOPICS)} (alumnistats help {TOPICS[0]})")
        return
    say(text_of(topic, lang).rstrip())


def text_of(topic: str, lang: str) -> str:
    """Return a text that comes with the package, in a language."""
    import importlib.resources

    folder = importlib.resources.files("alumnistats").joinpath("help")
    return folder.joinpath(f"{topic}.{lang}.md").read_text(encoding="utf-8")
