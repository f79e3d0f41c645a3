// The frames and captions that the page works out: those of Python, for the recorded numbers and for others.

import assert from "node:assert/strict";
import {test} from "node:test";
import {change, close, framesOf, open, told} from "./page.mjs";

for (const {name, file, changes, frames} of told("walks.json")) {
  test(name, () => {
    const opened = open(file);
    if (!changes) return assert.deepEqual(framesOf(opened), frames);
    change(opened.page, changes);
    const here = framesOf(opened);
    assert.equal(here.length, frames.length);
    here.forEach((frame, k) => {
      const {phase, active, edges, data, grads} = frames[k];
      assert.deepEqual([frame.phase, frame.active, frame.edges], [phase, active, edges]);
      for (const [got, want] of [[frame.data, data], [frame.grads, grads]]) {
        want.forEach((x, i) => x === null ? assert.equal(got[i], null) : close(got[i], x, 1e-9, 1e-13, `step ${k}, node ${i}`));
      }
    });
  });
}
