"""Words that every room shares: codes, errors, deadlines, contexts, events. Pure; imports nothing
of ours.
"""
