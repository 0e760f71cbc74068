"""Both outside worlds on localhost, speaking real HTTP. May import nothing of the bot: they are the other side."""
