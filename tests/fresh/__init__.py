"""From nothing to a running service, as a stranger gets there: the README's commands and the Dockerfile's steps, played
literally in folders of their own. Each needs the package registries and some minutes, so `make fresh` plays them."""
