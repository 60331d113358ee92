"""The doors of the house: pages for people, addresses for programs."""
