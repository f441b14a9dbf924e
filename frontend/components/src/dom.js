// Elements, icons and the life cycle that every widget uses.

import { shape } from "./svg.js";

/** An element with attributes, listeners (`on…`) and children; strings become text, never HTML. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2).toLowerCase(), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** A decorative icon of one path on a 24-unit grid; its button carries the label. */
export const icon = (path) => shape("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, shape("path", { d: path }));

export const ICONS = {
  grip: "M9 5h.01M9 12h.01M9 19h.01M15 5h.01M15 12h.01M15 19h.01",
  up: "M6 15l6-6 6 6",
  down: "M6 9l6 6 6-6",
  left: "M15 5l-7 7 7 7",
  right: "M9 5l7 7-7 7",
  pin: "M9 3h6l-1 7 4 4H6l4-4zM12 14v7",
  remove: "M6 6l12 12M18 6L6 18",
  retry: "M20 11a8 8 0 1 0-2 6M20 4v7h-7",
  warning: "M12 8v5M12 16.5v.5M12 3l10 18H2z",
  play: "M7 4l13 8-13 8z",
  pause: "M8 5v14M16 5v14",
  next: "M5 5l10 7-10 7zM19 5v14",
  previous: "M19 5L9 12l10 7zM5 5v14",
};

/** A button with an icon; its label is read out, and shown as a tooltip. */
export const iconButton = (name, label, path, onclick, disabled = false) => el("button", { type: "button", class: name, "aria-label": label, title: label, onclick, disabled }, icon(path));

/** Label and icon of a play button. */
export function showPlaying(button, playing, name = "") {
  button.title = `${playing ? "Pause" : "Play"} ${name}`.trim();
  button.setAttribute("aria-label", button.title);
  button.replaceChildren(icon(playing ? ICONS.pause : ICONS.play));
}

/** Show a message; `error` marks it as one. Return false, for callers that cannot continue. */
export function showMessage(node, text, error = false) {
  node.textContent = text;
  node.classList.toggle("error", error && Boolean(text));
  return false;
}

/** 3725 → "1:02:05", 65 → "1:05". */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const pad = (n) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

/** "1 track", "2 tracks". */
export const counted = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** Where a pointer is in an element, as a share of its width. */
export function pointerShare(event, node) {
  const box = node.getBoundingClientRect();
  return (event.clientX - box.left) / box.width;
}

/** The position that an arrow key, Home or End leads to; undefined for other keys. */
export function seekKey(event, at, step, end) {
  const to = { ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: end }[event.key];
  return to === undefined ? undefined : Math.min(end, Math.max(0, to));
}

/** A component: one `Widget` for each mounted element, updated at each run of the page. */
export function component(Widget) {
  const widgets = new WeakMap();
  return (mounted) => {
    const root = mounted.parentElement.querySelector("[data-root]");
    if (!widgets.has(root)) widgets.set(root, new Widget(root, mounted.data));
    const widget = widgets.get(root);
    widget.update(mounted);
    return () => widget.close?.();
  };
}
