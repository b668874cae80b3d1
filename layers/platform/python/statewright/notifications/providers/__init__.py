"""Those who take messages to people: SES, SMTP, Twilio, Firebase, chat webhooks, the inbox."""
