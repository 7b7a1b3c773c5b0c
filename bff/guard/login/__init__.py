"""Sign in and out at an identity provider, and renew what it gave."""
