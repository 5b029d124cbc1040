"""What the other rooms know about languages: quotation marks, sentence signs, words for facts, verbs of saying."""
