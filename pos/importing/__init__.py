"""Workbooks in and out: what each row would do, then one transaction or nothing."""
