"""The cards: what they say, in what shape, whatever outsiders wrote."""
