// The waveform of a sound with a tick at each onset; a click plays from there.

import { component, counted, el, pointerShare, seekKey } from "./dom.js";
import { SoundPlayer } from "./sound_player.js";
import { shape, Waveform } from "./svg.js";

const HEIGHT = 112;
const FLAG = 9; // room above the waveform for the heads of the ticks
const STEP_SHARE = 0.05; // of the length: what an arrow key moves

class SoundPicture extends SoundPlayer {
  constructor(root) {
    super();
    this.stage = shape("svg", { class: "stage", role: "slider", tabindex: 0, "aria-label": "Position in the sound", "aria-valuemin": 0 });
    this.stage.addEventListener("click", (event) => this.playFrom(pointerShare(event, this.stage) * this.data.duration_s));
    this.stage.addEventListener("keydown", (event) => this.keyed(event));
    this.wave = new Waveform(this.stage, HEIGHT, FLAG);
    this.time = el("span", { class: "time" });
    this.onsets = el("span", {});
    const legend = el("span", { class: "legend" }, el("i", { "aria-hidden": true }), this.onsets);
    root.replaceChildren(el("div", { class: "sound" }, el("span", { class: "toggle-place" }, this.toggle), this.stage, el("div", { class: "under" }, legend, this.time)), this.message);
    new ResizeObserver(() => this.draw()).observe(this.stage);
  }

  update(mounted) {
    super.update(mounted);
    const count = this.data.onsets_s.length;
    this.onsets.textContent = count ? counted(count, "onset") : "No onsets";
    this.stage.setAttribute("aria-valuemax", this.data.duration_s);
    this.draw();
  }

  draw() {
    if (!this.data) return;
    const width = this.stage.clientWidth;
    const ticks = this.data.onsets_s.flatMap((at) => tick((at / this.data.duration_s) * width));
    if (this.wave.draw(this.data.peaks, ...ticks)) this.show();
  }

  keyed(event) {
    const length = this.data.duration_s;
    const to = seekKey(event, this.now(), STEP_SHARE * length, length);
    if (event.key === " " || event.key === "Enter") this.pressed();
    else if (to !== undefined) this.seek(to);
    else return;
    event.preventDefault();
  }

  show() {
    const at = this.now();
    const text = `${at.toFixed(1)} of ${this.data.duration_s.toFixed(1)} s`;
    this.time.textContent = text;
    this.stage.setAttribute("aria-valuenow", at.toFixed(2));
    this.stage.setAttribute("aria-valuetext", text);
    this.wave.show(at / this.data.duration_s);
  }
}

function tick(x) {
  return [shape("line", { class: "onset", x1: x, x2: x, y1: 0, y2: HEIGHT }), shape("path", { class: "flag", d: `M ${x - 4} 0 L ${x + 4} 0 L ${x} 7 Z` })];
}

export default component(SoundPicture);
