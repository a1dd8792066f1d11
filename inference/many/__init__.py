"""Many fits of one model: numbered pieces of work, done on local processes or a cluster, stored as they come."""
