"""The ground: streets, townships, demand and place names. Knows nothing of stations, Flask or folium."""
