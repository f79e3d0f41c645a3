// The page in a frame of a notebook: tells the window around it what is shown, and does what that asks for.

const REST = 50; // milliseconds between two messages, while something is dragged or trained

// Several leaves at once, as one change.
function changeAll(page, numbers) {
  page.remember();
  page.comparison = null;
  page.changes = new Map(page.changes);
  for (const [i, x] of numbers) {
    if (x === page.graph.nodes[i].data) page.changes.delete(i);
    else page.changes.set(i, x);
    page.log = noted(page.log, {leaf: i, x});
  }
  page.compute();
  page.quiz.renew();
  page.show();
}

function connect(page) {
  const open = page.graph.nodes.filter(({index}) => isOpen(page.graph, index)).map(({index}) => index);
  let told = null, waiting = null;

  const state = () => ({
    step: page.step,
    values: Object.fromEntries(open.map((i) => [i, page.numbers.data[i]])),
  });

  const tell = () => {
    waiting = null;
    const now = state(), text = JSON.stringify(now);
    if (text === told) return;
    told = text;
    parent.postMessage({microgrid: now}, "*"); // a notebook may have any address
  };

  page.onshown = () => {
    waiting ??= setTimeout(tell, REST);
  };

  addEventListener("message", ({source, data}) => {
    if (source !== parent || !data?.microgrid) return;
    const {step, values} = data.microgrid, now = state();
    const moved = open.filter((i) => values[i] !== undefined && values[i] !== now.values[i]);
    told = JSON.stringify({step, values: {...now.values, ...values}}); // where it cannot go, it says so
    if (moved.length) changeAll(page, moved.map((i) => [i, values[i]]));
    if (step !== page.step) page.go(step, page.overview); // what was in sight as a whole stays so
    page.onshown();
  });

  parent.postMessage({microgrid: "ready"}, "*");
}

connect(stepper.page);
