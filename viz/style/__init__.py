"""What pictures are made with: colours, outlines, letters and their widths.  It uses nothing of the graph."""
