// The mix as two decks and what lies over them: who sounds when, where tempo is bent, filters, echoes.

import { clock, el, icon, ICONS } from "./dom.js";
import { axis, fitting, LETTER_PX, shape, words } from "./svg.js";

const [LANE, GAP, OVERLAY, AXIS] = [58, 8, 24, 20];
const AROUND_S = 14; // shown before and after a join: some seven bars

export class MixPicture {
  constructor(data, seek) {
    this.data = data;
    this.join = -1; // the whole mix
    this.at = 0;
    this.lanes = data.clips.some((clip) => clip.overlay) ? 3 : 2;
    this.height = 2 * LANE + GAP + (this.lanes > 2 ? OVERLAY + GAP : 0) + AXIS;
    this.svg = shape("svg", { class: "picture", style: `height:${this.height}px`, role: "img", "aria-label": summary(data) });
    this.svg.addEventListener("click", (event) => seek(this.time(event)));
    this.said = el("p", { class: "said", role: "status" });
    this.node = el("div", { class: "mix" }, this.svg, legend(data), this.controls(), this.said);
    new ResizeObserver(() => this.draw()).observe(this.svg);
  }

  controls() {
    if (!this.data.joins.length) return null;
    const button = (label, path, onclick) => el("button", { type: "button", class: "step", "aria-label": label, title: label, onclick }, icon(path));
    this.whole = el("button", { type: "button", class: "whole", "aria-pressed": "true", onclick: () => this.look(-1) }, "Whole mix");
    this.which = el("span", { class: "which" });
    const closer = el("span", { class: "closer" }, button("Look at the join before", ICONS.left, () => this.look(Math.max(0, this.join - 1))), this.which, button("Look at the next join", ICONS.right, () => this.look(Math.min(this.data.joins.length - 1, this.join + 1))));
    return el("div", { class: "looks" }, this.whole, closer);
  }

  /** Look closely at one join, or (-1) at the whole mix. */
  look(join) {
    this.join = join;
    this.said.textContent = join < 0 ? "" : this.data.joins[join].said;
    this.draw();
  }

  get window() {
    const join = this.data.joins[this.join];
    if (!join) return [0, this.data.duration_s];
    return [Math.max(0, join.start_s - AROUND_S), Math.min(this.data.duration_s, join.end_s + AROUND_S)];
  }

  x(seconds) {
    const [from, to] = this.window;
    return ((seconds - from) / (to - from)) * this.width;
  }

  time(event) {
    const box = this.svg.getBoundingClientRect();
    const [from, to] = this.window;
    return from + ((event.clientX - box.left) / box.width) * (to - from);
  }

  draw() {
    this.width = this.svg.clientWidth;
    if (!this.width) return;
    const [from, to] = this.window;
    const seen = this.data.clips.filter((clip) => clip.end_s > from && clip.start_s < to);
    this.head = shape("line", { class: "head", y1: 0, y2: this.height - AXIS });
    this.svg.replaceChildren(hatching(), ...this.joinBands(from, to), ...seen.map((clip) => this.clip(clip)), ...axis(from, to, this.width, this.height - AXIS, (at) => this.x(at)), this.head);
    this.show(this.at);
    if (!this.whole) return;
    this.whole.setAttribute("aria-pressed", String(this.join < 0));
    this.which.textContent = this.join < 0 ? `${this.data.joins.length} ${this.data.joins.length === 1 ? "join" : "joins"}` : `Join ${this.join + 1} of ${this.data.joins.length}`;
  }

  joinBands(from, to) {
    return this.data.joins
      .filter((join) => join.end_s > from && join.start_s < to)
      .map((join) => shape("rect", { class: "band", x: this.x(join.start_s), width: Math.max(1, this.x(join.end_s) - this.x(join.start_s)), y: 0, height: this.height - AXIS }));
  }

