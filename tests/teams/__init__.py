"""bot.teams from outside: real tokens, real payloads, real HTTP."""
