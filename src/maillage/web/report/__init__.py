"""The report of a territory, as a PDF and as one HTML file."""
