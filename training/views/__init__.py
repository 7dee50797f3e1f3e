"""The pages of training, cut by who uses them: the public, who booked, who came by a link, and the board's team."""
