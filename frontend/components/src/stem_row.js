// One stem: its name, mute and solo, how loud, what it looks like, its file.

import { el, icon, ICONS } from "./dom.js";

export const LOWEST_DB = -40;
const HIGHEST_DB = 6;
const SVG = "http://www.w3.org/2000/svg";
const DOWNLOAD = "M12 4v11M7 11l5 5 5-5M5 20h14";

/** `on` hears `changed()` and `download(stem)`, and makes the picture pressable; `top` is the tallest peak. */
export class StemRow {
  constructor(stem, number, top, on) {
    Object.assign(this, { stem, number, muted: false, soloed: false, gainDb: 0 });
    const name = stem.label;
    this.mute = toggle("M", `Mute ${name}`, `Mute (${number})`, () => this.set({ muted: !this.muted }, on));
    this.solo = toggle("S", `Solo ${name}`, `Solo (Shift + ${number})`, () => this.set({ soloed: !this.soloed }, on));
    this.fader = el("input", { type: "range", class: "fader", min: LOWEST_DB, max: HIGHEST_DB, step: 0.5, value: 0, "aria-label": `Volume of ${name}`, title: "Double-click for 0 dB", oninput: () => this.set({ gainDb: Number(this.fader.value) }, on), ondblclick: () => this.set({ gainDb: 0 }, on) });
    this.fader.style.setProperty("--zero", -LOWEST_DB / (HIGHEST_DB - LOWEST_DB));
    this.level = el("output", { class: "db" });
    this.state = el("span", { class: "state" });
    const pictures = ["all", "played"].map((part) => shape(stem.peaks, top, part)); // pale, and full over it
    this.stage = el("div", { class: "stage", "aria-hidden": "true" }, ...pictures, el("i", { class: "head" }));
    on.pressable(this.stage);
    const keep = el("button", { type: "button", class: "keep", "aria-label": `Download ${name}`, title: `Download ${name}`, onclick: () => on.download(stem) }, icon(DOWNLOAD));
    const words = el("span", { class: "words" }, el("b", {}, name), this.state);
    const strip = el("div", { class: "strip" }, el("kbd", { "aria-hidden": "true" }, String(number)), words, this.mute, this.solo, this.fader, this.level);
    this.node = el("div", { class: `row ${stem.stem}`, role: "group", "aria-label": name }, strip, this.stage, keep);
    if (stem.silent) for (const control of [this.mute, this.solo, this.fader]) control.disabled = true;
  }

  set(change, on) {
    if (this.stem.silent) return;
    Object.assign(this, change);
    on.changed();
  }

  /** Show how it stands; `heard` is False for one that is muted, or that others' solo leaves out. */
  show(heard) {
    this.mute.setAttribute("aria-pressed", String(this.muted));
    this.solo.setAttribute("aria-pressed", String(this.soloed));
    this.fader.value = this.gainDb;
    this.fader.style.setProperty("--fill", `${(100 * (this.gainDb - LOWEST_DB)) / (HIGHEST_DB - LOWEST_DB)}%`);
    this.fader.setAttribute("aria-valuetext", `${decibels(this.gainDb)} decibels`);
    this.level.textContent = `${decibels(this.gainDb)} dB`;
    this.node.classList.toggle("unheard", !heard);
    this.state.textContent = this.words(heard);
  }

  words(heard) {
    if (this.stem.silent) return "nothing in it";
    if (this.muted) return "muted";
    if (this.soloed) return "solo";
    return heard ? this.stem.loudness : "not in solo";
  }
}

/** The loudness over time as one shape, mirrored at its middle; `top` is the tallest peak of all. */
function shape(peaks, top, name) {
  const tall = peaks.map((peak) => Math.max(0.012, peak / (top || 1)).toFixed(3));
  const above = tall.map((y, x) => `L${x} ${1 - y}`).join("");
  const below = tall.map((y, x) => `L${x} ${1 + Number(y)}`).reverse().join("");
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ class: name, viewBox: `0 0 ${Math.max(1, tall.length - 1)} 2`, preserveAspectRatio: "none" })) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", `M0 1${above}${below}Z`);
  svg.append(path);
  return svg;
}

function toggle(letter, label, title, onclick) {
  return el("button", { type: "button", class: `toggle ${letter}`, "aria-label": label, "aria-pressed": "false", title, onclick }, letter);
}

const decibels = (gain) => (gain > 0 ? "+" : "") + gain.toFixed(1).replace("-", "−");
