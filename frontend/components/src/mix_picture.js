// A mix on two decks: clips, tempo changes, filters, echoes, overlays, and a zoom on each join.

import { clock, counted, el, iconButton, ICONS } from "./dom.js";
import { fitting, label, LETTER_PX, shape, tooltip } from "./svg.js";
import { TimePicture } from "./time_picture.js";

const [LANE, GAP, OVERLAY] = [58, 8, 24];
const AROUND_S = 14; // shown before and after a join: about seven bars

export class MixPicture extends TimePicture {
  constructor(data, seek) {
    const overlays = data.clips.some((clip) => clip.overlay);
    super(data, 2 * LANE + GAP + (overlays ? OVERLAY + GAP : 0), summary(data), seek);
    this.svg.classList.add("picture");
    this.join = -1; // the whole mix
    this.description = el("p", { class: "description", role: "status" });
    this.node = el("div", { class: "mix" }, this.svg, legend(data), this.controls(), this.description);
  }

  controls() {
    const last = this.data.joins.length - 1;
    if (last < 0) return null;
    this.whole = el("button", { type: "button", class: "whole", "aria-pressed": "true", onclick: () => this.zoom(-1) }, "Whole mix");
    this.which = el("span", { class: "which" });
    const previous = iconButton("step", "Previous transition", ICONS.left, () => this.zoom(Math.max(0, this.join - 1)));
    const next = iconButton("step", "Next transition", ICONS.right, () => this.zoom(Math.min(last, this.join + 1)));
    return el("div", { class: "zoom" }, this.whole, el("span", { class: "steps" }, previous, this.which, next));
  }

  /** Show one join from near, or (-1) the whole mix. */
  zoom(join) {
    this.join = join;
    this.description.textContent = join < 0 ? "" : this.data.joins[join].description;
    this.draw();
  }

  get window() {
    const join = this.data.joins[this.join];
    if (!join) return super.window;
    return [Math.max(0, join.start_s - AROUND_S), Math.min(this.data.duration_s, join.end_s + AROUND_S)];
  }

  drawn() {
    const [from, to] = this.window;
    const seen = (one) => one.end_s > from && one.start_s < to;
    if (this.whole) {
      this.whole.setAttribute("aria-pressed", String(this.join < 0));
      this.which.textContent = this.join < 0 ? counted(this.data.joins.length, "transition") : `Transition ${this.join + 1} of ${this.data.joins.length}`;
    }
    return [hatching(), ...this.data.joins.filter(seen).map((join) => this.band(join)), ...this.data.clips.filter(seen).map((clip) => this.clip(clip))];
  }

  band(join) {
    const width = Math.max(1, this.x(join.end_s) - this.x(join.start_s));
    return shape("rect", { class: "band", x: this.x(join.start_s), width, y: 0, height: this.height });
  }

  /** One clip on its deck, drawn from its left edge. */
  clip(clip) {
    const top = clip.overlay ? 2 * LANE + 2 * GAP : clip.deck * (LANE + GAP);
    const height = clip.overlay ? OVERLAY : LANE;
    const [left, right] = [this.x(clip.start_s), this.x(clip.end_s)];
    const width = Math.max(1, right - left);
    const frame = shape("g", { transform: `translate(${left} ${top})`, class: clip.overlay ? "over" : clip.deck ? "b" : "a" });
    const px = (seconds) => this.x(seconds) - left;
    const [rise, fall] = [px(clip.start_s + clip.fade_in_s), px(clip.end_s - clip.fade_out_s)];
    frame.append(shape("path", { class: "body", d: `M 0 ${height} L ${rise} 1 L ${fall} 1 L ${width} ${height} Z` }));
    for (const change of clip.tempo_changes) frame.append(...tempoStrip(change, px, left));
    for (const effect of clip.effects) frame.append(...filterArea(effect, px, height, left));
    if (clip.echo_s !== null) frame.append(...echoes(px(clip.echo_s), px(clip.end_s), height));
    const start = Math.max(rise, -left) + 6;
    const room = Math.min(fall, this.width - left) - start;
    const name = clip.overlay ? clip.title : `${clip.number}  ${clip.title}`;
    if (room > 5 * LETTER_PX) frame.append(label({ class: "name", x: start, y: clip.overlay ? 16 : 30 }, fitting(name, room)));
    frame.append(tooltip(`${clip.title}, ${clock(clip.start_s)} to ${clock(clip.end_s)}`));
    return frame;
  }
}

/** A changed tempo as a hatched strip, with its figure if there is room. */
function tempoStrip({ start_s, end_s, percent }, px, left) {
  const [from, to] = [px(start_s), px(end_s)];
  const figure = `${percent > 0 ? "+" : "−"}${Math.abs(percent).toFixed(1)} %`;
  const strip = shape("rect", { class: "tempo", x: from, y: 2, width: Math.max(1, to - from), height: 12 }, tooltip(`${figure} tempo`));
  return [strip, figureIn(from, to, left, 12, figure)].filter(Boolean);
}

/** What a filter removes, as an area that grows from the bottom. */
function filterArea({ label: name, points }, px, height, left) {
  const y = (share) => height - share * height * 0.42;
  const line = points.map(([at, share]) => `${px(at)} ${y(share)}`).join(" L ");
  const [from, to] = [px(points[0][0]), px(points.at(-1)[0])];
  const area = shape("path", { class: "filter", d: `M ${from} ${height} L ${line} L ${to} ${height} Z` }, tooltip(name));
  return [area, figureIn(from, to, left, height - 5, name)].filter(Boolean);
}

/** A text at the visible start of a span, or null if it does not fit. */
function figureIn(from, to, left, y, text) {
  const x = Math.max(from, -left) + 4;
  return to - x > text.length * LETTER_PX + 8 ? label({ class: "figure", x, y }, text) : null;
}

function echoes(from, to, height) {
  return [0, 1, 2, 3].map((i) => shape("circle", { class: "echo", cx: from + ((to - from) * (i + 0.4)) / 4, cy: height / 2, r: 6 - 1.4 * i }));
}

function hatching() {
  const line = shape("path", { d: "M 0 6 L 6 0", class: "hatch" });
  return shape("defs", {}, shape("pattern", { id: "tempo", width: 6, height: 6, patternUnits: "userSpaceOnUse" }, line));
}

function legend(data) {
  const has = (test) => data.clips.some(test);
  const entries = [
    ["tempo", "tempo changed", has((clip) => clip.tempo_changes.length)],
    ["filter", "filtered", has((clip) => clip.effects.length)],
    ["echo", "echo", has((clip) => clip.echo_s !== null)],
    ["over", "sound on top", has((clip) => clip.overlay)],
  ].filter(([, , present]) => present);
  return el("p", { class: "legend" }, entries.map(([name, text]) => el("span", {}, el("i", { class: `sign ${name}`, "aria-hidden": "true" }), text)));
}

function summary(data) {
  const tracks = data.clips.filter((clip) => !clip.overlay);
  return `Picture of the mix: ${tracks.map((clip) => `${clip.title} from ${clock(clip.start_s)} to ${clock(clip.end_s)}`).join("; ")}`;
}
