"""PINs by SMS, over HTTP: against the simulated Twilio and a small Azure that checks signatures."""
