// One stem of the player: name, mute, solo, fader, waveform, download.

import { el, icon } from "./dom.js";
import { shape } from "./svg.js";

export const LOWEST_DB = -40;
const HIGHEST_DB = 6;
const DOWNLOAD = "M12 4v11M7 11l5 5 5-5M5 20h14";

/** `player` has `changed()`, `download(stem)` and `seekOn(stage)`; `top` is the largest peak of all stems. */
export class StemRow {
  constructor(stem, number, top, player) {
    Object.assign(this, { stem, number, player, muted: false, soloed: false, gainDb: 0 });
    const name = stem.label;
    this.mute = toggle("M", `Mute ${name}`, `Mute (${number})`, () => this.set({ muted: !this.muted }));
    this.solo = toggle("S", `Solo ${name}`, `Solo (Shift + ${number})`, () => this.set({ soloed: !this.soloed }));
    this.fader = el("input", { type: "range", class: "fader", min: LOWEST_DB, max: HIGHEST_DB, step: 0.5, value: 0, "aria-label": `Volume of ${name}`, title: "Double-click for 0 dB", oninput: () => this.set({ gainDb: Number(this.fader.value) }), ondblclick: () => this.set({ gainDb: 0 }) });
    this.fader.style.setProperty("--zero", -LOWEST_DB / (HIGHEST_DB - LOWEST_DB));
    this.level = el("output", { class: "db" });
    this.state = el("span", { class: "state" });
    const waveforms = ["all", "played"].map((part) => waveform(stem.peaks, top, part)); // the played part lies over a pale one
    const stage = el("div", { class: "stage", "aria-hidden": "true" }, ...waveforms, el("i", { class: "head" }));
    player.seekOn(stage);
    const download = el("button", { type: "button", class: "download", "aria-label": `Download ${name}`, title: `Download ${name}`, onclick: () => player.download(stem) }, icon(DOWNLOAD));
    const names = el("span", { class: "names" }, el("b", {}, name), this.state);
    const strip = el("div", { class: "strip" }, el("kbd", { "aria-hidden": "true" }, String(number)), names, this.mute, this.solo, this.fader, this.level);
    this.node = el("div", { class: `row ${stem.stem}`, role: "group", "aria-label": name }, strip, stage, download);
    if (stem.silent) for (const control of [this.mute, this.solo, this.fader]) control.disabled = true;
  }

  set(change) {
    if (this.stem.silent) return;
    Object.assign(this, change);
    this.player.changed();
  }

  /** Show the controls; `audible` is false for a stem that is muted, or left out by a solo. */
  show(audible) {
    this.mute.setAttribute("aria-pressed", String(this.muted));
    this.solo.setAttribute("aria-pressed", String(this.soloed));
    this.fader.value = this.gainDb;
    this.fader.style.setProperty("--fill", `${(100 * (this.gainDb - LOWEST_DB)) / (HIGHEST_DB - LOWEST_DB)}%`);
    this.fader.setAttribute("aria-valuetext", `${decibels(this.gainDb)} decibels`);
    this.level.textContent = `${decibels(this.gainDb)} dB`;
    this.node.classList.toggle("inaudible", !audible);
    this.state.textContent = this.stateText(audible);
  }

  stateText(audible) {
    if (this.stem.silent) return "silent";
    if (this.muted) return "muted";
    if (this.soloed) return "solo";
    return audible ? this.stem.loudness : "not in solo";
  }
}

/** Peaks as an outline, mirrored in the middle. */
function waveform(peaks, top, name) {
  const heights = peaks.map((peak) => Math.max(0.012, peak / (top || 1)).toFixed(3));
  const above = heights.map((y, x) => `L${x} ${1 - y}`).join("");
  const below = heights.map((y, x) => `L${x} ${1 + Number(y)}`).reverse().join("");
  const viewBox = `0 0 ${Math.max(1, heights.length - 1)} 2`;
  return shape("svg", { class: name, viewBox, preserveAspectRatio: "none" }, shape("path", { d: `M0 1${above}${below}Z` }));
}

function toggle(letter, label, title, onclick) {
  return el("button", { type: "button", class: `toggle ${letter}`, "aria-label": label, "aria-pressed": "false", title, onclick }, letter);
}

const decibels = (gain) => (gain > 0 ? "+" : "") + gain.toFixed(1).replace("-", "−");
