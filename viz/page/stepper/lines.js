// Lines of text that change in the picture, and are squeezed where they are longer than there is room for.

const BORDERS = 8; // units between an outline and its text, both sides together
const NARROWEST = 0.72; // what a text may be squeezed to

// A line of text that changes, within an outline or alone on an arrow.
function changeable(text, outline = null) {
  return {text, outline, original: text.textContent, shown: text.textContent, room: null};
}

// Another text, squeezed where it is longer than there is room for; returns whether it is another.
function put(line, content, pending) {
  const {text} = line;
  text.classList.toggle("pending", pending);
  if (line.shown === content) return false;
  text.textContent = line.shown = content;
  if (line.squeezed) text.removeAttribute("textLength");
  line.squeezed = false;
  if (content.length <= line.original.length) return true;
  line.room ??= line.outline ? roomAt(line) : lengthOf(text, line.original) + LABEL;
  const length = () => lengthOf(text, text.textContent), isTight = () => length() * NARROWEST > line.room;
  const number = content.split(" = ").at(-1);
  if (isTight() && number !== content) text.textContent = number;
  if (length() > line.room) {
    text.setAttribute("textLength", String(isTight() && !line.outline ? length() * NARROWEST : line.room));
    text.setAttribute("lengthAdjust", "spacingAndGlyphs");
    line.squeezed = true;
  }
  return true;
}

// How wide a text may be where it stands in its outline, which may be a pill.
function roomAt({text, outline}) {
  const {x, width, height, y} = outline.getBBox(), size = Number(text.getAttribute("font-size"));
  const middle = Number(text.getAttribute("x")), base = Number(text.getAttribute("y"));
  const inside = (half) => [-1, 1].every((side) => [base - 0.75 * size, base + 0.2 * size].every((level) => {
    const point = outline.ownerSVGElement.createSVGPoint();
    Object.assign(point, {x: middle + side * half, y: Math.min(Math.max(level, y + 0.5), y + height - 0.5)});
    return outline.isPointInFill(point);
  }));
  let [least, most] = [0, Math.min(middle - x, x + width - middle)];
  for (let k = 0; k < 12; k++) {
    const half = (least + most) / 2;
    if (inside(half)) least = half;
    else most = half;
  }
  return 2 * least - BORDERS;
}

function flag(element, flags) {
  for (const [name, on] of Object.entries(flags)) element.classList.toggle(name, Boolean(on));
}
