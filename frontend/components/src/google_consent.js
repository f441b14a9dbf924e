// Open Google's consent page in this tab, and keep the page's form until the browser returns: the
// page's own session ends when the browser leaves it.

const STORAGE_KEY = "segue.google_consent";
let opened = null;

export default function ({ data, setTriggerValue }) {
  const { url, saved } = data;
  if (url) {
    if (opened === url) return;
    opened = url;
    if (saved) sessionStorage.setItem(STORAGE_KEY, saved);
    else sessionStorage.removeItem(STORAGE_KEY);
    window.location.assign(url);
    return;
  }
  const stored = sessionStorage.getItem(STORAGE_KEY);
  sessionStorage.removeItem(STORAGE_KEY);
  if (stored !== null) setTriggerValue("saved", stored);
}
