"""What the commands beside the scan print: the plan, why a level does not hold, what a branch changes.

Pure like the rest of the room: an assessment or an answer in, text out. Import the modules, not this package.
"""
