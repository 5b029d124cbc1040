"""What the other rooms know about the press: names of agencies and outlets, and the forms in which texts credit them."""
