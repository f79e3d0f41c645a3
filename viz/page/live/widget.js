// The widget: the page of steps in a frame of its own, between which and Python numbers and steps are handed over.
// anywidget calls `render` for each place where the widget is shown.

function render({model, el}) {
  const frame = document.createElement("iframe"), places = model.get("_places");
  const names = Object.fromEntries(Object.entries(places).map(([name, place]) => [place, name]));
  let isReady = false, isHeard = false; // whether the page listens, and whether what changes came from it

  const tell = () => {
    if (!isReady || isHeard) return;
    const values = Object.entries(model.get("values")).map(([name, x]) => [places[name], x]);
    frame.contentWindow.postMessage({microgrid: {step: model.get("step"), values: Object.fromEntries(values)}}, "*");
  };

  const hear = ({source, data}) => {
    if (source !== frame.contentWindow || !data?.microgrid) return;
    if (data.microgrid === "ready") {
      isReady = true;
      return tell();
    }
    const {step, values} = data.microgrid;
    isHeard = true;
    model.set("values", Object.fromEntries(Object.entries(values).map(([place, x]) => [names[place], x])));
    model.set("step", step);
    model.save_changes();
    isHeard = false;
  };

  frame.title = "microgrid";
  frame.setAttribute("sandbox", "allow-scripts");
  Object.assign(frame.style, {display: "block", width: "100%", height: `${model.get("height")}px`, border: "0"});
  // A page that nobody sees yet could not measure its texts.
  const sight = new ResizeObserver(() => {
    if (!frame.clientWidth) return;
    sight.disconnect();
    frame.srcdoc = model.get("_page");
  });
  sight.observe(frame);
  addEventListener("message", hear);
  model.on("change:step", tell);
  model.on("change:values", tell);
  el.replaceChildren(frame);
  return () => {
    sight.disconnect();
    removeEventListener("message", hear);
    model.off("change:step", tell);
    model.off("change:values", tell);
  };
}

export default {render};
