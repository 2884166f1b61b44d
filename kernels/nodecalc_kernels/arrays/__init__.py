"""Arrays worked out by the plain formulas, where there is too little to do for a loop: numpy, and no compiling."""
