"""Microsoft Teams: the only importer of botbuilder and msal.

May import the standard library, aiohttp, orjson, jwt, requests (what msal speaks HTTP with), botbuilder and
botframework, msal, cards, bot.domain and bot.ports; never bot.wechat, bot.store, bot.engine or bot.app.

What comes in:  adapter (HTTP, one turn) → auth, keys, hosts → handler → actions (words, activity) → engine → answers
What goes out:  worker → sender (views, outcomes, credentials, hosts) → Teams
"""
