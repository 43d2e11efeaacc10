"""Pictures of ECG pages: drawing one from a Record, and finding the Record in one."""
