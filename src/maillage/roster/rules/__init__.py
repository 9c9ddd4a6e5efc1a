"""What the roster decides without any framework: blocks of the PDSA, burden, workflow and its deadlines."""
