// The page from this machine's server: loaded again when the lesson has changed, at the step where it was.
{
  const KEPT = ["step", "eta", "lang"]; // of the address; numbers are the lesson's, nodes may be others
  const {content} = document.querySelector("meta[name=version]"), events = new EventSource("/events");

  events.addEventListener("message", ({data}) => {
    if (data === content) return;
    events.close();
    const fields = [...new URLSearchParams(location.hash.slice(1))].filter(([name]) => KEPT.includes(name));
    history.replaceState(null, "", `#${new URLSearchParams(fields)}`);
    location.reload();
  });
}
