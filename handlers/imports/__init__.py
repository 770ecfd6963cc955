"""Files of leads and of spend: what their columns mean, and what each row says."""
