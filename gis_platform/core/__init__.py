"""What every room may use; imports none of them."""
