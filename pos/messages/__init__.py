"""Messages between the shop and its producers, and the e-mails that carry them."""
