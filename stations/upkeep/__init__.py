"""What people at the door say of a station: reports, confirmations, visits, and what follows from them."""
