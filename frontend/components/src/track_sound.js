// A track to hear, decoded here so that a click can sit on its beats to the sample.

import { clock, el, icon, ICONS, once } from "./dom.js";

const AHEAD_S = 0.4; // clicks are handed to the sound card this long before they are due
const TICK_MS = 100;
const CLICKS = { beat: [1000, 0.25], one: [2000, 0.4] }; // Hz and level
const instances = new WeakMap();
let sounding = null; // one at a time

class TrackSound {
  constructor(root) {
    this.at = 0;
    this.toggle = el("button", { type: "button", class: "play", "aria-label": "Play", onclick: () => this.pressed() }, icon(ICONS.play));
    this.where = el("input", { type: "range", class: "where", min: 0, max: 1, step: 0.01, value: 0, "aria-label": "Position", oninput: () => this.seek(Number(this.where.value)) });
    this.time = el("span", { class: "time" }, "0:00");
    this.clicking = el("input", { type: "checkbox", checked: true, onchange: () => this.playing && this.seek(this.now()) });
    this.clickLabel = el("label", { class: "click" }, this.clicking, "Click");
    this.said = el("p", { class: "said", role: "status" });
    root.replaceChildren(el("div", { class: "sound" }, this.toggle, this.where, this.time, this.clickLabel), this.said);
  }

  update({ data, setTriggerValue }) {
    const moved = JSON.stringify(this.data?.beats_s) !== JSON.stringify(data.beats_s) || JSON.stringify(this.data?.downbeats) !== JSON.stringify(data.downbeats);
    if (this.data && this.data.url !== data.url) this.forget();
    this.data = data;
    this.trigger = setTriggerValue;
    this.ones = new Set(data.downbeats);
    if (!this.playing) this.face(false);
    this.clickLabel.hidden = !data.beats_s.length;
    this.clickLabel.style.display = data.beats_s.length ? "" : "none";
    if (moved && this.playing) this.seek(this.now());
  }

  async pressed() {
    if (this.playing) return this.pause();
    if (!this.buffer && !(await this.load())) return undefined;
    return this.play(this.at >= this.buffer.duration - 0.05 ? 0 : this.at);
  }

  async load() {
    this.tell("Fetching the sound…");
    this.toggle.disabled = true;
    try {
      const answer = await fetch(this.data.url, { headers: { Authorization: `Bearer ${this.data.token}` } });
      if (answer.status === 401) this.trigger("token_expired", Date.now());
      if (!answer.ok) throw new Error(String(answer.status));
      this.context ??= new AudioContext();
      this.buffer = await this.context.decodeAudioData(await answer.arrayBuffer());
      this.where.max = this.buffer.duration;
      this.tell("");
      return true;
    } catch {
      this.tell("The sound could not be loaded. Press play to try again.", true);
      return false;
    } finally {
      this.toggle.disabled = false;
    }
  }

  play(from) {
    sounding?.pause();
    sounding = this;
    this.context.resume();
    this.source = new AudioBufferSourceNode(this.context, { buffer: this.buffer });
    this.source.connect(this.context.destination);
    this.zero = this.context.currentTime + 0.05 - from; // the context's time at which the track is at 0
    this.source.start(this.zero + from, from);
    this.next = this.data.beats_s.findIndex((beat) => beat >= from);
    this.playing = true;
    this.ticking = setInterval(() => this.tick(), TICK_MS);
    this.face(true);
  }

  pause() {
    if (!this.playing) return;
    this.at = Math.min(this.now(), this.buffer.duration);
    clearInterval(this.ticking);
    this.source.stop();
    this.silence?.disconnect();
    this.silence = null;
    this.playing = false;
    if (sounding === this) sounding = null;
    this.face(false);
    this.show();
  }

  now() {
    return this.playing ? Math.max(0, this.context.currentTime - this.zero) : this.at;
  }

  seek(to) {
    const again = this.playing;
    this.pause();
    this.at = to;
    if (again) this.play(to);
    this.show();
  }

  tick() {
    if (this.now() >= this.buffer.duration) return this.pause();
    const beats = this.data.beats_s;
    while (this.clicking.checked && this.next >= 0 && this.next < beats.length && beats[this.next] < this.now() + AHEAD_S) {
      this.click(this.zero + beats[this.next], this.ones.has(this.next) ? CLICKS.one : CLICKS.beat);
      this.next += 1;
    }
    return this.show();
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

  face(playing) {
    this.toggle.setAttribute("aria-label", `${playing ? "Pause" : "Play"} ${this.data.name}`.trim());
    this.toggle.replaceChildren(icon(playing ? ICONS.pause : ICONS.play));
  }

  tell(words, trouble = false) {
    this.said.textContent = words;
    this.said.classList.toggle("trouble", trouble);
  }

  forget() {
    this.pause();
    this.buffer = null;
    this.at = 0;
    this.show();
  }
}

export default function (component) {
  const root = component.parentElement.querySelector("[data-root]");
  const sound = once(instances, root, () => new TrackSound(root));
  sound.update(component);
  return () => sound.pause();
}
