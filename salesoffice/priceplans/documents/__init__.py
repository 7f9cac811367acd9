"""What pages, answers and workbooks show of price plans."""
