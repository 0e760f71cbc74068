"""MultiLine Messaging, the running service: WeChat on one side, Microsoft Teams on the other."""

__version__ = "0.1.0"
