"""For those who have no network: the stations to keep on the phone, and the page that answers from them."""
