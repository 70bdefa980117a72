"""The till: the process at a site that sells, writes down and speaks to devices, network or not."""
