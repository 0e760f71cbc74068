"""The README's table of settings, written from the settings themselves: python -m bot.settings_table"""

from __future__ import annotations

from bot.settings import specs

HEAD = "| name | meaning | default |\n|---|---|---|"


def table() -> str:
    """Markdown; a setting without a default that a start needs is marked **needed**."""
    rows = [HEAD]
    for spec in specs():
        default = "**needed**" if spec.required else f"`{spec.default}`" if spec.default else ""
        told = f"{spec.meaning} From {spec.where}" if spec.where else spec.meaning
        rows.append(f"| `{spec.name}` | {told.replace('|', chr(92) + '|')} | {default} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table())