  /** One clip on its deck, drawn from its own left edge. */
  clip(clip) {
    const top = clip.overlay ? 2 * LANE + 2 * GAP : clip.deck * (LANE + GAP);
    const height = clip.overlay ? OVERLAY : LANE;
    const [left, right] = [this.x(clip.start_s), this.x(clip.end_s)];
    const width = Math.max(1, right - left);
    const frame = shape("g", { transform: `translate(${left} ${top})`, class: clip.overlay ? "over" : clip.deck ? "b" : "a" });
    const px = (seconds) => this.x(seconds) - left;
    const [rise, fall] = [px(clip.start_s + clip.fade_in_s), px(clip.end_s - clip.fade_out_s)];
    frame.append(shape("path", { class: "body", d: `M 0 ${height} L ${rise} 1 L ${fall} 1 L ${width} ${height} Z` }));
    for (const bend of clip.bends) frame.append(...bent(bend, px, this.window, left));
    for (const effect of clip.effects) frame.append(...filtered(effect, px, height, left));
    if (clip.echo_s !== null) frame.append(...echoes(px(clip.echo_s), px(clip.end_s), height));
    const label = Math.max(rise, -left) + 6;
    const name = clip.overlay ? clip.title : `${clip.number}  ${clip.title}`;
    if (Math.min(fall, this.width - left) - label > 5 * LETTER_PX) frame.append(words({ class: "name", x: label, y: clip.overlay ? 16 : 30 }, fitting(name, Math.min(fall, this.width - left) - label)));
    frame.append(shape("title", {}, document.createTextNode(`${clip.title}, ${clock(clip.start_s)} to ${clock(clip.end_s)}`)));
    return frame;
  }

  show(at) {
    this.at = at;
    if (!this.head) return;
    const x = this.x(at);
    this.head.setAttribute("x1", x);
    this.head.setAttribute("x2", x);
  }
}

/** The bent tempo as a hatched strip along the top, with its figure where there is room. */
function bent({ start_s, end_s, percent }, px, window, left) {
  const [from, to] = [px(start_s), px(end_s)];
  const figure = `${percent > 0 ? "+" : "−"}${Math.abs(percent).toFixed(1)} %`;
  const strip = shape("rect", { class: "bend", x: from, y: 2, width: Math.max(1, to - from), height: 12 }, shape("title", {}, document.createTextNode(`${figure} tempo`)));
  const visible = Math.max(from, -left) + 4;
  const label = to - visible > figure.length * LETTER_PX + 8 ? words({ class: "figure", x: visible, y: 12 }, figure) : null;
  return [strip, label].filter(Boolean);
}

/** What a filter takes away, as an area that grows from the bottom. */
function filtered({ label, points }, px, height, left) {
  const y = (share) => height - share * height * 0.42;
  const line = points.map(([at, share]) => `${px(at)} ${y(share)}`).join(" L ");
  const [from, to] = [px(points[0][0]), px(points.at(-1)[0])];
  const area = shape("path", { class: "filter", d: `M ${from} ${height} L ${line} L ${to} ${height} Z` }, shape("title", {}, document.createTextNode(label)));
  const visible = Math.max(from, -left) + 4;
  const name = to - visible > label.length * LETTER_PX + 6 ? words({ class: "figure", x: visible, y: height - 5 }, label) : null;
  return [area, name].filter(Boolean);
}

function echoes(from, to, height) {
  return [0, 1, 2, 3].map((i) => shape("circle", { class: "echo", cx: from + ((to - from) * (i + 0.4)) / 4, cy: height / 2, r: 6 - 1.4 * i }));
}

function hatching() {
  const line = shape("path", { d: "M 0 6 L 6 0", class: "hatch" });
  return shape("defs", {}, shape("pattern", { id: "bent", width: 6, height: 6, patternUnits: "userSpaceOnUse" }, line));
}

function legend(data) {
  const has = (test) => data.clips.some(test);
  const entries = [
    ["bend", "tempo bent", has((clip) => clip.bends.length)],
    ["filter", "filtered away", has((clip) => clip.effects.length)],
    ["echo", "echo", has((clip) => clip.echo_s !== null)],
    ["over", "sound laid over", has((clip) => clip.overlay)],
  ].filter(([, , there]) => there);
  return el("p", { class: "legend" }, entries.map(([name, text]) => el("span", {}, el("i", { class: `sign ${name}`, "aria-hidden": "true" }), text)));
}

function summary(data) {
  const tracks = data.clips.filter((clip) => !clip.overlay);
  return `Picture of the mix: ${tracks.map((clip) => `${clip.title} from ${clock(clip.start_s)} to ${clock(clip.end_s)}`).join("; ")}`;
}
