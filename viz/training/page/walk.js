// A step of the training as the walk through one sample's loss: the page that Python packed, with the numbers of now.

async function openWalk() {
  const {walk} = page.original, told = page.last, row = page.rows[page.sample];
  if (!row || told?.parameters.length !== page.facts.parameters.length) return undefined; // nothing of this network is known yet
  if (!walk || page.facts !== page.original) { // there is no page of it: over the neurons, here
    if (!page.original.mlp) return page.say(word("walk_large"), true);
    page.send({do: "pause"});
    [page.walkAsked, page.walk] = [true, null];
    return undefined;
  }
  const numbers = [
    ...walk.parameters.map((leaf, i) => [leaf, told.parameters[i]]),
    ...[...walk.inputs, ...walk.targets].map((leaf, i) => [leaf, row[i]]),
    ...walk.masks.map((leaf) => [leaf, 1]),
    ...walk.normal.map((leaf, j) => [leaf, told.statistics[j]]),
  ].filter(([leaf]) => leaf >= 0);
  const packed = Uint8Array.from(atob(walk.page), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const html = await new Response(stream).blob();
  const url = URL.createObjectURL(new Blob([html], {type: "text/html"}));
  const address = `step=0&do=${numbers.map(([leaf, x]) => `${leaf}:${x}`)}&lang=${page.lang}&view=whole`;
  if (!window.open(`${url}#${address}`)) page.say(word("walk_blocked"), true);
  return undefined;
}
