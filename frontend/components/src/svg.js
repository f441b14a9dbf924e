// What pictures are drawn with: shapes of SVG, words in them, and an axis of time.

import { clock } from "./dom.js";

const TICKS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800];
const TICK_PX = 64; // ticks stand no closer

export const LETTER_PX = 6.6; // a word that is wider than its place is left out

/** A shape with its attributes and children; those that are missing are left out. */
export function shape(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter(Boolean));
  return node;
}

export const words = (attributes, text) => shape("text", attributes, document.createTextNode(text));

/** As much of a text as has room, in pixels. */
export function fitting(text, room) {
  const most = Math.floor(room / (LETTER_PX + 0.6));
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}

/** Ticks with their times from second to second, `width` wide, hanging from `y`. */
export function axis(from, to, width, y, x) {
  const step = TICKS_S.find((one) => (one / (to - from)) * width >= TICK_PX) ?? 3600;
  const ticks = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    const place = x(at);
    if (place < width - 30) ticks.push(shape("line", { class: "tick", x1: place, x2: place, y1: y, y2: y + 5 }), words({ class: "axis", x: place + 4, y: y + 15 }, clock(at)));
  }
  return ticks;
}

/** Peaks as one outline between two heights, mirrored at the middle; the tallest reaches both. */
export function outline(peaks, width, top, bottom) {
  const [middle, half] = [(top + bottom) / 2, (bottom - top) / 2 - 3];
  const tallest = Math.max(0.05, ...peaks); // a quiet sound is still seen
  const x = (i) => (((i + 0.5) / peaks.length) * width).toFixed(1);
  const reach = (peak) => Math.max(0.6, (peak / tallest) * half);
  const up = peaks.map((peak, i) => `${x(i)} ${(middle - reach(peak)).toFixed(1)}`);
  const down = peaks.map((peak, i) => `${x(i)} ${(middle + reach(peak)).toFixed(1)}`).reverse();
  return `M 0 ${middle} L ${up.join(" L ")} L ${width} ${middle} L ${down.join(" L ")} Z`;
}
