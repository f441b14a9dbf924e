// SVG shapes, texts, time axes and waveforms.

const TICKS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800];
const TICK_PX = 64; // the least distance of two ticks

export const LETTER_PX = 6.6; // the mean width of a letter

/** A shape with attributes and children; empty children are left out. */
export function shape(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter(Boolean));
  return node;
}

export const label = (attributes, text) => shape("text", attributes, document.createTextNode(text));
export const tooltip = (text) => shape("title", {}, document.createTextNode(text));

/** The play head, moved by `moveHead`. */
export const playHead = (height) => shape("line", { class: "head", y1: 0, y2: height });

export function moveHead(head, x) {
  head.setAttribute("x1", x);
  head.setAttribute("x2", x);
}

/** Shorten a text to a width in pixels. */
export function fitting(text, width) {
  const length = Math.floor(width / (LETTER_PX + 0.6));
  return text.length <= length ? text : `${text.slice(0, Math.max(1, length - 1))}…`;
}

/** Ticks with times between two seconds, hanging from `y`; `x` maps seconds to pixels. */
export function axis(from, to, width, y, x, clock) {
  const step = TICKS_S.find((one) => (one / (to - from)) * width >= TICK_PX) ?? 3600;
  const ticks = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    const place = x(at);
    if (place < width - 30) ticks.push(shape("line", { class: "tick", x1: place, x2: place, y1: y, y2: y + 5 }), label({ class: "axis", x: place + 4, y: y + 15 }, clock(at)));
  }
  return ticks;
}

/** A waveform whose played part has another colour. */
export class Waveform {
  constructor(svg, height, top = 0) {
    Object.assign(this, { svg, height, top });
  }

  draw(peaks, ...marks) {
    this.width = this.svg.clientWidth;
    if (!this.width) return false;
    const d = outline(peaks, this.width, this.top, this.height);
    this.past = shape("rect", { x: 0, y: 0, height: this.height, width: 0 });
    this.head = playHead(this.height);
    this.svg.replaceChildren(shape("clipPath", { id: "played" }, this.past), shape("path", { class: "wave", d }), shape("path", { class: "played", d, "clip-path": "url(#played)" }), ...marks, this.head);
    return true;
  }

  show(share) {
    if (!this.head) return;
    const x = Math.min(1, share) * this.width;
    this.past.setAttribute("width", x);
    moveHead(this.head, x);
  }
}

/** Peaks as an outline between two heights, mirrored in the middle; the largest reaches both. */
function outline(peaks, width, top, bottom) {
  const [middle, half] = [(top + bottom) / 2, (bottom - top) / 2 - 3];
  const largest = Math.max(0.05, ...peaks); // quiet sounds stay visible
  const x = (i) => (((i + 0.5) / peaks.length) * width).toFixed(1);
  const reach = (peak) => Math.max(0.6, (peak / largest) * half);
  const up = peaks.map((peak, i) => `${x(i)} ${(middle - reach(peak)).toFixed(1)}`);
  const down = peaks.map((peak, i) => `${x(i)} ${(middle + reach(peak)).toFixed(1)}`).reverse();
  return `M 0 ${middle} L ${up.join(" L ")} L ${width} ${middle} L ${down.join(" L ")} Z`;
}
