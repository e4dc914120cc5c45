"""The Qt client of each machine."""
