"""An address finds its place: batches of columns in, batches out; one address is a batch of one."""
