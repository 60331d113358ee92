"""What things are called and how figures are told, in the language of the reader: for pages and for what one prints."""
