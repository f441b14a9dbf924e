// Small pieces that every widget is built from.

/** An element with properties, ARIA and data attributes, listeners and children. Text is never parsed. */
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

/** An inline icon of one path on a 24-unit grid; it is decoration, its button carries the label. */
export function icon(path) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(ns, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

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

/** 3725 → "1:02:05", 65 → "1:05". */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const pad = (n) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

/** One live object for each mounted widget, made at its first run and updated at each later one. */
export function once(instances, root, make) {
  if (!instances.has(root)) instances.set(root, make());
  return instances.get(root);
}
