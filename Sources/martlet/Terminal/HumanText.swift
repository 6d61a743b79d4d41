package enum Hold {}
