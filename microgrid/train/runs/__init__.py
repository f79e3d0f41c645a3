"""What goes along with the epochs of `fit`: who looks on, who steps in, what shows how far they are."""
