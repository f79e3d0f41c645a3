// The loss over the steps: that of each batch, thinned out where there are more steps than there is room.

const MOST_KEPT = 480, CURVE_WIDTH = 320, CURVE_HEIGHT = 150, LEFT = 66, BOTTOM = 20, TOP = 8;

class Curve {
  constructor() {
    this.svg = draw("svg", {viewBox: `0 0 ${CURVE_WIDTH} ${CURVE_HEIGHT}`, role: "img", "aria-label": word("curve")});
    this.line = draw("path", {class: "curve"});
    this.axes = draw("g", {class: "axes"});
    this.svg.append(this.axes, this.line);
    this.clear();
  }

  clear(step = 0) {
    this.kept = this.kept && step ? this.kept.filter(([k]) => k <= step) : [];
    this.stride = this.kept.length ? this.stride : 1;
    this.step = step;
    this.draw();
  }

  add(losses) {
    for (const loss of losses) {
      this.step++;
      if (this.step % this.stride === 0 || this.step === 1) this.kept.push([this.step, loss]);
    }
    if (this.kept.length > MOST_KEPT) {
      this.stride *= 2;
      this.kept = this.kept.filter(([step]) => step % this.stride === 0 || step === 1);
    }
    if (losses.length) this.stale = true; // drawn with the next numbers
  }

  draw() {
    this.stale = false;
    const losses = this.kept.map(([, loss]) => loss), high = Math.max(...losses, -Infinity), low = Math.min(...losses, Infinity);
    const logarithmic = low > 0 && high / low > 30, of = (x) => logarithmic ? Math.log10(x) : x;
    let [bottom, top] = [logarithmic ? of(low) : Math.min(0, low), of(high)];
    if (!(top > bottom)) [bottom, top] = [Math.min(0, low), Math.max(1, high)];
    if (!Number.isFinite(bottom + top)) [bottom, top] = [0, 1];
    const x = (k) => LEFT + (CURVE_WIDTH - LEFT - 8) * k / Math.max(1, this.step);
    const y = (loss) => CURVE_HEIGHT - BOTTOM - (CURVE_HEIGHT - BOTTOM - TOP) * (of(loss) - bottom) / (top - bottom);
    put(this.line, "d", this.kept.map(([k, loss], i) => `${i ? "L" : "M"}${x(k).toFixed(1)},${y(loss).toFixed(1)}`).join(""));
    const back = (t) => logarithmic ? 10 ** t : t, text = (tx, ty, anchor, words) => draw("text", {x: tx, y: ty, "text-anchor": anchor}, words);
    const told = [back(top), back(bottom), this.step, logarithmic, page.lang].join();
    if (told === this.told) return;
    this.told = told;
    this.axes.replaceChildren(
      draw("path", {d: `M${LEFT},${TOP}V${CURVE_HEIGHT - BOTTOM}H${CURVE_WIDTH - 8}`}),
      text(LEFT - 5, TOP + 8, "end", write(back(top), 3)), text(LEFT - 5, CURVE_HEIGHT - BOTTOM, "end", write(back(bottom), 3)),
      text(LEFT, CURVE_HEIGHT - 5, "start", "0"), text(CURVE_WIDTH - 8, CURVE_HEIGHT - 5, "end", thousands(this.step)),
      text((LEFT + CURVE_WIDTH) / 2, CURVE_HEIGHT - 5, "middle", word("axis")));
    put(this.svg, "aria-label", word(logarithmic ? "curve_log" : "curve"));
    tell(byId("curve"), word(logarithmic ? "curve_log" : "curve"));
  }
}
