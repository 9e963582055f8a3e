"""The images of a split with all that is known of them, wherever their dataset lies.

A *sample* is one image of a manifest: its file, its labels, its boxes and circles in the frame of
the upright photograph, and the part that it is in. What trains, shows or exports images asks here.
"""
