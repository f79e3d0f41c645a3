"""What goes along with the epochs of `fit`: who looks on, who steps in, what keeps them in a file."""
