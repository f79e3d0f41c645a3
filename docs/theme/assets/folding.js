// Spanish search without accents, in the index and in what is asked; "sin" is a function here, not a word to leave out.
// docs/building/site.py puts it at the end of lunr's Spanish, which the search's worker loads.
(() => {
  const lunr = self.lunr, spanish = lunr.es, stop = spanish.stopWordFilter;
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  const fold = (token) => token.update(plain);
  const words = (token) => (token.toString() === "sin" ? token : stop(token));
  lunr.Pipeline.registerFunction(fold, "fold-es");
  lunr.Pipeline.registerFunction(words, "words-es");
  lunr.es = Object.assign(function () {
    spanish.call(this);
    this.pipeline.before(stop, words);
    this.pipeline.remove(stop);
    this.pipeline.add(fold);
    this.searchPipeline.add(fold);
  }, spanish);
  const read = lunr.QueryLexer.prototype.run;
  lunr.QueryLexer.prototype.run = function () {
    this.str = plain(this.str);
    this.length = this.str.length;
    read.call(this);
  };
})();
