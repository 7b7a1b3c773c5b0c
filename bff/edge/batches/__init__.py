"""Many small requests in one."""
