// Playback of several sounds in step, with a play button, messages and a position.

import { ApiClient } from "./api_client.js";
import { el, icon, ICONS, showMessage, showPlaying } from "./dom.js";
import { announceStart, stopForOthers } from "./one_player.js";
import { StemMixer } from "./stem_mixer.js";

/** A widget adds `fetchAll()`, which loads the mixer, and `show()`, which draws the position. */
export class SyncedPlayer {
  constructor(data, count, gainDb, name = "") {
    Object.assign(this, { data, name, loading: false });
    this.api = new ApiClient();
    this.mixer = new StemMixer(count, data.duration_s, gainDb);
    this.toggle = el("button", { type: "button", class: "play", onclick: () => this.pressed() }, icon(ICONS.play));
    this.message = el("p", { class: "message", role: "status" });
    this.listeners = new AbortController();
    stopForOthers(this, () => this.release(), this.listeners.signal);
    showPlaying(this.toggle, false, name);
  }

  update(mounted) {
    this.api.update(mounted);
  }

  async pressed() {
    if (this.mixer.playing) return this.pause();
    if (!this.mixer.ready && !(await this.load())) return undefined;
    return this.play(this.mixer.at >= this.mixer.seconds - 0.05 ? 0 : this.mixer.at);
  }

  async load() {
    if (this.loading) return false;
    this.loading = true;
    try {
      return await this.fetchAll();
    } catch (error) {
      return this.notify(error.name === "AbortError" ? "" : "Loading failed. Press play to try again.", true);
    } finally {
      this.loading = false;
    }
  }

  play(from) {
    announceStart(this);
    this.mixer.play(from);
    showPlaying(this.toggle, true, this.name);
    this.tick();
  }

  pause() {
    this.mixer.pause();
    showPlaying(this.toggle, false, this.name);
    this.show();
  }

  /** Stop for another player, and free the memory. */
  release() {
    if (this.mixer.playing) this.pause();
    if (!this.loading) this.mixer.forget();
  }

  tick() {
    if (!this.mixer.playing) return;
    this.show();
    if (this.mixer.now() >= this.mixer.seconds) this.pause();
    else requestAnimationFrame(() => this.tick());
  }

  seek(to) {
    this.mixer.seek(to);
    this.show();
  }

  notify(text, error = false) {
    return showMessage(this.message, text, error);
  }

  close() {
    this.listeners.abort();
    this.mixer.forget();
  }
}
