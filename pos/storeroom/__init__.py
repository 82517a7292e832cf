"""The store room: goods received with their papers, and a receiving taken back by its reversal."""
