// Rectangles on the screen: what is to be in sight together, and how large it may be for that.

const EDGE = 7; // pixels around a box that is in sight, where its border may be wide

// How many times as large as it is a rectangle may be, with its edge, to fit into another.
function shareOf({left, right, top, bottom}, outer) {
  return Math.min((outer.width - 2 * EDGE - 1) / (right - left), (outer.height - 2 * EDGE - 1) / (bottom - top));
}

// The rectangle around the first of some, and around as many others, the nearest first, as fit into another.
function fitting([first, ...others], outer) {
  const middle = ({left, right, top, bottom}) => [(left + right) / 2, (top + bottom) / 2], [x, y] = middle(first);
  const far = (other) => Math.hypot(middle(other)[0] - x, middle(other)[1] - y);
  let all = around([first]);
  for (const other of others.sort((a, b) => far(a) - far(b))) {
    const more = around([all, other]);
    if (shareOf(more, outer) >= 1) all = more;
  }
  return all;
}

// The rectangle around some rectangles.
function around(rectangles) {
  const reach = (side, most) => most(...rectangles.map((rectangle) => rectangle[side]));
  return {left: reach("left", Math.min), top: reach("top", Math.min),
    right: reach("right", Math.max), bottom: reach("bottom", Math.max)};
}
