// Takes the browser to the page where a person lets Segue publish, and remembers for the way back
// what was on the table: this page's own session ends when the browser leaves it.

const KEPT = "segue.youtube_trip";
let gone = null;

export default function ({ data, setTriggerValue }) {
  const { url, keep } = data;
  if (url) {
    if (gone === url) return;
    gone = url;
    if (keep) sessionStorage.setItem(KEPT, keep);
    else sessionStorage.removeItem(KEPT);
    window.location.assign(url);
    return;
  }
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  if (kept !== null) setTriggerValue("kept", kept);
}
