"""Our side of the three-call answer: screens, as a front-end team declares them."""
