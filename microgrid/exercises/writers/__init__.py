"""The forms in which exercises are given out: text, JSON, Moodle, web page, LaTeX, notebook."""
