"""The WeChat side: the only place that knows XML, signatures and errcodes.

May import the standard library, aiohttp, cryptography, defusedxml, orjson, `bot.domain` and `bot.ports`; never
`bot.teams`, `bot.store` or `bot.app`.
"""
