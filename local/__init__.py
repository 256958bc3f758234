"""What `make run` needs and the deployed package must not have."""
