"""The third way out: one-time PINs by SMS, through Twilio or Azure Communication Services, chosen by SMS_GATEWAY."""
