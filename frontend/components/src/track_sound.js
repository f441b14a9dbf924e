// A small player; clicks on the beats are scheduled to the sample.

import { clock, component, el } from "./dom.js";
import { SoundPlayer } from "./sound_player.js";

const AHEAD_S = 0.4; // clicks are scheduled this long before they are due
const CLICKS = { beat: [1000, 0.25], downbeat: [2000, 0.4] }; // Hz and level

class TrackSound extends SoundPlayer {
  constructor(root) {
    super();
    this.position = el("input", { type: "range", class: "position", min: 0, max: 1, step: 0.01, value: 0, "aria-label": "Position", oninput: () => this.seek(Number(this.position.value)) });
    this.time = el("span", { class: "time" }, "0:00");
    this.clicking = el("input", { type: "checkbox", checked: true, onchange: () => this.playing && this.seek(this.now()) });
    this.clickLabel = el("label", { class: "click" }, this.clicking, "Click");
    root.replaceChildren(el("div", { class: "sound" }, this.toggle, this.position, this.time, this.clickLabel), this.message);
  }

  update(mounted) {
    const grid = JSON.stringify([mounted.data.beats_s, mounted.data.downbeats]);
    const first = this.grid === undefined;
    const changed = !first && grid !== this.grid;
    super.update(mounted);
    this.grid = grid;
    if (first) this.at = this.data.start_s;
    this.downbeats = new Set(this.data.downbeats);
    this.toggle.classList.toggle("quiet", Boolean(this.data.quiet));
    this.clickLabel.style.display = this.data.beats_s.length ? "" : "none";
    if (changed) this.playCorrected();
  }

  /** Play on with the corrected clicks; start if nothing plays, so that one press is enough. */
  playCorrected() {
    if (this.playing) this.seek(this.now());
    else if (this.clicking.checked) this.playFrom(this.at);
  }

  started(from) {
    this.position.max = this.buffer.duration;
    this.next = this.data.beats_s.findIndex((beat) => beat >= from);
  }

  stopped() {
    this.clickOutput?.disconnect();
    this.clickOutput = null;
  }

  ticked() {
    const beats = this.data.beats_s;
    while (this.clicking.checked && this.next >= 0 && this.next < beats.length && beats[this.next] < this.now() + AHEAD_S) {
      this.click(this.zero + beats[this.next], this.downbeats.has(this.next) ? CLICKS.downbeat : CLICKS.beat);
      this.next += 1;
    }
  }

  click(when, [frequency, level]) {
    if (!this.clickOutput) {
      this.clickOutput = new GainNode(this.context); // disconnecting it silences scheduled clicks
      this.clickOutput.connect(this.context.destination);
    }
    const tone = new OscillatorNode(this.context, { frequency });
    const gain = new GainNode(this.context, { gain: 0 });
    gain.gain.setValueAtTime(level, when);
    gain.gain.exponentialRampToValueAtTime(0.001, when + 0.04);
    tone.connect(gain).connect(this.clickOutput);
    tone.start(when);
    tone.stop(when + 0.05);
  }

  show() {
    const at = this.now();
    this.position.value = at;
    const length = this.buffer ? ` / ${clock(this.buffer.duration)}` : "";
    this.time.textContent = `${clock(at)}${length}`;
    this.position.setAttribute("aria-valuetext", clock(at));
  }
}

export default component(TrackSound);
