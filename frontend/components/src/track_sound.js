// A track to hear, decoded here so that a click can sit on its beats to the sample.

import { clock, el, once } from "./dom.js";
import { Sounding } from "./sounding.js";

const AHEAD_S = 0.4; // clicks are handed to the sound card this long before they are due
const CLICKS = { beat: [1000, 0.25], one: [2000, 0.4] }; // Hz and level
const instances = new WeakMap();

class TrackSound extends Sounding {
  constructor(root) {
    super();
    this.where = el("input", { type: "range", class: "where", min: 0, max: 1, step: 0.01, value: 0, "aria-label": "Position", oninput: () => this.seek(Number(this.where.value)) });
    this.time = el("span", { class: "time" }, "0:00");
    this.clicking = el("input", { type: "checkbox", checked: true, onchange: () => this.playing && this.seek(this.now()) });
    this.clickLabel = el("label", { class: "click" }, this.clicking, "Click");
    root.replaceChildren(el("div", { class: "sound" }, this.toggle, this.where, this.time, this.clickLabel), this.said);
  }

  update({ data, setTriggerValue }) {
    const moved = JSON.stringify(this.data?.beats_s) !== JSON.stringify(data.beats_s) || JSON.stringify(this.data?.downbeats) !== JSON.stringify(data.downbeats);
    if (this.data && this.data.url !== data.url) this.forget();
    this.data = data;
    this.trigger = setTriggerValue;
    this.ones = new Set(data.downbeats);
    this.toggle.classList.toggle("quiet", Boolean(data.quiet));
    if (!this.playing) this.face(false);
    this.clickLabel.hidden = !data.beats_s.length;
    this.clickLabel.style.display = data.beats_s.length ? "" : "none";
    if (moved && this.playing) this.seek(this.now());
  }

  begun(from) {
    this.where.max = this.buffer.duration;
    this.next = this.data.beats_s.findIndex((beat) => beat >= from);
  }

  ended() {
    this.silence?.disconnect();
    this.silence = null;
  }

  ticked() {
    const beats = this.data.beats_s;
    while (this.clicking.checked && this.next >= 0 && this.next < beats.length && beats[this.next] < this.now() + AHEAD_S) {
      this.click(this.zero + beats[this.next], this.ones.has(this.next) ? CLICKS.one : CLICKS.beat);
      this.next += 1;
    }
  }

  click(when, [frequency, level]) {
    if (!this.silence) {
      this.silence = new GainNode(this.context); // cut off, it takes waiting clicks with it
      this.silence.connect(this.context.destination);
    }
    const tone = new OscillatorNode(this.context, { frequency });
    const gain = new GainNode(this.context, { gain: 0 });
    gain.gain.setValueAtTime(level, when);
    gain.gain.exponentialRampToValueAtTime(0.001, when + 0.04);
    tone.connect(gain).connect(this.silence);
    tone.start(when);
    tone.stop(when + 0.05);
  }

  show() {
    const at = this.now();
    this.where.value = at;
    const all = this.buffer ? ` / ${clock(this.buffer.duration)}` : "";
    this.time.textContent = `${clock(at)}${all}`;
    this.where.setAttribute("aria-valuetext", clock(at));
  }
}

export default function (component) {
  const root = component.parentElement.querySelector("[data-root]");
  const sound = once(instances, root, () => new TrackSound(root));
  sound.update(component);
  return () => sound.close();
}
