"""The worker against a scripted store and scripted gateways, in a time that is skipped instead of waited for."""
