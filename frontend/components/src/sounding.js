// A sound fetched with the person's token and decoded here, so that it plays from any sample at once.

import { el, icon, ICONS } from "./dom.js";

const TICK_MS = 60;
let shared; // one way to the sound card for all the rows of a page
export const TAKEN = "segue-sounding"; // said aloud on the page: one sound at a time, whichever widget has it

/** What plays; a widget adds what it shows by `show`, `begun`, `ended` and `ticked`. */
export class Sounding {
  constructor() {
    this.at = 0;
    this.toggle = el("button", { type: "button", class: "play", "aria-label": "Play", onclick: () => this.pressed() }, icon(ICONS.play));
    this.said = el("p", { class: "said", role: "status" });
    this.listeners = new AbortController();
    window.addEventListener(TAKEN, (event) => event.detail !== this && this.pause(), { signal: this.listeners.signal });
  }

  get duration() {
    return this.buffer?.duration ?? this.data?.duration_s ?? 0;
  }

  async pressed() {
    if (this.playing) return this.pause();
    return this.playFrom(this.at >= this.duration - 0.05 ? 0 : this.at);
  }

  async playFrom(at) {
    if (!this.buffer && !(await this.load())) return;
    this.pause();
    this.play(Math.min(at, this.duration));
  }

  async load() {
    this.tell("Fetching the sound…");
    this.toggle.disabled = true;
    try {
      const answer = await fetch(this.data.url, { headers: { Authorization: `Bearer ${this.data.token}` } });
      if (answer.status === 401) this.trigger("token_expired", Date.now());
      if (!answer.ok) throw new Error(String(answer.status));
      this.context = shared ??= new AudioContext();
      this.buffer = await this.context.decodeAudioData(await answer.arrayBuffer());
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
    window.dispatchEvent(new CustomEvent(TAKEN, { detail: this }));
    this.context.resume();
    this.source = new AudioBufferSourceNode(this.context, { buffer: this.buffer });
    this.source.connect(this.context.destination);
    this.zero = this.context.currentTime + 0.05 - from; // the context's time at which the sound is at 0
    this.source.start(this.zero + from, from);
    this.playing = true;
    this.begun(from);
    this.ticking = setInterval(() => this.tick(), TICK_MS);
    this.face(true);
  }

  pause() {
    if (!this.playing) return;
    this.at = Math.min(this.now(), this.buffer.duration);
    clearInterval(this.ticking);
    this.source.stop();
    this.playing = false;
    this.ended();
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
    this.ticked();
    return this.show();
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

  close() {
    this.pause();
    this.listeners.abort();
  }

  begun() {}
  ended() {}
  ticked() {}
}
