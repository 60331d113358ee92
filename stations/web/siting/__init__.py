"""For planners: where the next stations should go, with the proof; and the plans that were saved."""
