// Playback of one sound, fetched with the user's token and decoded, to start at any sample.

import { ApiClient } from "./api_client.js";
import { el, icon, ICONS, showMessage, showPlaying } from "./dom.js";
import { announceStart, stopForOthers } from "./one_player.js";

const TICK_MS = 60;
let shared; // one audio context for all players of the page

/** Playback for widgets, which add `show`, and may add `started`, `stopped` and `ticked`. */
export class SoundPlayer {
  constructor() {
    this.at = 0;
    this.api = new ApiClient();
    this.toggle = el("button", { type: "button", class: "play", "aria-label": "Play", onclick: () => this.pressed() }, icon(ICONS.play));
    this.message = el("p", { class: "message", role: "status" });
    this.listeners = new AbortController();
    stopForOthers(this, () => this.pause(), this.listeners.signal);
  }

  update(mounted) {
    if (this.data && this.data.path !== mounted.data.path) this.forget();
    this.data = mounted.data;
    this.api.update(mounted);
    if (!this.playing) showPlaying(this.toggle, false, this.data.name);
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
    showMessage(this.message, "Loading…");
    this.toggle.disabled = true;
    try {
      const answer = await this.api.fetch(this.data.path);
      this.context = shared ??= new AudioContext();
      this.buffer = await this.context.decodeAudioData(await answer.arrayBuffer());
      showMessage(this.message, "");
      return true;
    } catch {
      return showMessage(this.message, "Loading failed. Press play to try again.", true);
    } finally {
      this.toggle.disabled = false;
    }
  }

  play(from) {
    announceStart(this);
    this.context.resume();
    this.source = new AudioBufferSourceNode(this.context, { buffer: this.buffer });
    this.source.connect(this.context.destination);
    this.zero = this.context.currentTime + 0.05 - from; // the context's time at second 0 of the sound
    this.source.start(this.zero + from, from);
    this.playing = true;
    this.started(from);
    this.ticking = setInterval(() => this.tick(), TICK_MS);
    showPlaying(this.toggle, true, this.data.name);
  }

  pause() {
    if (!this.playing) return;
    this.at = Math.min(this.now(), this.buffer.duration);
    clearInterval(this.ticking);
    this.source.stop();
    this.playing = false;
    this.stopped();
    showPlaying(this.toggle, false, this.data.name);
    this.show();
  }

  now() {
    return this.playing ? Math.max(0, this.context.currentTime - this.zero) : this.at;
  }

  seek(to) {
    const playing = this.playing;
    this.pause();
    this.at = to;
    if (playing) this.play(to);
    this.show();
  }

  tick() {
    if (this.now() >= this.buffer.duration) return this.pause();
    this.ticked();
    return this.show();
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

  started() {}
  stopped() {}
  ticked() {}
}
