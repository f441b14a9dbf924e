// Keep a page's form in this browser tab, because a reload ends the page's own session.

const PREFIX = "segue.form.";
const PATIENCE_MS = 3000; // the page may lose an answer that comes while it is being drawn
let answered = { name: null, at: 0 };

export default function ({ data, setTriggerValue }) {
  const { name, saved } = data;
  try {
    if (saved !== null) return sessionStorage.setItem(PREFIX + name, saved);
    if (answered.name === name && Date.now() - answered.at < PATIENCE_MS) return;
    answered = { name, at: Date.now() };
    setTriggerValue("saved", sessionStorage.getItem(PREFIX + name) ?? "");
  } catch {
    // storage may be full or off; the page works without
  }
}
