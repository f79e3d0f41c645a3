// The picture as it is shown, as a list of shapes and texts; and what is saved of it: SVG, and PNG drawn from the
// same list, since the page's policy loads no image.

const PER_LINE = 9.2, CAPTION = 16, SHARPNESS = 2; // pixels of a letter, of the caption's letters, dots in a pixel

// {d | text, fill, stroke, ...} for everything that is seen, from back to front, in colours of their own.
function inked(svg) {
  const items = [];
  const visit = (element, alpha) => {
    const style = getComputedStyle(element);
    if (style.display === "none" || style.visibility === "hidden") return;
    const seen = alpha * Number(style.opacity), paint = {alpha: seen, fill: style.fill, stroke: style.stroke};
    const number = (name) => Number(element.getAttribute(name));
    if (element.localName === "path") {
      items.push({...paint, d: element.getAttribute("d"), width: parseFloat(style.strokeWidth), dash: style.strokeDasharray});
    } else if (element.localName === "rect") {
      const [x, y, width, height] = ["x", "y", "width", "height"].map(number);
      items.push({...paint, d: `M${x},${y}h${width}v${height}h${-width}Z`, width: 0, dash: "none"});
    } else if (element.localName === "text" && element.textContent) {
      items.push({
        ...paint, text: element.textContent, x: number("x"), y: number("y"), size: parseFloat(style.fontSize),
        weight: style.fontWeight, slant: style.fontStyle, anchor: style.textAnchor,
        struck: style.textDecorationLine === "line-through",
        length: element.hasAttribute("textLength") ? number("textLength") : null,
      });
    }
    for (const child of element.children) if (!["title", "desc"].includes(child.localName)) visit(child, seen);
  };
  visit(svg, 1);
  return items;
}

// The list with the caption below it, and its size.
function withCaption(page) {
  const {svg, size} = page.picture, [width, height] = size, items = inked(svg), lines = [];
  const ground = getComputedStyle(document.body).backgroundColor, color = getComputedStyle(document.body).color;
  const most = Math.max(Math.floor((width - 32) / PER_LINE), 20);
  for (const line of [by("phase").textContent, ...page.frame.caption.split("\n")]) {
    let rest = "";
    for (const word of line.split(" ")) {
      if (rest && characters(`${rest} ${word}`) > most) {
        lines.push(rest);
        rest = word;
      } else rest = rest ? `${rest} ${word}` : word;
    }
    lines.push(rest);
  }
  const leading = CAPTION * 1.45, tall = height + 20 + lines.length * leading;
  const background = {alpha: 1, fill: ground, stroke: "none", d: `M0,0h${width}v${tall}h${-width}Z`, width: 0, dash: "none"};
  const texts = lines.map((text, k) => ({
    alpha: 1, fill: color, stroke: "none", text, x: 16, y: height + 8 + (k + 0.7) * leading, size: CAPTION,
    weight: k ? "400" : "700", slant: "normal", anchor: "start", struck: false, length: null,
  }));
  return {items: [background, ...items, ...texts], width, height: tall};
}

function svgOf({items, width, height}, family, like) {
  const root = element(like, "svg", {});
  const made = (name, attributes) => element(root, name, Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => value !== null && value !== "none" && value !== "normal")));
  for (const [name, value] of Object.entries({width, height, viewBox: `0 0 ${width} ${height}`, "font-family": family})) {
    root.setAttribute(name, String(value));
  }
  const named = element(root, "title", {});
  named.textContent = like.querySelector("title").textContent;
  root.append(named, ...items.map(({alpha, d, text, fill, stroke, width: thick, dash, x, y, size, ...font}) => {
    const opacity = alpha < 1 ? alpha : null;
    if (d) {
      const shape = made("path", {d, stroke, "stroke-width": stroke === "none" ? null : thick, "stroke-dasharray": dash, opacity});
      shape.setAttribute("fill", fill);
      return shape;
    }
    const shown = made("text", {
      x, y, fill, opacity, "font-size": size, "font-weight": font.weight, "font-style": font.slant,
      "text-anchor": font.anchor, textLength: font.length, lengthAdjust: font.length ? "spacingAndGlyphs" : null,
      "text-decoration": font.struck ? "line-through" : null,
    });
    shown.textContent = text;
    return shown;
  }));
  return new Blob([new XMLSerializer().serializeToString(root)], {type: "image/svg+xml"});
}

function pngOf({items, width, height}, family) {
  const canvas = make("canvas", {width: Math.ceil(width * SHARPNESS), height: Math.ceil(height * SHARPNESS)});
  const ink = /** @type {any} */ (canvas).getContext("2d");
  ink.scale(SHARPNESS, SHARPNESS);
  for (const {alpha, d, text, fill, stroke, width: thick, dash, x, y, size, ...font} of items) {
    Object.assign(ink, {globalAlpha: alpha, fillStyle: fill, strokeStyle: stroke, lineWidth: thick ?? 0});
    if (d) {
      const path = new Path2D(d);
      if (fill !== "none") ink.fill(path);
      ink.setLineDash(dash === "none" ? [] : dash.split(/[ ,]+/).map(parseFloat));
      if (stroke !== "none" && thick) ink.stroke(path);
      continue;
    }
    ink.font = `${font.slant} ${font.weight} ${size}px ${family}`;
    ink.textAlign = {middle: "center", end: "right"}[font.anchor] ?? "left";
    ink.fillText(text, x, y, font.length ?? undefined);
    if (!font.struck) continue;
    const long = ink.measureText(text).width, left = x - (font.anchor === "middle" ? long / 2 : 0);
    ink.fillRect(left, y - size * 0.3, long, 1);
  }
  return new Promise((resolve) => /** @type {any} */ (canvas).toBlob(resolve, "image/png"));
}
