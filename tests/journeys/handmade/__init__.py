"""A package of screens, as a front-end team has it."""
