// A picture over time: seconds to pixels and back, a time axis, a play head.

import { clock, pointerShare } from "./dom.js";
import { axis, moveHead, playHead, shape } from "./svg.js";

const AXIS = 20; // height of the time axis

/** A picture adds `drawn()`, which returns its shapes, and may narrow `window`. */
export class TimePicture {
  constructor(data, height, label, seek) {
    Object.assign(this, { data, height, at: 0 });
    this.svg = shape("svg", { style: `height:${height + AXIS}px`, role: "img", "aria-label": label });
    this.svg.addEventListener("click", (event) => seek(this.time(event)));
    new ResizeObserver(() => this.draw()).observe(this.svg);
  }

  /** The seconds shown. */
  get window() {
    return [0, this.data.duration_s];
  }

  x(seconds) {
    const [from, to] = this.window;
    return ((seconds - from) / (to - from)) * this.width;
  }

  time(event) {
    const [from, to] = this.window;
    return from + pointerShare(event, this.svg) * (to - from);
  }

  draw() {
    this.width = this.svg.clientWidth;
    if (!this.width) return;
    this.head = playHead(this.height);
    const ticks = axis(...this.window, this.width, this.height, (at) => this.x(at), clock);
    this.svg.replaceChildren(...this.drawn(), ...ticks, this.head);
    this.show(this.at);
  }

  show(at) {
    this.at = at;
    if (this.head) moveHead(this.head, this.x(at));
  }
}
