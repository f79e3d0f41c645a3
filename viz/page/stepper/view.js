// How the picture is moved and sized by mouse, wheel and fingers.

const STILL = 4; // pixels within which a press is a click
const WHEEL = 0.0016, PINCHED_WHEEL = 0.012; // how much a turn of the wheel, or a pinch on a touchpad, enlarges

function listenToView(page) {
  const {frame} = page.picture, touches = new Map();
  let panned = false, drag = null;
  new ResizeObserver(() => {
    const {picture} = page;
    picture.reach = Infinity;
    picture.reveal(picture.target[0], picture.target[1], picture.resize());
  }).observe(frame);
  frame.addEventListener("wheel", (event) => {
    if (event.shiftKey) return; // which scrolls sideways
    event.preventDefault();
    const speed = event.ctrlKey ? PINCHED_WHEEL : WHEEL, lines = event.deltaMode === 1 ? 16 : 1;
    page.picture.zoomAt(Math.exp(-event.deltaY * lines * speed), event.clientX, event.clientY);
  }, {passive: false});

  frame.addEventListener("pointerdown", (event) => {
    panned = false;
    if (event.pointerType === "touch") touches.set(event.pointerId, [event.clientX, event.clientY]);
    else if (event.button !== 0) return;
    if (touches.size > 1) frame.dispatchEvent(new Event("pinch")); // whoever drags something lets it go
    if (event.target.closest("g.leaf") || touches.size > 1) drag = null;
    else drag = {id: event.pointerId, x: event.clientX, y: event.clientY};
  });
  frame.addEventListener("pointermove", (event) => {
    if (touches.size === 2 && touches.has(event.pointerId)) {
      const [before, after] = [gap(touches), gap(touches.set(event.pointerId, [event.clientX, event.clientY]))];
      panned = true;
      page.picture.zoomAt(after.length / before.length, after.x, after.y);
      frame.scrollBy({left: before.x - after.x, top: before.y - after.y, behavior: "instant"});
      return;
    }
    if (!drag || drag.id !== event.pointerId) return;
    const dx = event.clientX - drag.x, dy = event.clientY - drag.y;
    if (!panned && Math.hypot(dx, dy) < STILL) return;
    if (!panned) frame.setPointerCapture(event.pointerId);
    panned = true;
    frame.classList.add("panning");
    frame.scrollBy({left: -dx, top: -dy, behavior: "instant"});
    Object.assign(drag, {x: event.clientX, y: event.clientY});
  });
  const stop = (event) => {
    touches.delete(event.pointerId);
    if (drag?.id === event.pointerId) drag = null;
    frame.classList.remove("panning");
  };
  for (const kind of ["pointerup", "pointercancel"]) frame.addEventListener(kind, stop);
  // What ends a pan is no click on the box below.
  frame.addEventListener("click", (event) => {
    if (panned) event.stopPropagation();
    panned = false;
  }, {capture: true});
}

// How far apart two fingers are, and where their middle is.
function gap(touches) {
  const [[x1, y1], [x2, y2]] = [...touches.values()];
  return {length: Math.hypot(x2 - x1, y2 - y1) || 1, x: (x1 + x2) / 2, y: (y1 + y2) / 2};
}

// Tells how far, in pixels to the right since the last time, a mouse or a finger has moved what it pressed.
function dragged(group, down, tell) {
  if (down.button !== 0) return;
  const frame = group.ownerSVGElement.parentElement;
  let last = down.clientX, began = false;
  const move = (event) => {
    if (event.pointerId !== down.pointerId || (!began && Math.abs(event.clientX - last) < STILL)) return;
    if (!began) group.setPointerCapture(down.pointerId);
    began = true;
    tell(event.clientX - last);
    last = event.clientX;
  };
  const stop = () => {
    group.removeEventListener("pointermove", move);
    for (const kind of ["pointerup", "pointercancel"]) group.removeEventListener(kind, stop);
    frame.removeEventListener("pinch", stop);
  };
  group.addEventListener("pointermove", move);
  for (const kind of ["pointerup", "pointercancel"]) group.addEventListener(kind, stop);
  frame.addEventListener("pinch", stop);
}
