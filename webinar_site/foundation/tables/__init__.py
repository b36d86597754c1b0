"""Tables as people keep them: delimited text and Excel workbooks, read and written with limits."""
